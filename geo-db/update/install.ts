import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { GeoDbError, MmdbFile } from '../mmdb-file.ts';
import { attempt, statusError } from './download.ts';
import type { DownloadSource } from './source.ts';
import { unpack } from './unpack.ts';
import { GeoDbUpdateError } from './update-error.ts';

export interface InstallOptions {
  readonly folder: string;
  readonly name: string;
  readonly partFile: string;
  readonly maxBytes: number;
  /** Whether a file that was built before the one in use is refused. */
  readonly compare: boolean;
}

/**
 * Unpacks a complete download, opens it, probes it, and moves it into the place of `<name>.mmdb`, which is replaced as a
 * whole or not at all.
 * @returns its build date
 * @throws GeoDbUpdateError `unusable`, `too_large`, `older`; what was there stays
 */
export async function install(options: InstallOptions): Promise<Date> {
  const { folder, name, partFile, maxBytes, compare } = options;
  const draft = join(folder, `.${name}.new`);
  const target = join(folder, `${name}.mmdb`);
  try {
    await unpack(partFile, draft, maxBytes);
    const buildDate = await buildDateOf(draft);
    const current = compare ? await buildDateOf(target).catch(() => undefined) : undefined;
    if (current !== undefined && buildDate < current) {
      const [offered, here] = [buildDate, current].map((date) => date.toISOString().slice(0, 10));
      throw new GeoDbUpdateError(
        'older',
        `The file offered was built on ${offered}, the one in use on ${here}.`,
      );
    }
    await rename(draft, target);
    return buildDate;
  } finally {
    await rm(draft, { force: true });
  }
}

async function buildDateOf(file: string): Promise<Date> {
  try {
    return (await MmdbFile.open(file)).info.buildDate;
  } catch (error) {
    if (!(error instanceof GeoDbError)) throw error;
    throw new GeoDbUpdateError('unusable', `The file offered ${error.reason}.`, error);
  }
}

/**
 * Compares a complete download with the checksum that stands beside it on the server.
 * @throws GeoDbUpdateError `checksum`; and where one is required and not to be had `unreachable`, `refused`
 */
export async function verifyChecksum(
  source: DownloadSource,
  partFile: string,
  signal: AbortSignal,
  idleMs: number,
): Promise<void> {
  const expected = await fetchChecksum(source, signal, idleMs);
  if (expected === undefined) return;
  const hash = createHash('sha256');
  await pipeline(createReadStream(partFile), hash);
  if (hash.digest('hex') === expected) return;
  throw new GeoDbUpdateError('checksum', 'The download does not fit the checksum of the server.');
}

const longestChecksumBytes = 1024;

/** The 64 hex digits that `sha256sum` begins its line with; undefined where there are none and none are required. */
async function fetchChecksum(
  { checksumUrl, checksumRequired, authorization }: DownloadSource,
  signal: AbortSignal,
  idleMs: number,
): Promise<string | undefined> {
  const headers = {
    'User-Agent': 'Signpost',
    ...(authorization === undefined ? {} : { Authorization: authorization }),
  };
  try {
    const response = await attempt(checksumUrl, headers, signal, idleMs);
    if (response.status !== 200) {
      await response.body?.cancel();
      throw statusError(response.status);
    }
    const digits = /^([0-9a-f]{64})(?:\s|$)/i.exec(await startOf(response))?.[1];
    if (digits !== undefined) return digits.toLowerCase();
    throw new GeoDbUpdateError('checksum', 'What the server gives for a checksum is none.');
  } catch (error) {
    if (checksumRequired || signal.aborted) throw error;
    return undefined;
  }
}

async function startOf(response: Response): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (text.length >= longestChecksumBytes) break;
  }
  return text;
}
