import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll } from 'vitest';
import { ensureTools } from '../../src/kernel/tools.ts';
import { EXECUTOR, type Kernel, type KernelOptions, quote, useKernel } from './harness.ts';

/** Where docs/deploy.md installs the package, and its executor in it. */
export const PACKAGE = '/opt/dmplan/node_modules/dmplan';
export const INSTALLED = `${PACKAGE}/dist/executor.cjs`;
export const SOCKET = '/run/dmplan.sock';

/** A user of the guest that may connect, and one that may not. */
export const MEMBER = 4001;
export const STRANGER = 4002;

/** The units, as the build ships them. */
export const UNITS = fileURLToPath(new URL('../../dist/systemd', import.meta.url));
const MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url));

const TOOLS = [
  { commands: ['systemctl'], package: 'systemd' },
  { commands: ['dbus-daemon'], package: 'dbus' },
  { commands: ['udevadm'], package: 'udev' },
  { commands: ['s6-svscan'], package: 's6' },
];

/**
 * What a person does who installs the package: the executor with koffi where the units look for it, its user and group,
 * the udev rule and the units. /etc and /opt of the guest are writable for it, and the host's are not touched.
 */
const INSTALL = `
modprobe overlay
for folder in etc opt; do
  mkdir -p /run/overlay/$folder/upper /run/overlay/$folder/work
  mount -t overlay -o lowerdir=/$folder,upperdir=/run/overlay/$folder/upper,workdir=/run/overlay/$folder/work none /$folder
done
mkdir -p ${PACKAGE}/dist /opt/dmplan/node_modules/@koromix /etc/systemd/system /etc/udev/rules.d
cp ${quote(dirname(EXECUTOR))}/executor.cjs ${quote(dirname(EXECUTOR))}/policy.cjs ${quote(dirname(EXECUTOR))}/*.bpf ${dirname(INSTALLED)}/
cp -rL ${quote(join(MODULES, 'koffi'))} /opt/dmplan/node_modules/
cp -rL ${quote(join(MODULES, '@koromix'))}/koffi-linux-* /opt/dmplan/node_modules/@koromix/
systemd-sysusers ${quote(join(UNITS, 'dmplan.sysusers'))}
groupadd --gid 4000 nobodys
useradd --uid ${MEMBER} --gid 4000 --groups dmplan-clients --no-create-home member
useradd --uid ${STRANGER} --gid 4000 --no-create-home stranger
cp ${quote(join(UNITS, '60-dmplan.rules'))} /etc/udev/rules.d/
cp ${quote(UNITS)}/*.socket ${quote(UNITS)}/*.service /etc/systemd/system/
sed -i 's|/usr/bin/node |${process.execPath} |' /etc/systemd/system/dmplan-executor.service
`;

/** A command of the shell as another user of the guest. */
export function as(uid: number, command: string): string {
  return `setpriv --reuid=${uid} --regid=4000 --init-groups ${command}`;
}

/** A kernel with the package installed in it. */
export function useInstalled(options: KernelOptions): Kernel {
  beforeAll(() => ensureTools(TOOLS, true));
  const prepare = `${INSTALL}\n${options.prepare ?? ''}`;
  return useKernel({ ...options, programs: [UNITS], prepare });
}
