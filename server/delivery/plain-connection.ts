import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { ByteText } from '../../analytics/index.ts';
import { type PlainRequest, readPlainRequest } from './plain-request.ts';
import type { HeaderList } from './reply.ts';

/** Answers a plain request by `connection.send` or `connection.destroy`, now or later; false: it is not one of its. */
export type PlainAnswerer = (request: PlainRequest, connection: PlainConnection) => boolean;

export interface PlainOptions {
  readonly answer: PlainAnswerer;
  /** Takes the socket over for good; what has come on it follows at once. */
  readonly handOver: (connection: PlainConnection, socket: Socket) => void;
  /** How long a connection may stay silent: before its first request, and between two. */
  readonly firstTimeoutMs: number;
  readonly keepAliveMs: number;
}

/**
 * One connection while all that comes on it is plain requests, one after the other. They are answered without an
 * `IncomingMessage` and a `ServerResponse`, which together take longer than a decision. Whatever is not plain, also a
 * request that comes in pieces, goes to `node:http` together with the connection, and stays there.
 */
export class PlainConnection {
  readonly #socket: Socket;
  /** Asked for once. */
  readonly #peer: PlainRequest['socket'];
  readonly #options: PlainOptions;
  /** A request is being answered. */
  #busy = false;
  /** What came meanwhile. */
  #next: Buffer | undefined;
  #ended = false;

  constructor(socket: Socket, options: PlainOptions) {
    this.#socket = socket;
    this.#peer = { remoteAddress: socket.remoteAddress };
    this.#options = options;
    socket.setTimeout(options.firstTimeoutMs);
    socket.on('data', this.#read);
    socket.on('end', this.#end);
    socket.on('timeout', this.#giveUp);
    socket.on('error', this.#giveUp);
  }

  /** Writes an answer, as `plainAnswer` makes it. */
  send(answer: Buffer): void {
    const socket = this.#socket;
    socket.write(answer);
    if (socket.writableNeedDrain) socket.once('drain', this.#goOn);
    else this.#goOn();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Ends the connection; where an answer is under way, behind it. */
  close(): void {
    if (this.#busy) this.#ended = true;
    else this.#socket.destroy();
  }

  readonly #read = (chunk: Buffer): void => {
    if (this.#busy) {
      this.#next = this.#next === undefined ? chunk : Buffer.concat([this.#next, chunk]);
      this.#socket.pause();
      return;
    }
    const request = readPlainRequest(chunk, this.#peer);
    this.#busy = true;
    if (request !== undefined && this.#options.answer(request, this)) return;
    this.#busy = false;
    this.#handOver(chunk);
  };

  readonly #goOn = (): void => {
    const socket = this.#socket;
    this.#busy = false;
    if (socket.destroyed) return;
    if (socket.timeout !== this.#options.keepAliveMs) socket.setTimeout(this.#options.keepAliveMs);
    const next = this.#next;
    if (next !== undefined) {
      this.#next = undefined;
      socket.resume();
      this.#read(next);
    } else if (this.#ended) socket.end();
  };

  #handOver(chunk: Buffer): void {
    const socket = this.#socket;
    socket.off('data', this.#read);
    socket.off('end', this.#end);
    socket.off('timeout', this.#giveUp);
    socket.off('error', this.#giveUp);
    socket.setTimeout(0);
    socket.pause();
    this.#options.handOver(this, socket);
    socket.unshift(chunk);
    socket.resume();
  }

  /** The other side sends nothing more; what it has asked for, it gets. */
  readonly #end = (): void => {
    if (this.#busy) this.#ended = true;
    else this.#socket.end();
  };

  readonly #giveUp = (): void => {
    this.#socket.destroy();
  };
}

/**
 * An answer's bytes, head and body. To be made as soon as the answer is known: its parts are still in the processor's
 * cache then.
 * @param status 204 has no body
 */
export function plainAnswer(status: number, headers: HeaderList, body: Uint8Array): Buffer {
  const head = headOf(status, headers);
  const second = Math.floor(Date.now() / 1000);
  if (second !== head.second) {
    head.second = second;
    head.start = startOf(head);
    head.empty = undefined;
  }
  if (body.length > 0) return answerOf(head, body);
  head.empty ??= answerOf(head, body);
  return head.empty;
}

/** The answer that is being put together; there is one at a time. */
const answer = new ByteText(8192);
const emptyLine = Buffer.from('\r\n\r\n');

function answerOf({ status, start }: Head, body: Uint8Array): Buffer {
  answer.length = 0;
  answer.put(start);
  if (status !== 204) answer.number(body.length);
  answer.put(emptyLine);
  answer.put(body);
  return answer.copy();
}

/** What stands in front of the length of the body, or of the head's end where that is not told. */
function startOf({ status, text, second }: Head): Buffer {
  const date = new Date(second * 1000).toUTCString();
  return Buffer.from(`${text}Date: ${date}${status === 204 ? '' : '\r\nContent-Length: '}`, 'latin1');
}

interface Head {
  readonly status: number;
  /** What is the same in every answer with these headers. */
  readonly text: string;
  /** For which second of the clock the following were made. */
  second: number;
  start: Buffer;
  /** The whole answer without a body. */
  empty: Buffer | undefined;
}

/** By the list of headers, since there are few and they never change. */
const heads = new WeakMap<HeaderList, Head>();

function headOf(status: number, headers: HeaderList): Head {
  const known = heads.get(headers);
  if (known?.status === status) return known;
  let text = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`;
  for (let i = 0; i + 1 < headers.length; i += 2) text += `${headers[i]}: ${headers[i + 1]}\r\n`;
  text += 'Connection: keep-alive\r\n';
  const head = { status, text, second: -1, start: emptyLine, empty: undefined };
  heads.set(headers, head);
  return head;
}
