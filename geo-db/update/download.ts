import { createWriteStream } from 'node:fs';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { type DownloadSource, sourceId } from './source.ts';
import { GeoDbUpdateError } from './update-error.ts';

/** What tells one state of a file on a server from another (RFC 9110, section 8.8). */
export interface Validators {
  readonly etag: string | undefined;
  readonly lastModified: string | undefined;
}

export interface DownloadOptions {
  readonly source: DownloadSource;
  /** Where the bytes go. What a broken download left there is continued. */
  readonly partFile: string;
  /** Of the state that is here already: the server may answer that it is still the same. */
  readonly have: Validators | undefined;
  readonly maxBytes: number;
  /** Milliseconds without a byte after which the download counts as broken. */
  readonly idleMs: number;
  readonly signal: AbortSignal;
}

export type Downloaded =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'complete'; readonly validators: Validators; readonly resumedAtByte: number };

interface Part {
  readonly bytes: number;
  readonly validators: Validators;
}

const noPart: Part = { bytes: 0, validators: { etag: undefined, lastModified: undefined } };

/**
 * One attempt to bring a file here. A part is continued with `Range` only under `If-Range` with a strong validator, so
 * that two states are never mixed (RFC 9110, section 13.1.5).
 * @throws GeoDbUpdateError; after `unreachable` another attempt makes sense
 */
export async function download(options: DownloadOptions): Promise<Downloaded> {
  const { source, partFile, have } = options;
  const part = await readPart(partFile, source);
  const response = await request(options, part);
  const { status, headers } = response;
  if (status === 304 && part.bytes === 0 && have !== undefined) {
    await response.body?.cancel();
    return { kind: 'unchanged' };
  }
  if (status === 416 && isWhole(headers, part)) {
    await response.body?.cancel();
    return { kind: 'complete', validators: part.validators, resumedAtByte: part.bytes };
  }
  const validators = validatorsOf(headers);
  const resumed = status === 206;
  if (!(status === 200 || (resumed && continues(headers, part, validators)))) {
    await response.body?.cancel();
    if (status === 206 || status === 416) await discardPart(partFile);
    throw statusError(status);
  }
  const start = resumed ? part.bytes : 0;
  if (start + lengthOf(headers) > options.maxBytes) {
    await response.body?.cancel();
    await discardPart(partFile);
    throw tooLarge(options.maxBytes);
  }
  if (!resumed) await writeFile(metaFile(partFile), metaOf(source, validators), { mode: 0o600 });
  await save(response, options, start);
  return { kind: 'complete', validators, resumedAtByte: start };
}

/** Removes what a broken or refused download left. */
export async function discardPart(partFile: string): Promise<void> {
  await rm(partFile, { force: true });
  await rm(metaFile(partFile), { force: true });
}

async function request({ source, have, signal, idleMs }: DownloadOptions, part: Part): Promise<Response> {
  const headers: Record<string, string> = { 'Accept-Encoding': 'identity', 'User-Agent': 'Signpost' };
  // Sent to this origin alone: fetch leaves it out where a redirect leads to another one.
  if (source.authorization !== undefined) headers['Authorization'] = source.authorization;
  const validator = strongest(part.validators);
  if (part.bytes > 0 && validator !== undefined) {
    headers['Range'] = `bytes=${part.bytes}-`;
    headers['If-Range'] = validator;
  } else {
    if (have?.etag !== undefined) headers['If-None-Match'] = have.etag;
    if (have?.lastModified !== undefined) headers['If-Modified-Since'] = have.lastModified;
  }
  return attempt(source.url, headers, signal, idleMs);
}

/** @throws GeoDbUpdateError `unreachable` where there is no answer within `idleMs` */
export async function attempt(
  url: URL,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
  idleMs: number,
): Promise<Response> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), idleMs);
  try {
    return await fetch(url, { headers, signal: AbortSignal.any([signal, controller.signal]) });
  } catch (error) {
    throw unreachable(error, controller.signal.aborted, idleMs);
  } finally {
    clearTimeout(timer);
  }
}

async function save(
  response: Response,
  { partFile, maxBytes, idleMs, signal }: DownloadOptions,
  start: number,
): Promise<void> {
  const idle = new AbortController();
  const timer = setTimeout(() => idle.abort(), idleMs);
  let bytes = start;
  try {
    if (response.body === null) throw new Error('the answer is empty');
    await pipeline(
      Readable.fromWeb(response.body as ReadableStream<Uint8Array>),
      async function* count(chunks: AsyncIterable<Uint8Array>) {
        for await (const chunk of chunks) {
          timer.refresh();
          bytes += chunk.length;
          if (bytes > maxBytes) throw tooLarge(maxBytes);
          yield chunk;
        }
      },
      createWriteStream(partFile, { flags: start > 0 ? 'a' : 'w', mode: 0o600 }),
      { signal: AbortSignal.any([signal, idle.signal]) },
    );
  } catch (error) {
    if (!(error instanceof GeoDbUpdateError)) throw unreachable(error, idle.signal.aborted, idleMs);
    await discardPart(partFile);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function readPart(partFile: string, source: DownloadSource): Promise<Part> {
  try {
    const { size } = await stat(partFile);
    const meta = JSON.parse(await readFile(metaFile(partFile), 'utf8')) as Record<string, unknown>;
    const validators = { etag: text(meta['etag']), lastModified: text(meta['lastModified']) };
    if (size > 0 && meta['source'] === sourceId(source) && strongest(validators) !== undefined)
      return { bytes: size, validators };
  } catch {
    // There is none, or what it is a part of is not known: it begins anew.
  }
  return noPart;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

const metaFile = (partFile: string) => `${partFile}.json`;

function metaOf(source: DownloadSource, validators: Validators): string {
  return JSON.stringify({ source: sourceId(source), ...validators });
}

/** What `If-Range` may be sent with; weak tags may not (RFC 9110, section 13.1.5). */
function strongest({ etag, lastModified }: Validators): string | undefined {
  return etag === undefined || etag.startsWith('W/') ? lastModified : etag;
}

function validatorsOf(headers: Headers): Validators {
  return {
    etag: headers.get('etag') ?? undefined,
    lastModified: headers.get('last-modified') ?? undefined,
  };
}

/** Whether a 206 is of the same state as the part, and begins where it ends. */
function continues(headers: Headers, part: Part, now: Validators): boolean {
  const range = /^bytes (\d+)-\d+\/(?:\d+|\*)$/.exec(headers.get('content-range') ?? '');
  const validator = strongest(now);
  const same = validator === undefined || validator === strongest(part.validators);
  return part.bytes > 0 && Number(range?.[1]) === part.bytes && same;
}

/** Whether a 416 says that the part is all there is: under `If-Range` it is of the same state. */
function isWhole(headers: Headers, part: Part): boolean {
  return part.bytes > 0 && headers.get('content-range') === `bytes */${part.bytes}`;
}

function lengthOf(headers: Headers): number {
  const length = Number(headers.get('content-length') ?? 0);
  return Number.isFinite(length) ? length : 0;
}

/** What is wrong with a status other than those of success. */
export function statusError(status: number): GeoDbUpdateError {
  if (status === 401 || status === 403)
    return new GeoDbUpdateError('refused', `The server refuses account and key (HTTP ${status}).`);
  if (status === 206 || status === 416)
    return new GeoDbUpdateError('unreachable', 'The download cannot be continued, and begins anew.');
  const again = status >= 500 || status === 429 || status === 408;
  return new GeoDbUpdateError(again ? 'unreachable' : 'refused', `The server answers HTTP ${status}.`);
}

function tooLarge(maxBytes: number): GeoDbUpdateError {
  return new GeoDbUpdateError('too_large', `The download is larger than ${maxBytes} bytes.`);
}

const diskCodes: ReadonlySet<string> = new Set([
  'ENOSPC',
  'EDQUOT',
  'EACCES',
  'EPERM',
  'EROFS',
  'EIO',
  'EISDIR',
]);

/** The system's code alone: further words of network errors may hold the URL, and with it a key. */
function unreachable(error: unknown, idle: boolean, idleMs: number): GeoDbUpdateError {
  if (idle)
    return new GeoDbUpdateError('unreachable', `The server sent nothing for ${idleMs / 1000} s.`, error);
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const code =
    typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : 'unknown';
  if (diskCodes.has(code))
    return new GeoDbUpdateError('disk', `The download cannot be written (${code}).`, error);
  return new GeoDbUpdateError('unreachable', `The connection failed or broke off (${code}).`, error);
}
