import { expect, it } from 'vitest';
import { decodeBase64url, encodeBase64url } from '../../../server/delivery/base64url.ts';
import { seededRandom } from '../../support/random.ts';

const random = seededRandom(5);
const someBytes = (count: number) => Uint8Array.from({ length: count }, () => Math.floor(random() * 256));

it('writes base64url as Buffer does, and reads it back', () => {
  for (let round = 0; round < 1000; round++) {
    const bytes = someBytes(3 * (round % 30));
    const text = new Uint8Array(bytes.length / 0.75);
    encodeBase64url(bytes, text);
    expect(Buffer.from(text).toString()).toBe(Buffer.from(bytes).toString('base64url'));
    const read = new Uint8Array(bytes.length);
    expect(decodeBase64url(Buffer.from(text).toString(), read)).toBe(true);
    expect(read).toEqual(bytes);
  }
});

it('reads nothing else', () => {
  const into = new Uint8Array(6);
  for (const text of [
    '',
    'AAAA',
    'AAAAAAA',
    'AAAAAAA=',
    'AAAA+AAA',
    'AAA/AAAA',
    'AA AAAAA',
    'AAAAAAA\u0141',
    'AAAAAAAAA',
  ])
    expect(decodeBase64url(text, into)).toBe(false);
  expect(decodeBase64url('AAAAAAAA', into)).toBe(true);
});
