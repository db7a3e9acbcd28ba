import http from 'node:http';
import https from 'node:https';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import { zoneOfToken } from '../delivery/index.ts';
import { AppError } from '../errors.ts';
import type { DemoZones } from './demo-wire.ts';

/** What is passed on to delivery; above all no cookie, no key, and no address that the request claims to come from. */
const requestHeaders = [
  'user-agent',
  'accept',
  'accept-encoding',
  'accept-language',
  'content-type',
  'dnt',
  'if-modified-since',
  'if-none-match',
  'origin',
  'range',
  'referer',
  'sec-ch-ua',
  'sec-ch-ua-mobile',
  'sec-ch-ua-platform',
  'sec-gpc',
  'sec-purpose',
];

/** What is passed back; no cookie. */
const responseHeaders = [
  'accept-ranges',
  'access-control-allow-origin',
  'cache-control',
  'content-encoding',
  'content-length',
  'content-range',
  'content-security-policy',
  'content-type',
  'etag',
  'last-modified',
  'location',
  'referrer-policy',
  'retry-after',
  'vary',
  'x-content-type-options',
];

const passed: readonly { readonly path: RegExp; readonly methods: readonly string[] }[] = [
  { path: /^\/(tag|(tag|more|frame)-[0-9a-f]{16})\.js$/, methods: ['GET'] },
  { path: /^\/v1\/ad$/, methods: ['GET'] },
  { path: /^\/v1\/e\/[iv]\/[\w~-][\w.~-]*$/, methods: ['GET', 'POST'] },
  { path: /^\/v1\/c\/[\w~-][\w.~-]*(\/[\w-]+)?$/, methods: ['GET'] },
  { path: /^\/v1\/h\/[\w~-][\w.~-]*$/, methods: ['GET'] },
  { path: /^\/v1\/(click-tag\.js|b\/[0-9a-f]{64}\/.+)$/, methods: ['GET'] },
  { path: /^\/v1\/a\/[\w~-][\w.~-]*$/, methods: ['GET'] },
  { path: /^\/v1\/page$/, methods: ['POST'] },
];

/** As delivery has it. */
const maxPageBodyBytes = 16 * 1024;

export interface DemoProxyTarget {
  /** Where delivery listens, like `http://127.0.0.1:8080`; it must trust this process as a proxy. */
  readonly origin: string;
  /** What delivery is told the request comes from. */
  readonly address: string;
  /** Nothing else is asked for or reported: real inventory gets no event from a place that was made up. */
  readonly zones: DemoZones;
  /** Longest silence of delivery. */
  readonly timeoutMs: number;
}

/**
 * Hands a request for one of delivery's public paths to delivery, as if it came from `target.address`, and streams the
 * answer back. `request.url` is the path on delivery. Rejects with an AppError while nothing was answered yet.
 */
export async function proxyToDelivery(
  request: Request,
  response: Response,
  target: DemoProxyTarget,
): Promise<void> {
  const url = new URL(request.url, 'http://delivery');
  const rule = passed.find(({ path }) => path.test(url.pathname));
  if (rule === undefined) throw new AppError('not_found', `The demo passes on no ${url.pathname}`);
  if (!rule.methods.includes(request.method)) {
    response.setHeader('allow', rule.methods.join(', '));
    throw new AppError('method_not_allowed', `${url.pathname} takes ${rule.methods.join(' and ')}`);
  }
  if (url.pathname === '/v1/ad') checkZones(url.searchParams, target.zones);
  const body = url.pathname === '/v1/page' ? await pageBody(request, target.zones) : '';

  if (carriesToken.test(url.pathname)) checkToken(url.pathname, target.zones);
  // Written anew: what was checked and what delivery reads have to be the same, however it was spelled.
  const query = url.searchParams.size === 0 ? '' : `?${url.searchParams}`;

  const upstream = await ask(request, `${url.pathname}${query}`, body, target);
  response.status(upstream.statusCode ?? 502);
  for (const name of responseHeaders) {
    const value = upstream.headers[name];
    if (value !== undefined) response.setHeader(name, value);
  }
  // The visitor who leaves ends the transfer, and a transfer that breaks ends the answer: neither is an error here.
  await pipeline(upstream, response).catch(() => response.destroy());
}

function checkZones(query: URLSearchParams, { leaderboard, rectangle }: DemoZones): void {
  const asked = (query.get('zones') ?? query.get('zone') ?? '').split(',');
  const known = [String(leaderboard), String(rectangle)];
  const stranger = asked.find((zone) => !known.includes(zone));
  if (stranger !== undefined) throw new AppError('unknown_zone', `"${stranger}" is not a zone of the demo`);
}

const carriesToken = /^\/v1\/(e\/[iv]|c|h)\//;

/** Of a token that is none, delivery says so itself. */
function checkToken(path: string, { leaderboard, rectangle }: DemoZones): void {
  const zone = zoneOfToken(path.replace(carriesToken, '').split('/')[0] ?? '');
  if (zone === undefined || zone === leaderboard || zone === rectangle) return;
  throw new AppError('unknown_zone', 'The ad was chosen for no zone of the demo');
}

/** The page view's body as it came, once it is known to be one of the demo site. */
async function pageBody(request: Request, zones: DemoZones): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxPageBodyBytes) {
      throw new AppError('body_too_large', `A page view has at most ${maxPageBodyBytes} bytes`);
    }
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks).toString();
  let page: unknown;
  try {
    page = JSON.parse(body);
  } catch (cause) {
    throw new AppError('malformed_json', 'The body of a page view is JSON', { cause });
  }
  const { site, zone } = Object(page) as { site?: unknown; zone?: unknown };
  const isDemo =
    (site === undefined || site === zones.siteId) &&
    (zone === undefined || zone === zones.leaderboard || zone === zones.rectangle);
  if (!isDemo) throw new AppError('unknown_zone', 'The page view is of no site or zone of the demo');
  return body;
}

function ask(
  request: Request,
  path: string,
  body: string,
  { origin, address, timeoutMs }: DemoProxyTarget,
): Promise<http.IncomingMessage> {
  const headers: http.OutgoingHttpHeaders = {
    'x-forwarded-for': address,
    'content-length': Buffer.byteLength(body),
  };
  for (const name of requestHeaders) {
    const value = request.headers[name];
    if (value !== undefined) headers[name] = value;
  }
  const { request: send } = origin.startsWith('https:') ? https : http;
  return new Promise((resolve, reject) => {
    const outgoing = send(new URL(path, origin), {
      method: request.method,
      headers,
      timeout: timeoutMs,
      agent: false,
    });
    const abandon = () => outgoing.destroy();
    request.res?.once('close', abandon);
    outgoing.once('timeout', () => outgoing.destroy(new Error(`No answer for ${timeoutMs} ms`)));
    outgoing.once('response', resolve);
    outgoing.on('error', (cause) => {
      reject(new AppError('internal', 'The delivery server could not be reached', { cause }));
    });
    outgoing.end(body);
  });
}
