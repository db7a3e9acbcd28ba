import type { ByteText } from '../../analytics/index.ts';

const firstBytes = 65_536;
/** In front of each text, its length. */
const prefixBytes = 4;

/**
 * Keeps many texts as bytes, one behind the other, to be put together with others. An object for each would take three
 * times as much memory, and as many waits for it.
 */
export class TextArena {
  #bytes = Buffer.allocUnsafeSlow(firstBytes);
  #taken = 0;

  /** The number to ask for the text by. */
  add(text: string): number {
    const length = Buffer.byteLength(text);
    const at = this.#taken;
    this.#taken = at + prefixBytes + length;
    if (this.#taken > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(this.#taken * 2);
      this.#bytes.copy(larger, 0, 0, at);
      this.#bytes = larger;
    }
    this.#bytes.writeUInt32LE(length, at);
    this.#bytes.write(text, at + prefixBytes, 'utf8');
    return at;
  }

  put(to: ByteText, at: number): void {
    to.put(this.#at(at));
  }

  text(at: number): string {
    return this.#at(at).toString('utf8');
  }

  #at(at: number): Buffer {
    const bytes = this.#bytes;
    const from = at + prefixBytes;
    const length =
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24);
    return bytes.subarray(from, from + length);
  }
}
