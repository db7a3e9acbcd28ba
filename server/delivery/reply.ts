import type { ServerResponse } from 'node:http';
import type { Waiter } from '../../analytics/index.ts';
import { AppError, problemOf } from '../errors.ts';
import { PlainConnection, plainAnswer } from './plain-connection.ts';

/** Names and values in turn, as `writeHead` takes them. */
export type HeaderList = readonly string[];

const noBody = Buffer.alloc(0);

/** A transparent GIF of one pixel. */
export const pixelGif = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

/** Where an answer goes: the connection itself, or what `node:http` has for it. */
export type Responder = PlainConnection | ServerResponse;

const anyOrigin = ['Access-Control-Allow-Origin', '*'] as const;
const notStored = ['Cache-Control', 'no-store'] as const;
export const jsonHeaders: HeaderList = [
  'Content-Type',
  'application/json; charset=utf-8',
  ...notStored,
  ...anyOrigin,
];
export const emptyHeaders: HeaderList = [...notStored, ...anyOrigin];
export const corsHeaders: HeaderList = anyOrigin;
export const gifHeaders: HeaderList = ['Content-Type', 'image/gif', ...notStored, ...anyOrigin];

export function send(
  response: Responder,
  status: number,
  headers: HeaderList,
  body: string | Uint8Array,
): void {
  if (response instanceof PlainConnection) {
    response.send(plainAnswer(status, headers, typeof body === 'string' ? Buffer.from(body) : body));
    return;
  }
  const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
  response.writeHead(status, [...headers, 'Content-Length', String(length)]);
  response.end(body);
}

/** An answer without a body, such as 204. */
export function sendEmpty(response: Responder, status: number, headers: HeaderList): void {
  if (response instanceof PlainConnection) {
    response.send(plainAnswer(status, headers, noBody));
    return;
  }
  response.writeHead(status, headers as string[]);
  response.end();
}

export function sendProblem(response: Responder, error: AppError, extra: HeaderList = []): void {
  const headers = ['Content-Type', 'application/problem+json', ...notStored, ...anyOrigin, ...extra];
  send(response, error.status, headers, JSON.stringify(problemOf(error)));
}

/** An answer that is given whether or not its event could be written: the ad, and the way to the landing page. */
export class ServedReply implements Waiter {
  readonly #response: Responder;
  readonly #status: number;
  readonly #headers: HeaderList;
  /** For the connection: head and body; for `node:http`: the body. */
  readonly #made: Buffer;
  readonly #bodyBytes: number;

  /** @param body UTF-8, or bytes that may change when the call is over */
  constructor(response: Responder, status: number, headers: HeaderList, body: string | Uint8Array) {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    this.#response = response;
    this.#status = status;
    this.#headers = headers;
    this.#made =
      response instanceof PlainConnection ? plainAnswer(status, headers, bytes) : Buffer.from(bytes);
    this.#bodyBytes = bytes.length;
  }

  /** An event that was not written is not acknowledged: a header says so. */
  written(durable: boolean): void {
    const response = this.#response;
    if (durable && response instanceof PlainConnection) response.send(this.#made);
    else {
      const headers = durable ? this.#headers : [...this.#headers, 'Signpost-Log', 'unavailable'];
      send(response, this.#status, headers, this.#made.subarray(this.#made.length - this.#bodyBytes));
    }
  }
}

/** The answer to a beacon: 204 acknowledges the event, 503 says that it was not written and may be sent again. */
export class BeaconReply implements Waiter {
  readonly #response: Responder;
  readonly #headers: HeaderList;

  constructor(response: Responder, headers: HeaderList = emptyHeaders) {
    this.#response = response;
    this.#headers = headers;
  }

  written(durable: boolean): void {
    if (durable) sendEmpty(this.#response, 204, this.#headers);
    else {
      const error = new AppError(
        'log_unavailable',
        'The event log cannot be written at the moment; send it again later.',
      );
      sendProblem(this.#response, error, ['Retry-After', '5']);
    }
  }
}
