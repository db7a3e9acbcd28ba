import { headerNames, noHeaders, type RequestHeaders, takeHeader } from './request-headers.ts';

/** A request that came whole in one read, in the form that nearly all have. */
export interface PlainRequest {
  readonly method: 'GET' | 'POST';
  /** As in the request line, like `/v1/ad?zone=12`. */
  readonly target: string;
  readonly headers: RequestHeaders;
  readonly socket: { readonly remoteAddress?: string | undefined };
}

const maxBytes = 8192;

/** Characters of a header's name (RFC 9110, `tchar`). */
const isNameByte = new Uint8Array(256);
for (const char of "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
  isNameByte[char.charCodeAt(0)] = 1;

/** Printable ASCII and space: what is plain in a header's value. */
const isValueByte = new Uint8Array(256);
for (let byte = 0x20; byte < 0x7f; byte++) isValueByte[byte] = 1;

const [lf, cr, space, colon] = [10, 13, 32, 58] as const;
const http11 = ' HTTP/1.1\r\n';

/**
 * Reads a chunk that is one whole plain request and nothing else: HTTP/1.1, GET or POST, an absolute path, one Host,
 * printable ASCII, no more than 8 KB, and a connection that stays open. A body has a stated length, is wholly there,
 * and is passed over. Undefined for everything else, broken or only rare: that is for a full HTTP parser to judge.
 */
export function readPlainRequest(chunk: Buffer, socket: PlainRequest['socket']): PlainRequest | undefined {
  if (chunk.length > maxBytes) return undefined;
  const text = chunk.toString('latin1');
  const method = text.startsWith('GET /') ? 'GET' : text.startsWith('POST /') ? 'POST' : undefined;
  if (method === undefined) return undefined;
  const from = method.length + 1;
  let at = from;
  while (isValueByte[chunk[at] as number] === 1 && chunk[at] !== space) at++;
  if (!text.startsWith(http11, at)) return undefined;
  const target = text.slice(from, at);
  const head = new PlainHead();
  const bodyAt = head.read(chunk, text, at + http11.length);
  if (bodyAt < 0 || head.hosts !== 1 || chunk.length - bodyAt !== Math.max(0, head.contentLength))
    return undefined;
  return { method, target, headers: head.headers, socket };
}

/** Names that are looked at, by their length. */
const namesOfLength: { readonly name: string; readonly codes: Uint8Array }[][] = Array.from(
  { length: 18 },
  () => [],
);
for (const name of [
  ...headerNames,
  'host',
  'expect',
  'upgrade',
  'transfer-encoding',
  'connection',
  'content-length',
])
  namesOfLength[name.length]?.push({ name, codes: Buffer.from(name) });

/** The name in lower case, where it is one that is looked at: without making a text of it. */
function knownName(chunk: Uint8Array, from: number, end: number): string | undefined {
  const length = end - from;
  if (length >= namesOfLength.length) return undefined;
  for (const { name, codes } of namesOfLength[length] as (typeof namesOfLength)[number]) {
    let at = 0;
    // Of the bytes that names have, the bit makes none but capitals the same as another.
    while (at < length && ((chunk[from + at] as number) | 32) === codes[at]) at++;
    if (at === length) return name;
  }
  return undefined;
}

class PlainHead {
  readonly headers = noHeaders();
  hosts = 0;
  /** -1: not stated. */
  contentLength = -1;

  /** Reads the header lines from `start` on; where the body begins, or -1 where something is not plain. */
  read(chunk: Uint8Array, text: string, start: number): number {
    let at = start;
    while (chunk[at] !== cr) {
      const nameAt = at;
      while (isNameByte[chunk[at] as number] === 1) at++;
      const nameEnd = at;
      if (nameEnd === nameAt || chunk[at] !== colon) return -1;
      do at++;
      while (chunk[at] === space);
      const valueAt = at;
      while (isValueByte[chunk[at] as number] === 1) at++;
      if (chunk[at] !== cr || chunk[at + 1] !== lf) return -1;
      let valueEnd = at;
      while (valueEnd > valueAt && chunk[valueEnd - 1] === space) valueEnd--;
      if (!this.#take(chunk, text, nameAt, nameEnd, valueAt, valueEnd)) return -1;
      at += 2;
    }
    return chunk[at + 1] === lf ? at + 2 : -1;
  }

  /** False where the header asks for what a plain request does not have. */
  #take(
    chunk: Uint8Array,
    text: string,
    nameAt: number,
    nameEnd: number,
    valueAt: number,
    valueEnd: number,
  ): boolean {
    const name = knownName(chunk, nameAt, nameEnd);
    if (name === undefined) return true;
    if (name === 'host') {
      this.hosts++;
      return true;
    }
    const value = text.slice(valueAt, valueEnd);
    takeHeader(this.headers, name, value);
    return this.#isPlain(name, value);
  }

  #isPlain(name: string, value: string): boolean {
    switch (name) {
      case 'expect':
      case 'upgrade':
      case 'transfer-encoding':
        return false;
      case 'connection':
        return value.toLowerCase() === 'keep-alive';
      case 'content-length':
        if (this.contentLength >= 0) return false;
        this.contentLength = digits(value);
        return this.contentLength >= 0;
      default:
        return true;
    }
  }
}

/** 1 to 4 decimal digits as a number; -1 for anything else. */
function digits(text: string): number {
  if (text.length === 0 || text.length > 4) return -1;
  let number = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }
  return number;
}
