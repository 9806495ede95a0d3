import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findCommand, runCommand } from './command.ts';
import { KernelMissing } from './missing.ts';
import type { KernelRelease } from './releases.ts';

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const FALLBACK_MIRROR = 'http://deb.debian.org/debian';

/**
 * Unpacks a release's packages into `folder`, which must exist. Needs no root and installs nothing: apt works on a
 * sources list and a state of its own inside the folder, gone when this returns.
 *
 * @throws KernelMissing where apt or its keys are not there; Error where the download fails.
 */
export async function fetchRelease(release: KernelRelease, folder: string): Promise<void> {
  if (findCommand('apt-get') === undefined || findCommand('dpkg') === undefined) {
    throw new KernelMissing('fetching a kernel takes apt-get and dpkg, that is a Debian or a child of it');
  }
  if (!existsSync(KEYRING)) {
    throw new KernelMissing(
      `${KEYRING} is missing`,
      'apt-get install -y --no-install-recommends debian-archive-keyring',
    );
  }
  const apt = join(folder, 'apt');
  const downloads = join(apt, 'downloads');
  for (const path of ['state/lists/partial', 'cache/archives/partial', 'downloads']) {
    await mkdir(join(apt, path), { recursive: true });
  }
  const source = `deb [signed-by=${KEYRING}] ${await mirror()} ${release.suite} main\n`;
  await writeFile(join(apt, 'sources.list'), source);
  await runCommand('apt-get', [...settings(apt), 'update']);
  await runCommand('apt-get', [...settings(apt), 'download', ...release.packages], { cwd: downloads });
  for (const file of await readdir(downloads)) {
    if (file.endsWith('.deb')) await runCommand('dpkg', ['-x', join(downloads, file), folder]);
  }
  await rm(apt, { recursive: true });
}

/** apt drops to the user `_apt` when it is root, who may not write in a folder of root's. */
function settings(apt: string): string[] {
  const values = {
    'Dir::Etc::sourcelist': join(apt, 'sources.list'),
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::State': join(apt, 'state'),
    'Dir::State::status': '/var/lib/dpkg/status',
    'Dir::Cache': join(apt, 'cache'),
    'Acquire::Languages': 'none',
    'Acquire::Retries': '3',
    'APT::Sandbox::User': process.getuid?.() === 0 ? 'root' : '',
  };
  return Object.entries(values).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
}

/** The mirror that the host itself uses, since no other may be in reach. */
async function mirror(): Promise<string> {
  const filter = ['Created-By: Packages', 'Origin: Debian', 'Label: Debian', 'Component: main'];
  try {
    const list = await runCommand('apt-get', ['indextargets', '--format', '$(REPO_URI)', ...filter]);
    return list.split('\n')[0]?.trim().replace(/\/$/, '') || FALLBACK_MIRROR;
  } catch {
    return FALLBACK_MIRROR;
  }
}
