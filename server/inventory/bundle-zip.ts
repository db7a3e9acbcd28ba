import { type Entry, fromBufferPromise, type ZipFile } from 'yauzl';
import { AppError } from '../errors.ts';

export const maxZipBytes = 5 * 1024 * 1024;
export const maxUnpackedBytes = 10 * 1024 * 1024;
export const maxBundleFiles = 200;
/** Of a file larger than `freeRatioBytes`: what is packed tighter than this is there to fill a disk. */
const maxRatio = 100;
const freeRatioBytes = 256 * 1024;

/** What a bundle may hold. Served as this whatever is inside, with `nosniff`. */
export const bundleTypes: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  htm: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  mjs: 'text/javascript; charset=utf-8',
  json: 'application/json',
  txt: 'text/plain; charset=utf-8',
  xml: 'application/xml',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif',
  svg: 'image/svg+xml',
  woff: 'font/woff',
  woff2: 'font/woff2',
  ttf: 'font/ttf',
  otf: 'font/otf',
  mp3: 'audio/mpeg',
  mp4: 'video/mp4',
  webm: 'video/webm',
  wasm: 'application/wasm',
};

/** What archivers add on their own account. */
const litter = /(^|\/)(__MACOSX\/|\.DS_Store$|Thumbs\.db$|desktop\.ini$)/i;

export interface ZipContent {
  readonly path: string;
  readonly contentType: string;
  readonly bytes: Buffer;
}

/**
 * Unpacks a zip into memory, in the archive's order, without what archivers add.
 * @throws AppError `bundle_broken` for what is no zip or is damaged, encrypted, or names a file outside of itself;
 * `unsupported_type` for a kind of file that a bundle may not hold; `invalid_input` beyond the limits.
 */
export async function readZip(bytes: Buffer): Promise<ZipContent[]> {
  const zip = await orBroken(() =>
    fromBufferPromise(bytes, { lazyEntries: true, strictFileNames: true, validateEntrySizes: true }),
  );
  if (zip.entryCount > 4 * maxBundleFiles) throw tooMany(zip.entryCount);
  const files = new Map<string, ZipContent>();
  let total = 0;
  const entries = zip.eachEntry();
  for (;;) {
    const next = await orBroken(() => entries.next());
    if (next.done === true) return [...files.values()];
    const entry = next.value as Entry;
    const path = entry.fileName;
    if (path.endsWith('/') || litter.test(path)) continue;
    checkEntry(entry);
    total += entry.uncompressedSize;
    if (total > maxUnpackedBytes) {
      throw outside(`Unpacked, the bundle has more than ${maxUnpackedBytes} bytes.`);
    }
    if (files.has(path)) throw broken(`The bundle holds ${JSON.stringify(path)} twice.`);
    files.set(path, { path, contentType: typeOf(path), bytes: await orBroken(() => readEntry(zip, entry)) });
    if (files.size > maxBundleFiles) throw tooMany(files.size);
  }
}

function checkEntry(entry: Entry): void {
  const name = JSON.stringify(entry.fileName);
  // Upper half of the external attributes: the mode, where it was made on Unix.
  if (((entry.externalFileAttributes >>> 16) & 0o170000) === 0o120000) throw broken(`${name} is a link.`);
  if (entry.isEncrypted()) throw broken(`${name} is encrypted.`);
  if (entry.fileName.split('/').some((part) => part.startsWith('.'))) throw broken(`${name} is hidden.`);
  if (/\p{Cc}/u.test(entry.fileName)) throw broken(`${name} has control characters.`);
  if (entry.uncompressedSize > freeRatioBytes && entry.uncompressedSize > entry.compressedSize * maxRatio) {
    throw outside(`${name} is packed more than ${maxRatio} to 1.`);
  }
}

function typeOf(path: string): string {
  const extension = /\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase() ?? '';
  if (Object.hasOwn(bundleTypes, extension)) return bundleTypes[extension] as string;
  throw new AppError(
    'unsupported_type',
    `A bundle may not hold ${JSON.stringify(path.slice(0, 100))}; allowed are ${Object.keys(bundleTypes).join(', ')}.`,
  );
}

/** The sizes that the archive states are checked while reading: a stream that gives more fails. */
async function readEntry(zip: ZipFile, entry: Entry): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function orBroken<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const why = error instanceof Error ? error.message.slice(0, 200) : '';
    throw broken(`The bundle is no zip that can be read: ${why}.`, error);
  }
}

function broken(detail: string, cause?: unknown): AppError {
  return new AppError('bundle_broken', detail, { cause });
}

function outside(message: string): AppError {
  return new AppError('invalid_input', message, { fields: [{ path: '', message }] });
}

function tooMany(count: number): AppError {
  return outside(`The bundle has ${count} files; at most ${maxBundleFiles} are allowed.`);
}
