import { cannotHold, type Form, readRow, writeRow } from './device.ts';

/** dmsetup's table: a line for every target, blank lines and lines that begin with # skipped. It names no device. */
export const table: Form = {
  read(text) {
    const lines = text.split(/\r?\n/).map((line, index) => ({ line: line.trim(), where: `line ${index + 1}` }));
    const rows = lines
      .filter(({ line }) => line !== '' && !line.startsWith('#'))
      .map(({ line, where }) => readRow(line, where));
    return [{ name: '', uuid: '', minor: undefined, readOnly: false, rows }];
  },

  write(devices) {
    const [device, ...more] = devices;
    if (!device || more.length > 0) throw cannotHold(`a table is of one device; these are ${devices.length}`);
    return device.rows.map((row) => `${writeRow(row)}\n`).join('');
  },
};
