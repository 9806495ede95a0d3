import { createHash } from 'node:crypto';
import { fstatSync, readFileSync } from 'node:fs';
import { Misfit } from './checks.ts';
import { LARGEST, type Policy, readPolicy } from './document.ts';

/** What is wrong with a document: the place in it, which may be empty, and a sentence that names it. */
export interface PolicyFault {
  place: string;
  message: string;
}

/** A policy's file as it was read: one of `policy` and `error` is null. */
export interface Reading {
  /** `sha256:` and the digest of its bytes; null where they cannot be read. */
  digest: string | null;
  policy: Policy | null;
  error: PolicyFault | null;
}

/** Reads an open file to its end. */
export function readDocument(open: () => number): Reading {
  let digest: string | null = null;
  try {
    const fd = open();
    const stats = fstatSync(fd);
    if (!stats.isFile()) throw new Misfit('', 'is not a file');
    if (stats.size > LARGEST) throw new Misfit('', `is longer than ${LARGEST} bytes`);
    const bytes = readFileSync(fd);
    digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    return { digest, policy: readPolicy(bytes), error: null };
  } catch (error) {
    const { message } = error as Error;
    return { digest, policy: null, error: { place: error instanceof Misfit ? error.place : '', message } };
  }
}
