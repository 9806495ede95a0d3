import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';

/** Where and when figures were made. */
export interface Machine {
  date: string;
  processor: string;
  cores: number;
  /** GiB. */
  memory: number;
  kernel: string;
  node: string;
  openssl: string;
  veritysetup: string;
  libdevmapper: string;
  /** Processes that wanted a core when the run began; more than 0 is other people's work. */
  load: number;
}

export function thisMachine(): Machine {
  return {
    date: new Date().toISOString().slice(0, 10),
    processor: `${cpus()[0]!.model}${hasShaInstructions() ? ', with SHA instructions' : ''}`,
    cores: availableParallelism(),
    memory: Math.round(totalmem() / 2 ** 30),
    kernel: release().replace(/-.*/, ''),
    node: process.version,
    openssl: process.versions.openssl,
    veritysetup: output('/sbin/veritysetup', '--version').split(' ')[1] ?? 'none',
    libdevmapper: output('dpkg-query', '-W', '-f', `\${Version}`, 'libdevmapper1.02.1') || 'none',
    load: Math.round(loadavg()[0]! * 10) / 10,
  };
}

/** MiB that page cache can take. */
export function availableMemory(): number {
  return Number(/^MemAvailable: *(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'))![1]) / 1024;
}

function hasShaInstructions(): boolean {
  return output('grep', '-m1', '-oE', 'sha_ni|sha2', '/proc/cpuinfo') !== '';
}

function output(command: string, ...args: string[]): string {
  return spawnSync(command, args, { encoding: 'utf8' }).stdout?.trim() ?? '';
}
