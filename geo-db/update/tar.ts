import type { ByteSource } from './byte-source.ts';
import { GeoDbUpdateError } from './update-error.ts';

/** https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06 (ustar) */
const blockBytes = 512;

export function isTar(head: Buffer): boolean {
  return head.length === blockBytes && head.toString('latin1', 257, 262) === 'ustar';
}

/**
 * Reads on to the content of the archive's `.mmdb` file. Only regular files count, and their path does not: nothing of
 * an archive is ever a name on this disk.
 * @returns its size in bytes
 * @throws GeoDbUpdateError `unusable` where there is none, or the archive is broken
 */
export async function seekMmdb(source: ByteSource): Promise<number> {
  const size = await nextMmdb(source);
  if (size === undefined) throw new GeoDbUpdateError('unusable', 'The archive holds no .mmdb file.');
  return size;
}

/**
 * Reads the archive to its end, from behind the content of the file found.
 * @throws GeoDbUpdateError `unusable` where it holds a second one, and so does not say which is meant
 */
export async function skipRestOfTar(source: ByteSource, size: number): Promise<void> {
  await skip(source, paddingOf(size));
  if ((await nextMmdb(source)) !== undefined)
    throw new GeoDbUpdateError('unusable', 'The archive holds more than one .mmdb file.');
}

async function nextMmdb(source: ByteSource): Promise<number | undefined> {
  for (;;) {
    const header = await source.take(blockBytes);
    if (header.length === 0 || (header.length === blockBytes && header.every((byte) => byte === 0)))
      return undefined;
    const { name, size, regular } = readHeader(header);
    if (regular && name.toLowerCase().endsWith('.mmdb')) return size;
    await skip(source, size + paddingOf(size));
  }
}

const paddingOf = (size: number) => (blockBytes - (size % blockBytes)) % blockBytes;

async function skip(source: ByteSource, length: number): Promise<void> {
  let skipped = 0;
  for await (const piece of source.pieces(length)) skipped += piece.length;
  if (skipped < length) throw broken('is cut short');
}

function readHeader(header: Buffer): { name: string; size: number; regular: boolean } {
  if (header.length < blockBytes) throw broken('is cut short');
  const sum = header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
  if (octal(header, 148, 8) !== sum) throw broken('has a damaged header');
  const type = header[156];
  const nameEnd = header.subarray(0, 100).indexOf(0);
  return {
    name: header.toString('utf8', 0, nameEnd < 0 ? 100 : nameEnd),
    size: octal(header, 124, 12),
    regular: type === 0 || type === 48,
  };
}

/** Numbers are octal digits in text; the form for 8 GB and more is not read. */
function octal(header: Buffer, at: number, length: number): number {
  const text = header.toString('latin1', at, at + length);
  const digits = /^ *([0-7]+)[ \0]*$/.exec(text)?.[1];
  if (digits === undefined) throw broken('has a damaged header');
  return Number.parseInt(digits, 8);
}

function broken(what: string): GeoDbUpdateError {
  return new GeoDbUpdateError('unusable', `The archive ${what}.`);
}
