import { Reader, type Response } from 'maxmind';
import type { NodeRecord, TreeShape } from './search-tree.ts';

/**
 * Reads data records of a `.mmdb` file without keeping its search tree in memory. `maxmind` gets a copy of the file whose
 * tree is empty but for its root: that is set to lead to the record asked for. What was never written takes no memory.
 */
export class RecordReader {
  readonly #bytes: Buffer;
  readonly #recordSize: number;
  readonly #reader: Reader<Response>;

  constructor(file: Buffer, { nodeCount, nodeByteSize, recordSize }: TreeShape) {
    this.#bytes = Buffer.alloc(file.length);
    file.copy(this.#bytes, nodeCount * nodeByteSize, nodeCount * nodeByteSize);
    this.#recordSize = recordSize;
    this.#reader = new Reader(this.#bytes);
  }

  /** @throws Error where the file's bytes are damaged there */
  read(record: NodeRecord): Response | null {
    const bytes = this.#bytes;
    if (this.#recordSize === 32) bytes.writeUInt32BE(record);
    else {
      bytes.writeUIntBE(record & 0xff_ffff, 0, 3);
      if (this.#recordSize === 28) bytes[3] = (record >>> 24) << 4;
    }
    return this.#reader.get('0.0.0.0');
  }
}
