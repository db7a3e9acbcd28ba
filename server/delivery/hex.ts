const pairs: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** 16 hex digits of a 64-bit number given as two unsigned halves. */
export function hex64(high: number, low: number): string {
  return (
    (pairs[high >>> 24] as string) +
    pairs[(high >>> 16) & 255] +
    pairs[(high >>> 8) & 255] +
    pairs[high & 255] +
    pairs[low >>> 24] +
    pairs[(low >>> 16) & 255] +
    pairs[(low >>> 8) & 255] +
    pairs[low & 255]
  );
}
