import {
  count,
  counted,
  device,
  each,
  flag,
  keyed,
  number,
  oneOf,
  set,
  type Target,
  values,
  word,
} from '../notation.ts';

export const multipath: Target = {
  type: 'multipath',
  about: 'Reaches one device over several paths, in groups, and goes on when one fails.',
  example: '0 2048 multipath 0 0 1 1 round-robin 0 1 1 /dev/loop0 1000',
  source: 'drivers/md/dm-mpath.c multipath_ctr',
  singleton: true,
  params: [
    counted(
      [
        set([
          flag('queueIfNoPath', 'queue_if_no_path'),
          flag('retainAttachedHwHandler', 'retain_attached_hw_handler'),
          keyed('pg_init_retries', number('pgInitRetries', { min: 1, max: 50 })),
          keyed('pg_init_delay_msecs', number('pgInitDelay', { max: 60000 })),
          keyed('queue_mode', oneOf('queueMode', ['bio', 'rq', 'mq'], { ignoreCase: true })),
        ]),
      ],
      { always: true },
    ),
    counted([values('hardwareHandler', word('word'))], { always: true }),
    count('groups', { min: 0, max: 1024 }),
    number('initialGroup', { max: 1024 }),
    each('groups', [
      oneOf('selector', ['round-robin', 'queue-length', 'service-time', 'historical-service-time', 'io-affinity']),
      counted([values('selectorArguments', word('argument'))], { always: true }),
      count('paths', { max: 1024 }),
      number('pathArguments', { max: 2 }),
      each('paths', [device('device'), values('arguments', word('argument'), { by: 'pathArguments' })]),
    ]),
  ],
  status: [
    counted([number('queueIo'), number('pgInitRunning')], { always: true }),
    counted([values('hardwareHandler', word('word'))], { always: true }),
    count('groups', { min: 0 }),
    number('currentGroup'),
    each('groups', [
      oneOf('state', { active: 'A', disabled: 'D', enabled: 'E' }),
      counted([values('selectorStatus', word('word'))], { always: true }),
      count('paths', { min: 0 }),
      number('pathArguments'),
      each('paths', [
        device('device'),
        oneOf('state', { active: 'A', failed: 'F' }),
        number('failCount'),
        values('arguments', word('argument'), { by: 'pathArguments' }),
      ]),
    ]),
  ],
  rules: [
    {
      code: 1251,
      name: 'multipath_initial_group',
      must: '(count(groups) == 0) == (initialGroup == 0) && initialGroup <= count(groups)',
      at: 'initialGroup',
      message: 'the initial group {initialGroup} is none of {groups} groups; the first is 1, and 0 is for none',
      source: 'drivers/md/dm-mpath.c multipath_ctr: "invalid initial priority group"',
    },
  ],
};
