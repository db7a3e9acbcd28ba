/**
 * A number below 2^53 that stands for a list of numbers: lists that differ have different ones, but for one pair in
 * about 10^15 (cyrb53, two lanes of 32 bits over the numbers' halves).
 */
export function fingerprint(values: readonly number[]): number {
  let a = 0xdeadbeef ^ values.length;
  let b = 0x41c6ce57 ^ values.length;
  for (const value of values) {
    const low = value >>> 0;
    const high = Math.floor(value / 2 ** 32) >>> 0;
    a = Math.imul(a ^ low, 2654435761);
    b = Math.imul(b ^ low, 1597334677);
    a = Math.imul(a ^ high ^ (a >>> 15), 2246822507);
    b = Math.imul(b ^ high ^ (b >>> 13), 3266489909);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return 2 ** 32 * (b & 0x1f_ffff) + (a >>> 0);
}
