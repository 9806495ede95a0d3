/** The commands of the control node, as `tables/commands.ts` declares them. */
import { COMMANDS, COMMANDS_COUNT, SIZE_COMMAND, TABLES } from './generated/tables';
import { equal, named, Text } from './text';

/** The record of a command's number, or 0. */
export function findCommand(number: u64): usize {
  for (let i: usize = 0; i < COMMANDS_COUNT; i++) {
    const record = TABLES + COMMANDS + i * SIZE_COMMAND;
    if (load<u8>(record, 4) == number) return record;
  }
  return 0;
}

/** The record of a command's name, or 0. */
export function findCommandByName(name: Text): usize {
  for (let i: usize = 0; i < COMMANDS_COUNT; i++) {
    const record = TABLES + COMMANDS + i * SIZE_COMMAND;
    if (equal(commandNameOf(record), name)) return record;
  }
  return 0;
}

export function commandNameOf(record: usize): Text {
  return named(load<u32>(record));
}

/** What follows the header of a request, and of a reply. */
export function requestKindOf(record: usize): u32 {
  return load<u8>(record, 5);
}

export function replyKindOf(record: usize): u32 {
  return load<u8>(record, 6);
}

/** The first version of the interface that has the command, as `major << 16 | minor << 8 | patch`. */
export function sinceOfCommand(record: usize): u32 {
  return load<u32>(record, 8);
}
