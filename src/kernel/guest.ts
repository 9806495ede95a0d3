import { AGENT_SOURCE } from './agent.ts';
import { systemdInit } from './systemd.ts';

/** An image file of the host that becomes a loop device of the guest. */
export interface GuestDisk {
  /** Path of a file of whole 512-byte sectors. */
  readonly file: string;
  readonly readOnly?: boolean;
}

/** A folder of the host. */
export interface HostFolder {
  readonly path: string;
  readonly writable: boolean;
}

/** Folders that the guest has for itself: what the host keeps there it does not see, unless it is named. */
export const OWN_FOLDERS: readonly string[] = ['/tmp', '/var/tmp', '/run', '/dev'];

/** What is to be found in a guest besides the host's own files, which it cannot write. */
export interface GuestSetup {
  /** Path of the folder with the kernel's modules, named after its release. */
  readonly modules: string;
  readonly disks: readonly GuestDisk[];
  /** Folders of the host that are there even below a folder that the guest has for itself. */
  readonly folders: readonly HostFolder[];
  /** Modules to load besides dm-mod, which brings linear, striped and error, and loop. */
  readonly load: readonly string[];
  /** Shell commands run as root before anything else is started. */
  readonly prepare: string;
  /** Whether PID 1 becomes the host's systemd, which starts the agent, instead of the script. */
  readonly systemd: boolean;
}

/** Where the guest keeps what is its own, on a tmpfs. */
const HOME = '/run/dmplan-guest';

/**
 * The guest's init, a shell script. Its root is the host's file system, so that is made read-only first; only the
 * files and folders named are bound writable. If PID 1 returned the kernel would panic: every way out powers off.
 */
export function initScript(setup: GuestSetup): string {
  return [
    HEADER,
    makeModules(setup.modules),
    ...setup.disks.map(stashDisk),
    ...setup.folders.map(stashFolder),
    'for folder in /tmp /var/tmp; do mount -t tmpfs -o mode=1777 tmpfs $folder; done',
    ...setup.folders.map(restoreFolder),
    `modprobe -a ${['dm-mod', 'loop', ...setup.load].map(quote).join(' ')}`,
    'set --',
    ...setup.disks.map(attachDisk),
    setup.prepare,
    `cat > ${HOME}/agent <<'END_OF_AGENT'${AGENT_SOURCE}END_OF_AGENT`,
    `cat > ${HOME}/serve <<'END_OF_SERVE'\n${SERVE}END_OF_SERVE`,
    setup.systemd ? systemdInit(HOME) : `sh ${HOME}/serve "$@"\n`,
  ].join('\n');
}

const HEADER = `#!/bin/sh
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp TERM=dumb
export DM_DISABLE_UDEV=1  # dmsetup makes the nodes itself
power_off() {
  echo o > /proc/sysrq-trigger
  sleep 60
}
trap power_off EXIT
set -eu
mount -t proc proc /proc
mount -t tmpfs -o mode=755 tmpfs /run
mount -o remount,bind,ro /
mount -t sysfs sysfs /sys
# User-Mode Linux comes with a program to start for every event of a device, which is not there; udev's machines have none.
[ ! -e /proc/sys/kernel/hotplug ] || echo > /proc/sys/kernel/hotplug
mkdir -p /run/lock /dev/pts /dev/shm ${HOME}/lib/modules ${HOME}/usr ${HOME}/disks ${HOME}/folders
mount -t devpts devpts /dev/pts
mount -t tmpfs -o mode=1777 tmpfs /dev/shm`;

/** modprobe looks below another root, by hand as well as when the kernel calls it; newer ones want usr/lib. */
function makeModules(modules: string): string {
  return `ln -s ../lib ${HOME}/usr/lib
mkdir "${HOME}/lib/modules/$(uname -r)"
mount --bind ${quote(modules)} "${HOME}/lib/modules/$(uname -r)"
export MODPROBE_OPTIONS='-d ${HOME}'
printf '#!/bin/sh\\nPATH=$PATH:/usr/sbin:/usr/bin MODPROBE_OPTIONS="-d ${HOME}" exec modprobe "$@"\\n' > ${HOME}/modprobe
chmod +x ${HOME}/modprobe
echo ${HOME}/modprobe > /proc/sys/kernel/modprobe`;
}

function stashDisk({ file, readOnly }: GuestDisk, index: number): string {
  const at = `${HOME}/disks/${index}`;
  const mode = readOnly === true ? 'ro' : 'rw';
  return `: > ${at}\nmount --bind ${quote(file)} ${at}\nmount -o remount,bind,${mode} ${at}`;
}

function attachDisk({ readOnly }: GuestDisk, index: number): string {
  return `set -- "$@" "$(losetup --show -f ${readOnly === true ? '-r ' : ''}${HOME}/disks/${index})"`;
}

/** Bound aside before /tmp is covered, and back in place afterwards, since a folder may well be in /tmp. */
function stashFolder({ path, writable }: HostFolder, index: number): string {
  const at = `${HOME}/folders/${index}`;
  return `mkdir ${at}\nmount --bind ${quote(path)} ${at}\nmount -o remount,bind,${writable ? 'rw' : 'ro'} ${at}`;
}

function restoreFolder({ path }: HostFolder, index: number): string {
  return `[ -d ${quote(path)} ] || mkdir -p ${quote(path)}\nmount --bind ${HOME}/folders/${index} ${quote(path)}`;
}

/**
 * Serves the host until it says that it is enough, and powers off. A suspended device holds sync up for ever, so nobody
 * waits for it long. Its arguments are the loop devices.
 */
const SERVE = `exec 3<>/dev/ttyS0
stty raw -echo <&3
perl ${HOME}/agent "$@" || true
{ sync; sync; : > ${HOME}/synced; } 3>&- &
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  [ ! -e ${HOME}/synced ] || break
  sleep 0.1
done
echo o > /proc/sysrq-trigger
sleep 60
`;

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
