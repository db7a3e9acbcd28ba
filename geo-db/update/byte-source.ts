import { GeoDbUpdateError } from './update-error.ts';

const nothing: Buffer = Buffer.alloc(0);

/** Bytes of a stream, taken in pieces of given lengths. */
export class ByteSource {
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #maxBytes: number;
  #rest: Buffer = nothing;
  #seen = 0;

  /** @param maxBytes after which reading fails: a small archive can unpack to any size */
  constructor(chunks: AsyncIterable<Buffer>, maxBytes: number) {
    this.#chunks = chunks[Symbol.asyncIterator]();
    this.#maxBytes = maxBytes;
  }

  /** The next bytes without taking them; fewer where the stream ends before. */
  async peek(length: number): Promise<Buffer> {
    while (this.#rest.length < length) {
      const chunk = await this.#next();
      if (chunk === undefined) break;
      this.#rest = Buffer.concat([this.#rest, chunk]);
    }
    return this.#rest.subarray(0, length);
  }

  /** Takes so many bytes; fewer where the stream ends before. */
  async take(length: number): Promise<Buffer> {
    const taken = await this.peek(length);
    this.#rest = this.#rest.subarray(taken.length);
    return taken;
  }

  /** Takes so many bytes, or all, as they come. The caller finds out by their sum whether the stream ended before. */
  async *pieces(length: number): AsyncGenerator<Buffer> {
    let left = length;
    while (left > 0) {
      const chunk = this.#rest.length > 0 ? this.#rest : await this.#next();
      if (chunk === undefined) return;
      const piece = chunk.subarray(0, left);
      this.#rest = chunk.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }

  async #next(): Promise<Buffer | undefined> {
    const { value, done } = await this.#chunks.next();
    if (done === true) return undefined;
    this.#seen += value.length;
    if (this.#seen > this.#maxBytes)
      throw new GeoDbUpdateError('too_large', `The download unpacks to more than ${this.#maxBytes} bytes.`);
    return value;
  }
}
