import type { Command } from 'commander';
import type { Context } from '../context.ts';

/** The context of a command, from its own options and the program's. */
export type Start = (command: Command) => Context;
