import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import { type AppError, problemOf } from '../errors.ts';

type Headers = Readonly<Record<string, string>>;

/** Answers hold what only the key's holder may see: nothing on the way may keep them. */
const always: Headers = { 'Cache-Control': 'no-store' };

export function sendJson(response: Response, status: number, value: unknown, headers: Headers = {}): void {
  send(response, status, 'application/json; charset=utf-8', JSON.stringify(value), headers);
}

export function sendNothing(response: Response, headers: Headers = {}): void {
  response.writeHead(204, { ...always, ...headers }).end();
}

export function sendProblem(response: Response, error: AppError, headers: Headers = {}): void {
  const problem = problemOf(error);
  send(response, problem.status, 'application/problem+json', JSON.stringify(problem), {
    ...(error.status === 401 ? { 'WWW-Authenticate': 'Bearer realm="signpost"' } : {}),
    ...(error.status === 503 ? { 'Retry-After': '5' } : {}),
    ...headers,
  });
}

function send(response: Response, status: number, contentType: string, body: string, headers: Headers): void {
  response
    .writeHead(status, {
      ...always,
      'Content-Type': contentType,
      'Content-Length': String(Buffer.byteLength(body)),
      ...headers,
    })
    .end(body);
}

/**
 * Sends what `source` yields, no faster than the client takes it. Rejects without having sent anything when the
 * source fails before its first chunk.
 */
export async function sendStream(
  response: Response,
  status: number,
  headers: Headers,
  source: AsyncIterable<string | Uint8Array> | Readable,
): Promise<void> {
  const chunks = (source as AsyncIterable<string | Uint8Array>)[Symbol.asyncIterator]();
  const first = await chunks.next();
  response.writeHead(status, { ...always, ...headers });
  const rest = async function* () {
    try {
      for (let next = first; next.done !== true; next = await chunks.next()) yield next.value;
    } finally {
      await chunks.return?.();
    }
  };
  await pipeline(Readable.from(rest()), response);
}
