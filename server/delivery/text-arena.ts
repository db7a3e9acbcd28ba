import type { ByteText } from '../../analytics/index.ts';

const firstBytes = 65_536;
/** In front of each text, its length. */
const prefixBytes = 4;

/**
 * Keeps many texts as bytes, one behind the other, to be put together with others. An object for each would take three
 * times as much memory, and as many waits for it.
 */
export class TextArena {
  /** No Buffer: of that a view takes three times as long. */
  #bytes = new Uint8Array(firstBytes);
  #taken = 0;

  /** The number to ask for the text by. */
  add(text: string): number {
    const bytes = Buffer.from(text);
    const at = this.#taken;
    this.#taken = at + prefixBytes + bytes.length;
    if (this.#taken > this.#bytes.length) {
      const larger = new Uint8Array(this.#taken * 2);
      larger.set(this.#bytes.subarray(0, at));
      this.#bytes = larger;
    }
    for (let i = 0; i < prefixBytes; i++) this.#bytes[at + i] = bytes.length >>> (8 * i);
    this.#bytes.set(bytes, at + prefixBytes);
    return at;
  }

  put(to: ByteText, at: number): void {
    to.put(this.#at(at));
  }

  text(at: number): string {
    return Buffer.from(this.#at(at)).toString('utf8');
  }

  #at(at: number): Uint8Array {
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
