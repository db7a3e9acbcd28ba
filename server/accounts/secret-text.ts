import { createHash, randomBytes } from 'node:crypto';

/** What is kept of a secret of 256 random bits, which needs no salt and no slow hash. */
export const hashOf = (text: string): Buffer => createHash('sha256').update(text).digest();

/** A new secret, and what is kept of it. */
export function newSecretText(prefix: string): { text: string; hash: Buffer } {
  const text = `${prefix}${randomBytes(32).toString('base64url')}`;
  return { text, hash: hashOf(text) };
}
