import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { ByteSource } from './byte-source.ts';
import { isTar, seekMmdb, skipRestOfTar } from './tar.ts';
import { GeoDbUpdateError } from './update-error.ts';

/**
 * Makes a `.mmdb` file of a download: as it is, packed with gzip, or the one `.mmdb` in a tar archive. Which of them it
 * is, its content says. Whether it is a location database is not looked at here.
 * @param maxBytes of the unpacked whole
 * @throws GeoDbUpdateError `unusable`, `too_large`
 */
export async function unpack(from: string, to: string, maxBytes: number): Promise<void> {
  const { source, close } = await openPacked(from, maxBytes);
  const target = await open(to, 'w', 0o644);
  try {
    const head = await source.peek(512);
    const tar = isTar(head);
    if (!tar && looksLikeText(head))
      throw new GeoDbUpdateError(
        'unusable',
        'The server sent text or a web page, and not a location database.',
      );
    const size = tar ? await seekMmdb(source) : Number.POSITIVE_INFINITY;
    let written = 0;
    for await (const piece of source.pieces(size)) {
      await target.write(piece);
      written += piece.length;
    }
    if (tar) {
      if (written < size) throw new GeoDbUpdateError('unusable', 'The archive is cut short.');
      await skipRestOfTar(source, size);
    }
    await target.sync();
  } catch (error) {
    if (error instanceof GeoDbUpdateError) throw error;
    const { code = 'unknown', message } = error as NodeJS.ErrnoException;
    if (!code.startsWith('Z_')) throw error;
    throw new GeoDbUpdateError('unusable', `The download cannot be unpacked (${message}).`, error);
  } finally {
    await target.close();
    close();
  }
}

interface Packed {
  readonly source: ByteSource;
  close(): void;
}

async function openPacked(file: string, maxBytes: number): Promise<Packed> {
  const handle = await open(file);
  const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
  await handle.close();
  const stream = createReadStream(file);
  if (buffer[0] !== 0x1f || buffer[1] !== 0x8b)
    return { source: new ByteSource(stream, maxBytes), close: () => stream.destroy() };
  const unzip = createGunzip();
  stream.on('error', (error) => unzip.destroy(error)).pipe(unzip);
  const close = () => {
    stream.destroy();
    unzip.destroy();
  };
  return { source: new ByteSource(unzip, maxBytes), close };
}

/** A search tree begins with node numbers, whose first are small and hold zero bytes; text holds none. */
function looksLikeText(head: Buffer): boolean {
  return head.length > 0 && !head.includes(0);
}
