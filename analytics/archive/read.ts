import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { linesIn, linesOf } from '../shipping/lines.ts';
import type { ArchiveFile } from './layout.ts';

const chunkBytes = 256 * 1024;

/** The log lines of a file of the archive. Throws where it has gone, or is damaged, in the middle of the lines. */
export async function* linesOfFile({
  path: file,
  kind,
}: Pick<ArchiveFile, 'path' | 'kind'>): AsyncGenerator<Buffer> {
  if (kind === 'segment') {
    yield* linesOf(file);
    return;
  }
  const packed = createReadStream(file, { highWaterMark: chunkBytes });
  const plain = packed.pipe(createGunzip({ chunkSize: chunkBytes }));
  packed.on('error', (error) => plain.destroy(error));
  try {
    yield* linesIn(plain);
  } finally {
    packed.destroy();
    plain.destroy();
  }
}
