import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { localSealingKeys, parseSealingKeys, sealerOf } from '../../../server/secrets/index.ts';
import { scratchDataDir } from './scratch.ts';

const [older, newer] = [randomBytes(32), randomBytes(32)] as const;
const plain = Buffer.from('a secret that has to be known again');

describe('what is sealed', () => {
  it('opens with its key for its purpose, and is never sealed the same twice', () => {
    const { seal, open } = sealerOf([older]);
    const [one, two] = [seal('a 1', plain), seal('a 1', plain)];
    expect([open('a 1', one), open('a 1', two)]).toEqual([plain, plain]);
    expect(one.equals(two)).toBe(false);
    expect(one.includes(plain)).toBe(false);
    expect(open('a 2', one)).toBeUndefined();
    expect(sealerOf([newer]).open('a 1', one)).toBeUndefined();
    expect(open('', seal('', Buffer.alloc(0)))).toEqual(Buffer.alloc(0));
  });

  it('does not open once a single bit of it was changed, or where it is cut', () => {
    const { seal, open } = sealerOf([older]);
    const sealed = seal('a 1', plain);
    for (let at = 0; at < sealed.length * 8; at++) {
      const changed = Buffer.from(sealed);
      changed[at >> 3] = (changed[at >> 3] ?? 0) ^ (1 << (at & 7));
      expect(open('a 1', changed)).toBeUndefined();
    }
    for (let length = 0; length < sealed.length; length++) {
      expect(open('a 1', sealed.subarray(0, length))).toBeUndefined();
    }
  });

  it('opens after the key was changed, and tells that it is old', () => {
    const sealed = sealerOf([older]).seal('a 1', plain);
    const both = sealerOf([newer, older]);
    expect(both.open('a 1', sealed)).toEqual(plain);
    expect([both.isOld(sealed), both.isOld(both.seal('a 1', plain))]).toEqual([true, false]);
  });
});

describe('sealing keys', () => {
  it('are made once for a data directory, and readable by its owner alone', () => {
    const dataDir = scratchDataDir();
    const made = localSealingKeys(dataDir);
    expect(made.map(({ length }) => length)).toEqual([32]);
    expect(localSealingKeys(dataDir)).toEqual(made);
    expect(statSync(join(dataDir, 'keys', 'sealing')).mode & 0o777).toBe(0o600);
  });

  it('are read from base64, and of no other length', () => {
    const text = `${newer.toString('base64')}, ${older.toString('base64')}`;
    expect(parseSealingKeys(text)).toEqual([newer, older]);
    for (const wrong of ['', 'secret', `${text},`, randomBytes(31).toString('base64')]) {
      expect(parseSealingKeys(wrong)).toBeUndefined();
    }
  });
});
