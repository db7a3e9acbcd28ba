import { connect } from 'node:net';
import { pick } from './random.ts';

export interface HostileResult {
  /** More than were answered: one that is broken ends its connection, and what stands behind it is not read. */
  readonly sent: number;
  readonly answered: number;
  /** How many answers had each status. */
  readonly statuses: ReadonlyMap<number, number>;
}

const methods = [
  'GET',
  'POST',
  'PUT',
  'DELETE',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'TRACE',
  'CONNECT',
  'get',
  'FOO',
  '',
  'PRI',
];
const paths = [
  '/v1/ad',
  '/v1/ad?zone=1',
  '/v1/ad?zones=1,2,3',
  '/v1/ad?zone=12&kv=a:b,c:d&url=https://a.example/x',
  '/v1/page',
  '/tag.js',
  '/v1/e/i/',
  '/v1/e/v/',
  '/v1/c/',
  '/v1/a/',
  '/healthz',
  '/readyz',
  '/',
  '/v1/frame?zone=1',
  '/v1/img?zone=1&n=a',
  '/v1/conv',
];
const tails = [
  '',
  '?',
  '&',
  '%',
  '%zz',
  '%00',
  '%ff%fe',
  '../../../etc/passwd',
  '..%2f..%2f',
  '?zone=',
  '?zone=99999999999999999999',
  '?zone=-1',
  '?zone=1e3',
  '?zone=%31',
  '?zones=',
  `?zones=${'1,'.repeat(200)}`,
  '?zone=1&zone=2',
  `?x=${'y'.repeat(4000)}`,
  '#frag',
  '?zone=1%0d%0aSet-Cookie:%20a=b',
  '?url=javascript:alert(1)',
  '?kv=__proto__:x',
  "?zone=1' OR '1'='1",
  '\u00e9',
  '\\',
  '//',
  ';a=b',
];
const headerNames = [
  'User-Agent',
  'X-Forwarded-For',
  'Accept-Language',
  'Referer',
  'Cookie',
  'X-A',
  'Range',
  'If-None-Match',
  'Sec-Purpose',
];
const forwarded = [
  '1.2.3.4',
  '::1',
  '2001:db8::1',
  'unknown',
  '',
  '999.1.1.1',
  '1.2.3.4:80',
  '[::1]:80',
  '::ffff:10.0.0.1',
  '\u0001',
  '1'.repeat(300),
];
const bodies = [
  '',
  '{}',
  '{"zone":1,"url":"https://a.example/"}',
  '{"zone":"x"}',
  '[[[[[[',
  '{"zone":1e999}',
  '\u0000\u0001',
  'null',
  '"',
  '{"zone":1,"url":"https://\u00e9.example/\ud83d"}',
  `{"url":"https://a.example/${'a'.repeat(20_000)}","zone":1}`,
  `[${'['.repeat(5000)}`,
];

function text(random: () => number, longest: number): string {
  const length = Math.floor(random() ** 4 * longest);
  let result = '';
  for (let i = 0; i < length; i++)
    result += String.fromCharCode(
      random() < 0.9 ? 32 + Math.floor(random() * 95) : 128 + Math.floor(random() * 128),
    );
  return result;
}

/** One request's bytes: well-formed, odd, or broken. */
export function hostileRequest(random: () => number): Buffer {
  const kind = random();
  const method = kind < 0.55 ? 'GET' : kind < 0.8 ? 'POST' : pick(methods, random);
  const target =
    pick(paths, random) +
    (random() < 0.5 ? '' : pick(tails, random)) +
    (random() < 0.05 ? text(random, 3000) : '');
  const lines = [`${method} ${target} HTTP/1.${random() < 0.98 ? 1 : 0}`, 'Host: a.example'];
  for (let i = Math.floor(random() * 5); i > 0; i--) {
    const name = pick(headerNames, random);
    let value = random() < 0.5 ? text(random, 400) : pick(forwarded, random);
    if (name === 'X-Forwarded-For' && random() < 0.02) value = `${pick(forwarded, random)},`.repeat(500);
    if (name === 'Cookie' && random() < 0.01) value = 'x'.repeat(100_000);
    lines.push(`${name}: ${random() < 0.98 ? value.replaceAll(/[\r\n]/g, '') : value}`);
  }
  let body = '';
  if (method === 'POST' || random() < 0.05) {
    body = pick(bodies, random);
    const length = Buffer.byteLength(body) + (random() < 0.03 ? 7 : 0);
    lines.push(random() < 0.9 ? `Content-Length: ${length}` : 'Transfer-Encoding: chunked');
    if (random() < 0.3)
      lines.push(`Content-Type: ${pick(['application/json', 'text/plain', 'x', ''], random)}`);
  }
  const bytes = Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`, random() < 0.5 ? 'utf8' : 'latin1');
  if (random() < 0.05) {
    for (let i = 1 + Math.floor(random() * 4); i > 0; i--)
      bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
  }
  return random() < 0.02 ? bytes.subarray(0, Math.floor(random() * bytes.length)) : bytes;
}

const perConnection = 12;
/** So long is an answer waited for before the rest is sent: what was sent may be a request without end. */
const answerMs = 60;
/** The server ends a connection that was ended here; no answers are lost to a slow machine. */
const endMs = 5000;

/**
 * Sends hostile requests until `count` of them were answered: on each connection several, all at once or each after the
 * answer to the one before it.
 */
export async function hostileTraffic(
  port: number,
  count: number,
  random: () => number,
  parallel = 24,
): Promise<HostileResult> {
  const statuses = new Map<number, number>();
  let sent = 0;
  let answered = 0;
  const worker = async () => {
    while (answered < count) {
      const requests = Array.from({ length: perConnection }, () => hostileRequest(random));
      sent += requests.length;
      const answers = await exchange(port, random() < 0.8 ? [Buffer.concat(requests)] : requests);
      for (const [, status] of answers.matchAll(/HTTP\/1\.1 (\d{3}) /g)) {
        answered++;
        statuses.set(Number(status), (statuses.get(Number(status)) ?? 0) + 1);
      }
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  return { sent, answered, statuses };
}

/** Sends one piece after the other, each when something has come back; the last of them ends the connection. */
function exchange(port: number, pieces: readonly Buffer[]): Promise<string> {
  return new Promise((resolve) => {
    let sent = 0;
    const sendUntil = (end: number) => {
      const bytes = Buffer.concat(pieces.slice(sent, end));
      sent = Math.max(sent, end);
      if (sent < pieces.length) socket.write(bytes);
      else if (!socket.writableEnded) socket.setTimeout(endMs).end(bytes);
    };
    const socket = connect({ port, host: '127.0.0.1' }, () => sendUntil(1));
    const chunks: string[] = [];
    const done = () => {
      socket.destroy();
      resolve(chunks.join(''));
    };
    socket.setTimeout(answerMs);
    socket.on('timeout', () => (socket.writableEnded ? done() : sendUntil(pieces.length)));
    socket.on('data', (chunk) => {
      chunks.push(chunk.toString('latin1'));
      sendUntil(sent + 1);
    });
    socket.on('end', done);
    socket.on('error', done);
  });
}
