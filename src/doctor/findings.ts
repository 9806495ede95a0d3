import { remedyOf } from '../client/remedies.ts';
import type { ControlNode, Heard, HostFacts } from './facts.ts';

/** One thing that dmplan needs, or that is good to know. */
export interface Finding {
  name: string;
  /** Whether it is as it should be. */
  ok: boolean;
  /** Whether dmplan needs it here, the way it takes. */
  needed: boolean;
  /** What was found. */
  what: string;
  /** What to do about it, when it is not ok and `what` does not say it. */
  remedy?: string;
}

/** What is said of one thing: good, or bad with what to do. Nothing where it does not come up. */
type Verdict = { good: string } | { bad: string; remedy?: string | undefined } | undefined;

interface Check {
  name: string;
  /** The ways that need it. */
  for: HostFacts['route'][];
  of(facts: HostFacts): Verdict;
}

const OLDEST_NODE = [20, 19] as const;

/** In the order in which one depends on another. */
const CHECKS: Check[] = [
  { name: 'node', for: ['spawn', 'socket'], of: node },
  { name: 'koffi', for: ['spawn'], of: koffi },
  { name: 'device-mapper', for: ['spawn', 'socket'], of: deviceMapper },
  { name: 'control node', for: ['spawn'], of: controlNode },
  { name: 'device rules', for: ['spawn'], of: deviceRules },
  { name: 'CAP_SYS_ADMIN', for: ['spawn'], of: capability },
  { name: 'udev', for: [], of: udev },
  { name: 'journal', for: ['spawn'], of: journal },
  { name: 'executor', for: ['spawn'], of: child },
  { name: 'socket', for: ['socket'], of: socket },
];

/** What the facts mean. */
export function findingsOf(facts: HostFacts): Finding[] {
  return CHECKS.flatMap(({ name, for: ways, of }): Finding[] => {
    const verdict = of(facts);
    if (verdict === undefined) return [];
    const needed = ways.includes(facts.route);
    if ('good' in verdict) return [{ name, ok: true, needed, what: verdict.good }];
    const { bad, remedy } = verdict;
    return [{ name, ok: false, needed, what: bad, ...(remedy === undefined ? {} : { remedy }) }];
  });
}

function node({ node, platform }: HostFacts): Verdict {
  if (platform !== 'linux') {
    return { bad: `this is ${platform}; device-mapper is Linux's`, remedy: 'use Linux; dmplan plan works anywhere' };
  }
  const [major = 0, minor = 0] = node.slice(1).split('.').map(Number);
  const [wanted, atLeast] = OLDEST_NODE;
  if (major > wanted || (major === wanted && minor >= atLeast)) return { good: node };
  return { bad: `${node} is too old`, remedy: `install Node ${OLDEST_NODE.join('.')} or later` };
}

function koffi({ koffi, platform, arch }: HostFacts): Verdict {
  if (koffi === undefined) return { good: `its binary for ${platform} on ${arch} loads` };
  return {
    bad: `its binary for ${platform} on ${arch} does not load: ${koffi}`,
    remedy: 'install dmplan on this machine with its optional dependencies: npm install dmplan --include=optional',
  };
}

function deviceMapper({ driver, module, kernel, socket, child }: HostFacts): Verdict {
  if (driver === undefined) {
    return module === 'loadable'
      ? {
          bad: `not loaded in Linux ${kernel}`,
          remedy: 'load it: modprobe dm_mod; at every boot by /etc/modules-load.d',
        }
      : {
          bad: `Linux ${kernel} has none, neither built in nor as a module`,
          remedy: 'boot a kernel with CONFIG_BLK_DEV_DM, or try commands on a throwaway kernel with --kernel',
        };
  }
  const version = [child, socket].map((heard) => heard && 'hello' in heard && heard.hello.driver).find(Boolean);
  return { good: `Linux ${kernel}${version ? `, interface ${version.join('.')}` : ''}` };
}

function controlNode({ control, driver, uid }: HostFacts): Verdict {
  if (driver === undefined && control === undefined) return undefined;
  if (control === undefined) {
    return { bad: '/dev/mapper/control is missing', remedy: `make it: mknod /dev/mapper/control c 10 ${driver}` };
  }
  if (!control.current) {
    return {
      bad: '/dev/mapper/control is there and leads nowhere',
      remedy:
        driver === undefined
          ? 'nothing while device-mapper is missing; the kernel makes the node when it comes'
          : `make it anew: rm /dev/mapper/control && mknod /dev/mapper/control c 10 ${driver}`,
    };
  }
  const owner = `mode ${control.mode}, owner ${control.uid}:${control.gid}`;
  if (control.refused === undefined || control.refused === 'EPERM') return { good: `/dev/mapper/control, ${owner}` };
  return { bad: `user ${uid} may not open /dev/mapper/control (${owner}): ${control.refused}`, remedy: WHO };
}

const WHO =
  'run dmplan as root; or install the executor as a service and connect to it (docs/deploy.md): its udev rule gives the node a group';

function deviceRules({ control, container }: HostFacts): Verdict {
  if (!control?.current || opensOnlyPartly(control)) return undefined;
  const where = container === undefined ? 'a unit' : `a ${container} container`;
  if (control.refused === undefined) {
    return container === undefined ? undefined : { good: `${where} that may open the control node` };
  }
  return {
    bad: `${where} whose device rules do not let /dev/mapper/control be opened`,
    remedy:
      'give it the node and every backing device: docker run --device /dev/mapper/control --device …; DeviceAllow= of a unit; a device plugin on Kubernetes',
  };
}

/** Refused for its mode, which says nothing of device rules. */
function opensOnlyPartly({ refused }: ControlNode): boolean {
  return refused !== undefined && refused !== 'EPERM';
}

function capability({ sysAdmin, initialNamespace, uid }: HostFacts): Verdict {
  if (sysAdmin && initialNamespace) return { good: `user ${uid} has it` };
  if (sysAdmin) {
    return {
      bad: 'there only in a user namespace; the kernel asks for it in the initial one',
      remedy: 'run outside of rootless containers and user namespaces (hostUsers: true on Kubernetes)',
    };
  }
  return { bad: `user ${uid} does not have it`, remedy: `${WHO}; in a container: --cap-add SYS_ADMIN` };
}

function udev({ udev }: HostFacts): Verdict {
  return {
    good: udev ? 'runs: it makes the nodes of devices' : 'does not run: the executor makes the nodes of devices',
  };
}

function journal({ journal: { folder, writable, tmpfs } }: HostFacts): Verdict {
  if (!writable)
    return { bad: `${folder} cannot be written`, remedy: 'run as root, or give the executor --journal DIR' };
  return { good: `${folder}, ${tmpfs ? 'on a tmpfs' : 'which is on no tmpfs, and so outlives the boot'}` };
}

function child({ child }: HostFacts): Verdict {
  return child && helloVerdict(child, 'a child of dmplan');
}

function socket({ socket, route }: HostFacts): Verdict {
  if (socket === undefined) return undefined;
  const verdict = helloVerdict(socket, socket.path);
  if (route === 'socket' || !verdict || 'bad' in verdict) return verdict;
  return { good: `${verdict.good}; --executor unix:${socket.path} uses it` };
}

function helloVerdict(heard: Heard, who: string): Verdict {
  if ('error' in heard) {
    const { code, message, remedy } = heard.error;
    return { bad: `${code}: ${message}`, remedy };
  }
  const { state, reason, implementation, policy } = heard.hello;
  if (state === 'ready') return { good: `${who} is ready: ${implementation}, policy ${policy}` };
  const name = reason?.name ?? 'degraded';
  return { bad: `${who} is degraded: ${name}: ${reason?.message}`, remedy: remedyOf(name) };
}
