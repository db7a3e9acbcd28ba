import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '../errors.ts';
import { byteRange } from './byte-range.ts';
import { corsHeaders, type HeaderList, sendEmpty, sendProblem } from './reply.ts';

/** What an address stands for, for ever. */
export interface ImmutableFile {
  readonly contentType: string;
  readonly body: Buffer;
  /** Without quotes. */
  readonly etag: string;
  readonly headers?: HeaderList;
}

/** Sends it, or the single range of it that is asked for: 200, 206, 304 or 416; without the body to a HEAD. */
export function sendImmutable(
  request: IncomingMessage,
  response: ServerResponse,
  { contentType, body, etag, headers = [] }: ImmutableFile,
): void {
  const tag = `"${etag}"`;
  const all = [
    ...['Content-Type', contentType, 'Cache-Control', 'public, max-age=31536000, immutable'],
    ...['ETag', tag, 'Accept-Ranges', 'bytes', 'X-Content-Type-Options', 'nosniff'],
    ...['Cross-Origin-Resource-Policy', 'cross-origin'],
    ...corsHeaders,
    ...headers,
  ];
  const asked = request.headers;
  if (asked['if-none-match']?.includes(tag)) {
    sendEmpty(response, 304, all);
    return;
  }
  const whole = request.method === 'HEAD' || (asked['if-range'] ?? tag) !== tag;
  const range = whole ? undefined : byteRange(asked.range, body.length);
  if (range === 'unsatisfiable') {
    const error = new AppError('range_not_satisfiable', `The file has ${body.length} bytes.`);
    sendProblem(response, error, ['Content-Range', `bytes */${body.length}`]);
    return;
  }
  const part = range === undefined ? body : body.subarray(range.first, range.last + 1);
  const extent =
    range === undefined ? [] : ['Content-Range', `bytes ${range.first}-${range.last}/${body.length}`];
  response.writeHead(range === undefined ? 200 : 206, [
    ...all,
    ...extent,
    ...['Content-Length', String(part.length)],
  ]);
  response.end(request.method === 'HEAD' ? undefined : part);
}
