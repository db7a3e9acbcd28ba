import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPlainRequest } from '../../../server/delivery/plain-request.ts';
import { readHeaders } from '../../../server/delivery/request-headers.ts';
import { pick, seededRandom } from '../../support/random.ts';

const browser = [
  'GET /v1/ad?zone=12&url=https%3A%2F%2Fnews.example%2F HTTP/1.1',
  'Host: ads.example.com',
  'Connection: keep-alive',
  'User-Agent: Mozilla/5.0 (X11; Linux x86_64) Chrome/130.0.0.0',
  'sec-ch-ua: "Chromium";v="130"',
  'Accept: */*',
  'Origin: https://news.example',
  'Referer: https://news.example/',
  'Accept-Language: de-DE,de;q=0.9',
  'Cookie: a=1; b=2',
];
const bytes = (lines: readonly string[], body = '') =>
  Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`, 'latin1');
const read = (chunk: Buffer) => readPlainRequest(chunk, {});
const adding = (...lines: string[]) => bytes([...browser, ...lines]);

it('reads what browsers send', () => {
  expect(read(bytes(browser))).toEqual({
    method: 'GET',
    target: '/v1/ad?zone=12&url=https%3A%2F%2Fnews.example%2F',
    socket: {},
    headers: {
      userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Chrome/130.0.0.0',
      acceptLanguage: 'de-DE,de;q=0.9',
      referer: 'https://news.example/',
      forwardedFor: undefined,
      secChUa: '"Chromium";v="130"',
      purpose: undefined,
      cookie: 'a=1; b=2',
      origin: 'https://news.example',
    },
  });
});

it('passes over a body that is wholly there', () => {
  const post = ['POST /v1/e/i/x HTTP/1.1', 'Host: a', 'Content-Type: text/plain'];
  expect(read(bytes([...post, 'Content-Length: 0']))?.target).toBe('/v1/e/i/x');
  expect(read(bytes([...post, 'content-length:  3  '], 'abc'))?.target).toBe('/v1/e/i/x');
  expect(read(bytes(post))?.method).toBe('POST');
});

describe('leaves to a full parser', () => {
  it.each<[string, Buffer]>([
    ['a part of a request', bytes(browser).subarray(0, -1)],
    ['a request and the beginning of the next', Buffer.concat([bytes(browser), Buffer.from('G')])],
    ['two requests', Buffer.concat([bytes(browser), bytes(browser)])],
    ['a body that is not all there', bytes(['POST / HTTP/1.1', 'Host: a', 'Content-Length: 4'], 'abc')],
    ['more than the body', bytes(['POST / HTTP/1.1', 'Host: a', 'Content-Length: 2'], 'abc')],
    ['a body without a length', bytes(['POST / HTTP/1.1', 'Host: a'], 'abc')],
    ['two lengths', adding('Content-Length: 0', 'Content-Length: 0')],
    ['a length with a sign', adding('Content-Length: +0')],
    ['a length in hex', adding('Content-Length: 0x0')],
    ['an empty length', adding('Content-Length:')],
    ['chunks', adding('Transfer-Encoding: chunked')],
    ['chunks, in another spelling', adding('TRANSFER-ENCODING:\tchunked')],
    ['an upgrade', adding('Upgrade: websocket')],
    ['an expectation', adding('Expect: 100-continue')],
    [
      'a connection that is to close',
      bytes([...browser.filter((line) => !line.startsWith('Conn')), 'Connection: close']),
    ],
    ['two hosts', adding('host: other.example')],
    ['no host', bytes(browser.filter((line) => !line.startsWith('Host')))],
    ['HTTP/1.0', bytes(['GET / HTTP/1.0', 'Host: a'])],
    ['another method', bytes(['PUT / HTTP/1.1', 'Host: a'])],
    ['an absolute address', bytes(['GET http://a/ HTTP/1.1', 'Host: a'])],
    ['two spaces', bytes(['GET /  HTTP/1.1', 'Host: a'])],
    ['a space before the colon', adding('X-A : b')],
    ['no name', adding(': b')],
    ['no colon', adding('X-A')],
    ['a continued line', adding('X-A: b', ' c')],
    ['a bare line feed', Buffer.from('GET / HTTP/1.1\nHost: a\n\n')],
    ['a bare carriage return', adding('X-A: b\rc: d')],
    ['a zero byte', adding('X-A: b\0c')],
    ['other than ASCII in a value', adding('X-A: \u00e4')],
    ['other than ASCII in the target', bytes(['GET /\u00e4 HTTP/1.1', 'Host: a'])],
    ['a tab in a value', adding('X-A: b\tc')],
    ['more than 8 KB', adding(`X-A: ${'a'.repeat(8192)}`)],
    ['nothing', Buffer.alloc(0)],
  ])('%s', (_, chunk) => {
    expect(read(chunk)).toBeUndefined();
  });
});

describe('beside node:http', () => {
  let server: Server;
  let seen: IncomingMessage[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      seen.push(request);
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => server.close());

  /** What node:http makes of the bytes: the requests, until the connection has said all that it has to say. */
  function parsed(chunk: Buffer): Promise<IncomingMessage[]> {
    seen = [];
    return new Promise((resolve) => {
      const socket = connect((server.address() as AddressInfo).port, '127.0.0.1', () => socket.end(chunk));
      socket.resume();
      socket.on('error', () => resolve(seen));
      socket.on('close', () => resolve(seen));
    });
  }

  it('takes nothing that a full parser refuses or reads otherwise, over mutated requests', async () => {
    const random = seededRandom(11);
    const pieces = [
      '\r\n',
      '\n',
      '\r',
      ' ',
      '\t',
      ':',
      '\0',
      'é',
      '%',
      '?',
      'Host: b\r\n',
      'Content-Length: 1\r\n',
      ',',
      '\r\n\r\n',
    ];
    const bases = [bytes(browser), bytes(['POST /v1/e/i/x HTTP/1.1', 'Host: a', 'Content-Length: 3'], 'abc')];
    let taken = 0;
    for (let round = 0; round < 3000; round++) {
      let text = pick(bases, random).toString('latin1');
      for (let change = 0; change <= random() * 2; change++) {
        const at = Math.floor(random() * text.length);
        const cut = random() < 0.5 ? 0 : Math.floor(random() * 3);
        text = text.slice(0, at) + (random() < 0.7 ? pick(pieces, random) : '') + text.slice(at + cut);
      }
      const chunk = Buffer.from(text, 'latin1');
      const plain = read(chunk);
      if (plain === undefined) continue;
      taken++;
      const full = await parsed(chunk);
      expect(full, JSON.stringify(text)).toHaveLength(1);
      expect({ method: full[0]?.method, target: full[0]?.url }, JSON.stringify(text)).toEqual({
        method: plain.method,
        target: plain.target,
      });
      expect(plain.headers, JSON.stringify(text)).toEqual(readHeaders(full[0]?.rawHeaders ?? []));
    }
    expect(taken).toBeGreaterThan(300);
  }, 60_000);
});
