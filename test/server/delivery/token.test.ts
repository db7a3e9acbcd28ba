import { describe, expect, it } from 'vitest';
import { type Decided, TokenSigner, tokenLength } from '../../../server/delivery/token.ts';
import type { SigningKey } from '../../../server/secrets/index.ts';
import { seededRandom } from '../../support/random.ts';

const random = seededRandom(2);
const word = () => Math.floor(random() * 2 ** 32);
const someDecided = (timeMs = Math.floor(random() * 2 ** 48)): Decided => ({
  timeMs,
  idHigh: word(),
  idLow: word(),
  site: word(),
  zone: word(),
  advertiser: word(),
  campaign: word(),
  lineItem: word(),
  creative: word(),
  visitor: word(),
  browser: word(),
  country: Math.floor(random() * 2 ** 16),
});
const key = (id: number, signsFromMs = 0, verifyOnly = false): SigningKey => ({
  id,
  signsFromMs,
  verifyOnly,
  key: Uint8Array.from({ length: 16 }, () => Math.floor(random() * 256)),
});
const keyIdOf = (token: string) => Buffer.from(token, 'base64url')[0];

describe('a token', () => {
  it('gives back what was signed, for random values', () => {
    const signer = new TokenSigner([key(200)]);
    for (let n = 0; n < 5000; n++) {
      const decided = someDecided();
      const token = signer.sign(decided);
      expect(token).toMatch(/^[\w-]{76}$/);
      expect(signer.verify(token)).toEqual(decided);
    }
    expect(tokenLength).toBe(76);
  });

  it.each([0, 2 ** 32 - 1])('gives back %i in every field', (value) => {
    const signer = new TokenSigner([key(value === 0 ? 0 : 255)]);
    const fields = Object.keys(someDecided()).map((name) => [name, value]);
    const ends = value === 0 ? {} : { timeMs: 2 ** 48 - 1, country: 2 ** 16 - 1 };
    const decided = { ...Object.fromEntries(fields), ...ends } as Decided;
    expect(signer.verify(signer.sign(decided))).toEqual(decided);
  });

  it('fails with any one of its bits turned', () => {
    const signer = new TokenSigner([key(7), key(6), key(135)]);
    for (let n = 0; n < 20; n++) {
      const token = signer.sign(someDecided());
      for (let bit = 0; bit < 57 * 8; bit++) {
        const bytes = Buffer.from(token, 'base64url');
        bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
        expect(signer.verify(bytes.toString('base64url')), `bit ${bit}`).toBeUndefined();
      }
      expect(signer.verify(token)).toBeDefined();
    }
  });

  it('fails with any two of its bytes swapped', () => {
    const signer = new TokenSigner([key(7)]);
    const token = signer.sign(someDecided());
    for (let at = 0; at < 50; at++) {
      const bytes = Buffer.from(token, 'base64url');
      const [left, right] = [bytes[at] as number, bytes[at + 1] as number];
      if (left === right) continue;
      bytes[at] = right;
      bytes[at + 1] = left;
      expect(signer.verify(bytes.toString('base64url')), `byte ${at}`).toBeUndefined();
    }
  });

  it('fails in any other spelling of its bytes', () => {
    const signer = new TokenSigner([key(1)]);
    let token = '';
    while (!/[-_]/.test(token)) token = signer.sign(someDecided());
    const spellings = [
      token.replaceAll('-', '+').replaceAll('_', '/'),
      `${token}=`,
      `${token}A`,
      ` ${token}`,
      `${token}\n`,
      token.slice(0, -1),
      `${token.slice(0, -1)}=`,
      `${token.slice(0, 30)} ${token.slice(30)}`,
      `${token.slice(0, 30)}%${token.slice(30, -1)}`,
      `${token.slice(0, -4)}====`,
      `${token.slice(0, -1)}é`,
      `${token.slice(0, -1)}\ud800`,
      '',
      'A'.repeat(76),
      '='.repeat(76),
      '\u0000'.repeat(76),
      'é'.repeat(34),
    ];
    for (const spelling of spellings) expect(signer.verify(spelling), spelling).toBeUndefined();
    expect(signer.verify(token)).toBeDefined();
  });

  it('fails under another key, be it of the same id', () => {
    const token = new TokenSigner([key(1)]).sign(someDecided());
    expect(new TokenSigner([key(1)]).verify(token)).toBeUndefined();
    expect(new TokenSigner([key(2)]).verify(token)).toBeUndefined();
  });

  it('fails where its signature is that of another token', () => {
    const signer = new TokenSigner([key(1)]);
    const [one, two] = [signer.sign(someDecided()), signer.sign(someDecided())];
    expect(signer.verify(one.slice(0, 56) + two.slice(56))).toBeUndefined();
  });

  it('has nothing to do with the tokens that were read in between', () => {
    const signer = new TokenSigner([key(1)]);
    const [one, two] = [someDecided(), someDecided()];
    const tokens = [signer.sign(one), signer.sign(two)] as const;
    const first = signer.verify(tokens[0]);
    signer.verify(tokens[1]);
    expect(first).toEqual(one);
  });
});

describe('the signer', () => {
  it('turns to a new key at the very millisecond from which that one signs, and takes both', () => {
    const keys = [key(1, 0), key(2, 1000), key(3, 2000)];
    const signer = new TokenSigner(keys);
    const signed = [0, 999, 1000, 1999, 2000, 5000].map((timeMs) => signer.sign(someDecided(timeMs)));
    expect(signed.map(keyIdOf)).toEqual([1, 1, 2, 2, 3, 3]);
    for (const token of signed) expect(signer.verify(token)).toBeDefined();
  });

  it('skips keys whose time passed while nothing was signed', () => {
    const signer = new TokenSigner([key(1, 0), key(2, 1000), key(3, 2000)]);
    expect(keyIdOf(signer.sign(someDecided(9000)))).toBe(3);
  });

  it('takes tokens of a key before its time: another machine may be ahead', () => {
    const [old, coming] = [key(1, 0), key(2, 1000)];
    const ahead = new TokenSigner([coming]).sign(someDecided(990));
    expect(new TokenSigner([old, coming]).verify(ahead)).toBeDefined();
  });

  it('signs with its first key where the time of none has come', () => {
    expect(keyIdOf(new TokenSigner([key(4, 1000), key(5, 2000)]).sign(someDecided(1)))).toBe(4);
  });

  it('takes tokens of keys that never sign, and never signs with them', () => {
    const other = key(2, 500, true);
    const signer = new TokenSigner([key(1, 0), other, key(3, 1000)]);
    expect([0, 600, 1000].map((timeMs) => keyIdOf(signer.sign(someDecided(timeMs))))).toEqual([1, 1, 3]);
    expect(
      signer.verify(new TokenSigner([{ ...other, verifyOnly: false }]).sign(someDecided())),
    ).toBeDefined();
  });

  it('cannot do without a key', () => {
    expect(() => new TokenSigner([])).toThrow('no signing key');
    expect(() => new TokenSigner([key(1, 0, true)])).toThrow('no signing key');
  });
});
