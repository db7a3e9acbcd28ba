import { randomFillSync } from 'node:crypto';

const pool = new Uint32Array(1024);
let next = pool.length;

/** Half a random id: 32 unsigned bits out of a pool, since one call for each id would cost more than the id is worth. */
export function randomWord(): number {
  if (next === pool.length) {
    randomFillSync(pool);
    next = 0;
  }
  return pool[next++] as number;
}
