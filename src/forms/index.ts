/** The text forms of devices and their tables, each read and written. */
import { concise } from './concise.ts';
import type { Form } from './device.ts';
import { dmInit } from './dm-init.ts';
import { json } from './json.ts';
import { table } from './table.ts';

export { type Form, type FormDevice, type FormRow, requestOf } from './device.ts';

export type FormName = 'table' | 'concise' | 'dm-mod.create' | 'json';

export const FORMS: Readonly<Record<FormName, Form>> = { table, concise, 'dm-mod.create': dmInit, json };
