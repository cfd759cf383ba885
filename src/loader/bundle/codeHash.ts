import { createHash } from 'node:crypto';

/** A fingerprint of a text: short, the same on every machine, and nothing that could be read back. */
export function codeHash(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}
