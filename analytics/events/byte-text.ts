/** `00` to `ff`, one behind the other. */
const hexPairs = new Uint8Array(512);
for (let byte = 0; byte < 256; byte++) {
  const pair = byte.toString(16).padStart(2, '0');
  hexPairs[2 * byte] = pair.charCodeAt(0);
  hexPairs[2 * byte + 1] = pair.charCodeAt(1);
}

const [quote, backslash, zero] = [34, 92, 48] as const;
/** Numbers up to here are divided as integers, which is quicker. */
const billion = 1_000_000_000;

/**
 * Text that is put together as UTF-8 in a buffer that is kept: for a log line or an answer of many parts it takes half as
 * long as joining strings and encoding what comes out of it (1.2 against 2.4 µs for the line and the answer of an ad).
 */
export class ByteText {
  /** The same bytes twice: a view of a Buffer takes three times as long as one of a plain array. */
  #buffer: Buffer;
  #bytes: Uint8Array;
  /** How many bytes there are. May be lowered, to drop those behind. */
  length = 0;

  /** @param bytes room to begin with; more is made when it is needed */
  constructor(bytes: number) {
    this.#buffer = Buffer.allocUnsafeSlow(bytes);
    this.#bytes = new Uint8Array(this.#buffer.buffer);
  }

  /** The bytes themselves; they hold until something is put. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }

  /** Text as UTF-8. */
  put(part: Uint8Array): void {
    const at = this.#advance(part.length);
    this.#bytes.set(part, at);
  }

  text(text: string): void {
    const at = this.#advance(text.length * 3);
    this.length = at + this.#buffer.write(text, at, 'utf8');
  }

  /** 16 hex digits of a 64-bit number given as two unsigned halves. */
  hex64(high: number, low: number): void {
    const at = this.#advance(16);
    this.#hex32(at, high);
    this.#hex32(at + 8, low);
  }

  #hex32(at: number, word: number): void {
    const bytes = this.#bytes;
    for (let i = 0; i < 4; i++) {
      const pair = ((word >>> (24 - 8 * i)) & 255) << 1;
      bytes[at + 2 * i] = hexPairs[pair] as number;
      bytes[at + 2 * i + 1] = hexPairs[pair + 1] as number;
    }
  }

  /** A whole number from 0 to 10^18 in decimal digits. */
  number(value: number): void {
    if (value < billion) {
      this.#digits(value, digitsOf(value));
      return;
    }
    const billions = Math.floor(value / billion);
    this.#digits(billions, digitsOf(billions));
    this.#digits(value - billions * billion, 9);
  }

  #digits(value: number, digits: number): void {
    const from = this.#advance(digits);
    const bytes = this.#bytes;
    let rest = value | 0;
    for (let at = from + digits - 1; at >= from; at--) {
      const tenth = (rest / 10) | 0;
      bytes[at] = zero + (rest - tenth * 10);
      rest = tenth;
    }
  }

  /** As `JSON.stringify` writes it, with its quotes. */
  json(text: string): void {
    const { length } = text;
    const at = this.#advance(length + 2);
    const bytes = this.#bytes;
    bytes[at] = quote;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code < 0x20 || code > 0x7e || code === quote || code === backslash) {
        this.length = at;
        this.text(JSON.stringify(text));
        return;
      }
      bytes[at + 1 + i] = code;
    }
    bytes[at + 1 + length] = quote;
  }

  /** A copy of its own. */
  copy(): Buffer {
    const copy = Buffer.allocUnsafe(this.length);
    copy.set(this.bytes);
    return copy;
  }

  toString(): string {
    return this.#buffer.toString('utf8', 0, this.length);
  }

  /**
   * Makes room for at most `count` bytes that somebody else writes into the buffer given, from `length` on, and then adds
   * to `length`.
   */
  room(count: number): Uint8Array {
    const needed = this.length + count;
    if (needed > this.#bytes.length) {
      const kept = this.bytes;
      this.#buffer = Buffer.allocUnsafeSlow(needed * 2);
      this.#bytes = new Uint8Array(this.#buffer.buffer);
      this.#bytes.set(kept);
    }
    return this.#bytes;
  }

  /** Where the next bytes go, after making room for them. */
  #advance(count: number): number {
    this.room(count);
    const at = this.length;
    this.length = at + count;
    return at;
  }
}

/** Of a number below a billion. */
function digitsOf(value: number): number {
  let digits = 1;
  for (let bound = 10; bound <= value; bound *= 10) digits++;
  return digits;
}
