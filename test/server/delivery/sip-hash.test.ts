import { describe, expect, it } from 'vitest';
import { SipKey, sipHash, sipResult } from '../../../server/delivery/sip-hash.ts';
import { seededRandom } from '../../support/random.ts';

/**
 * SipHash-2-4-64 of the inputs 00, 00 01, 00 01 02 … of 0 to 63 bytes under the key 00 01 … 0f, little endian: the
 * test vectors of the authors' reference implementation (github.com/veorq/SipHash, vectors.h, `vectors_sip64`).
 */
const vectors = `
310e0edd47db6f72 fd67dc93c539f874 5a4fa9d909806c0d 2d7efbd796666785 b7877127e09427cf 8da699cd64557618
cee3fe586e46c9cb 37d1018bf50002ab 6224939a79f5f593 b0e4a90bdf82009e f3b9dd94c5bb5d7a a7ad6b22462fb3f4
fbe50e86bc8f1e75 903d84c02756ea14 eef27a8e90ca23f7 e545be4961ca29a1 db9bc2577fcc2a3f 9447be2cf5e99a69
9cd38d96f0b3c14b bd6179a71dc96dbb 98eea21af25cd6be c7673b2eb0cbf2d0 883ea3e395675393 c8ce5ccd8c030ca8
94af49f6c650adb8 eab8858ade92e1bc f315bb5bb835d817 adcf6b0763612e2f a5c91da7acaa4dde 716595876650a2a6
28ef495c53a387ad 42c341d8fa92d832 ce7cf2722f512771 e37859f94623f3a7 381205bb1ab0e012 ae97a10fd434e015
b4a31508beff4d31 81396229f0907902 4d0cf49ee5d4dcca 5c73336a76d8bf9a d0a704536ba93e0e 925958fcd6420cad
a915c29bc8067318 952b79f3bc0aa6d4 f21df2e41d4535f9 87577519048f53a9 10a56cf5dfcd9adb eb75095ccd986cd0
51a9cb9ecba312e6 96afadfc2ce666c7 72fe52975a4364ee 5a1645b276d592a1 b274cb8ebf87870a 6f9bb4203de7b381
eaecb2a30b22a87f 9924a43cc1315724 bd838d3aafbf8db7 0b1a2a3265d51aea 135079a3231ce660 932b2846e4d70666
e1915f5cb1eca46c f325965ca16d629f 575ff28e60381be5 724506eb4c328a95`
  .trim()
  .split(/\s+/);

const key = new SipKey(Uint8Array.from({ length: 16 }, (_, at) => at));
const counting = Uint8Array.from({ length: 64 }, (_, at) => at);

function littleEndianHash(input: Uint8Array, length: number, under = key): string {
  sipHash(under, input, length);
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32LE(sipResult.low, 0);
  bytes.writeUInt32LE(sipResult.high, 4);
  return bytes.toString('hex');
}

/** The paper's algorithm, word for word, on 64-bit integers. */
function sipOf(k: Uint8Array, input: Uint8Array): bigint {
  const mask = (1n << 64n) - 1n;
  const read = (bytes: Uint8Array, at: number) => Buffer.from(bytes).readBigUInt64LE(at);
  const rotate = (x: bigint, by: bigint) => ((x << by) | (x >> (64n - by))) & mask;
  const [k0, k1] = [read(k, 0), read(k, 8)];
  let v0 = k0 ^ 0x736f6d6570736575n;
  let v1 = k1 ^ 0x646f72616e646f6dn;
  let v2 = k0 ^ 0x6c7967656e657261n;
  let v3 = k1 ^ 0x7465646279746573n;
  const round = () => {
    v0 = (v0 + v1) & mask;
    v2 = (v2 + v3) & mask;
    v1 = rotate(v1, 13n) ^ v0;
    v3 = rotate(v3, 16n) ^ v2;
    v0 = rotate(v0, 32n);
    v2 = (v2 + v1) & mask;
    v0 = (v0 + v3) & mask;
    v1 = rotate(v1, 17n) ^ v2;
    v3 = rotate(v3, 21n) ^ v0;
    v2 = rotate(v2, 32n);
  };
  const padded = Buffer.alloc(Math.floor(input.length / 8) * 8 + 8);
  padded.set(input);
  padded[padded.length - 1] = input.length & 255;
  for (let at = 0; at < padded.length; at += 8) {
    const m = read(padded, at);
    v3 ^= m;
    round();
    round();
    v0 ^= m;
  }
  v2 ^= 0xffn;
  for (let n = 0; n < 4; n++) round();
  return v0 ^ v1 ^ v2 ^ v3;
}

describe('SipHash', () => {
  it('gives the reference vectors for inputs of 0 to 63 bytes', () => {
    expect(vectors).toHaveLength(64);
    expect(vectors.map((_, length) => littleEndianHash(counting, length))).toEqual(vectors);
  });

  it("gives the example of the paper's appendix", () => {
    sipHash(key, counting, 15);
    expect([sipResult.high, sipResult.low]).toEqual([0xa129ca61, 0x49be45e5]);
  });

  it('agrees with the paper on random keys and inputs, also longer than a length byte can say', () => {
    const random = seededRandom(1);
    const bytes = (length: number) => Uint8Array.from({ length }, () => Math.floor(random() * 256));
    for (let n = 0; n < 2000; n++) {
      const [k, input] = [bytes(16), bytes(Math.floor(random() * 320))];
      sipHash(new SipKey(k), input, input.length);
      expect((BigInt(sipResult.high) << 32n) | BigInt(sipResult.low)).toBe(sipOf(k, input));
    }
  });

  it('looks at the length it is given and at nothing behind it', () => {
    const longer = Uint8Array.from([...counting.subarray(0, 13), 255, 255, 255, 255]);
    expect(littleEndianHash(longer, 13)).toBe(vectors[13]);
  });

  it('reads a key that lies in the middle of other bytes', () => {
    const inside = new Uint8Array(40).fill(9);
    inside.set(counting.subarray(0, 16), 7);
    expect(littleEndianHash(counting, 15, new SipKey(inside.subarray(7, 23)))).toBe(vectors[15]);
  });

  it.each([0, 15, 17])('refuses a key of %i bytes', (length) => {
    expect(() => new SipKey(new Uint8Array(length))).toThrow(RangeError);
  });
});
