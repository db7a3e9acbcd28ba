import { describe, expect, it } from 'vitest';
import { TwoGenerationCache } from '../../../server/delivery/two-generation-cache.ts';
import { seededRandom } from '../../support/random.ts';

/** Asks for the youngest first, so that asking pushes nothing younger out. */
function heldOf(cache: TwoGenerationCache<string>, keys: readonly string[]): number {
  return keys.toReversed().filter((key) => cache.get(key) !== undefined).length;
}

describe('the two-generation cache', () => {
  it('holds at least as many entries as its size, and at most twice as many', () => {
    for (const size of [1, 2, 7, 100]) {
      for (let count = 0; count < size * 5; count++) {
        const cache = new TwoGenerationCache<string>(size);
        const keys = Array.from({ length: count }, (_, at) => String(at));
        for (const key of keys) cache.set(key, key);
        const held = heldOf(cache, keys);
        expect(held).toBeGreaterThanOrEqual(Math.min(count, size));
        expect(held).toBeLessThanOrEqual(2 * size);
      }
    }
  });

  it('forgets the oldest first', () => {
    const cache = new TwoGenerationCache<string>(10);
    const keys = Array.from({ length: 1000 }, (_, at) => String(at));
    for (const key of keys) cache.set(key, `value ${key}`);
    expect(keys.slice(-10).map((key) => cache.get(key))).toEqual(
      keys.slice(-10).map((key) => `value ${key}`),
    );
    expect(heldOf(cache, keys.slice(0, -20))).toBe(0);
  });

  it('keeps for ever what is asked for again and again', () => {
    const cache = new TwoGenerationCache<string>(10);
    cache.set('kept', 'value');
    for (let n = 0; n < 1000; n++) {
      cache.set(String(n), 'x');
      if (n % 5 === 0) expect(cache.get('kept')).toBe('value');
    }
    expect(cache.get('1')).toBeUndefined();
  });

  it('never gives a value that another key was set to, or an older one of the same key', () => {
    const random = seededRandom(4);
    const cache = new TwoGenerationCache<string>(8);
    const truth = new Map<string, string>();
    for (let n = 0; n < 20_000; n++) {
      const key = String(Math.floor(random() * 40));
      if (random() < 0.3) {
        cache.set(key, `${key}:${n}`);
        truth.set(key, `${key}:${n}`);
      } else {
        const found = cache.get(key);
        if (found !== undefined) expect(found).toBe(truth.get(key));
      }
    }
  });
});
