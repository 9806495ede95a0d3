/** Something that a real kernel needs is not on this machine; `command`, when there is one, brings it. */
export class KernelMissing extends Error {
  override readonly name = 'KernelMissing';
  readonly command: string | undefined;

  constructor(what: string, command?: string) {
    super(command === undefined ? what : `${what}. To get it, type:\n    ${command}`);
    this.command = command;
  }
}
