/**
 * An HTML5 bundle as one file, so that it is stored, hashed, written and read at once, and nothing that a request names
 * ever becomes a path on the disk: the length of the table of contents in 4 bytes (big endian), the table as JSON, the
 * files' bytes one after the other.
 */
export interface PackedFile {
  /** Inside the bundle, like `img/a.png`. */
  readonly path: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

type Table = readonly (readonly [path: string, contentType: string, bytes: number])[];

export function packBundle(files: readonly PackedFile[]): Uint8Array {
  const table: Table = files.map(({ path, contentType, bytes }) => [path, contentType, bytes.byteLength]);
  const json = Buffer.from(JSON.stringify(table));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(json.length);
  return Buffer.concat([length, json, ...files.map(({ bytes }) => bytes)]);
}

/** @throws Error where the bytes are no pack */
export function unpackBundle(pack: Buffer): ReadonlyMap<string, PackedFile> {
  const tableEnd = 4 + pack.readUInt32BE(0);
  const table = JSON.parse(pack.toString('utf8', 4, tableEnd)) as Table;
  const files = new Map<string, PackedFile>();
  let at = tableEnd;
  for (const [path, contentType, length] of table) {
    files.set(path, { path, contentType, bytes: pack.subarray(at, at + length) });
    at += length;
  }
  return files;
}
