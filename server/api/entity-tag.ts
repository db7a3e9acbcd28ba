import { createHash } from 'node:crypto';
import { AppError } from '../errors.ts';

/** The version of what an answer tells of, as an `ETag` header has it: two answers are alike where these are. */
export function entityTag(value: unknown): string {
  return `"${createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 22)}"`;
}

/**
 * Whether `If-Match` lets a change go ahead. Weak tags count as strong ones: a proxy that compresses answers makes them
 * weak, and ours tell apart every byte.
 * @param current as the answer would have it
 * @throws AppError `precondition_failed`
 */
export function requireMatch(header: string | undefined, current: unknown): void {
  if (header === undefined || header.trim() === '*') return;
  const tags = [...header.matchAll(/"[^"]*"/g)].map(([tag]) => tag);
  if (tags.includes(entityTag(current))) return;
  throw new AppError(
    'precondition_failed',
    'It was changed since you read it. Read it again, then make your change anew.',
  );
}
