import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { GeoDb } from '../../geo-db/index.ts';
import { AppError, type ErrorCode, errorCatalogue, problemOf } from '../errors.ts';
import { endpointOf } from '../metrics/endpoints.ts';
import { answerAd } from './ad.ts';
import type { AssetFiles } from './assets.ts';
import { answerBeacon, answerClick } from './beacon.ts';
import type { BundleFiles } from './bundle-files.ts';
import type { Asker } from './client.ts';
import { answerConversionPixel, answerConversionPost } from './conversion.ts';
import type { Delivery } from './delivery.ts';
import { answerFrame } from './frame.ts';
import { readiness } from './health.ts';
import { answerHtml } from './html-page.ts';
import { answerImage, answerImageClick, answerImageWhy } from './image-tag.ts';
import { answerOwnPixel } from './own-values.ts';
import { answerPageView } from './page-view.ts';
import { PlainConnection, type PlainOptions } from './plain-connection.ts';
import { answerPrivacy, isPrivacyPath } from './privacy/privacy-routes.ts';
import {
  corsHeaders,
  type HeaderList,
  jsonHeaders,
  type Responder,
  send,
  sendEmpty,
  sendProblem,
} from './reply.ts';
import type { TagFiles } from './tag-files.ts';

export interface HttpOptions {
  readonly delivery: Delivery;
  readonly geo: GeoDb;
  readonly assets: AssetFiles;
  readonly bundles: BundleFiles;
  /** The page tag and the scripts that go with it. */
  readonly tags: TagFiles;
}

export interface DeliveryServer {
  /** Not listening yet. */
  readonly server: Server;
  /** Answers what is under way, and closes every connection. */
  close(): Promise<void>;
}

const keepAliveMs = 65_000;
const headersMs = 15_000;
const closeWithinMs = 5000;

/**
 * Delivery's HTTP server: a handful of paths, told apart by their first characters. Express would take five times as
 * long as the decision itself (11,000 against 57,000 requests/s on one core), and is left to the back office; and ads
 * and beacons are asked for in so plain a way, as a rule, that they need no `node:http` either (`PlainConnection`).
 */
export function createDeliveryServer(options: HttpOptions): DeliveryServer {
  const server = createServer({
    keepAliveTimeout: keepAliveMs,
    headersTimeout: headersMs,
    requestTimeout: 2 * headersMs,
  });
  server.on('request', (request, response) => route(options, request, response));
  const plain = openPlainly(server, options);
  server.on('clientError', answerBrokenRequest);
  // An upgrade or CONNECT that nobody listens for would close the connection without an answer.
  for (const event of ['upgrade', 'connect'] as const) {
    server.on(event, (_request: IncomingMessage, socket: Duplex) =>
      endWithProblem(socket, 'method_not_allowed'),
    );
  }
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeIdleConnections();
      for (const connection of plain) connection.close();
      setTimeout(() => {
        server.closeAllConnections();
        for (const connection of plain) connection.destroy();
      }, closeWithinMs).unref();
    });
  return { server, close };
}

/** Puts a `PlainConnection` before every connection to the server; those that are open. */
function openPlainly(server: Server, options: HttpOptions): ReadonlySet<PlainConnection> {
  const full = server.listeners('connection') as ((socket: Socket) => void)[];
  const open = new Set<PlainConnection>();
  const plainly: PlainOptions = {
    answer: (request, connection) => routeEvent(options, request, request.target, connection),
    handOver: (connection, socket) => {
      open.delete(connection);
      for (const listener of full) listener.call(server, socket);
    },
    firstTimeoutMs: headersMs,
    keepAliveMs,
  };
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    const connection = new PlainConnection(socket, plainly);
    open.add(connection);
    socket.once('close', () => open.delete(connection));
  });
  return open;
}

/** What nearly all requests are for; false where the request is none of these, or is made in another way. */
function routeEvent({ delivery }: HttpOptions, request: Asker, url: string, response: Responder): boolean {
  const get = request.method === 'GET';
  if (get && url.startsWith('/v1/ad?')) {
    delivery.counters.request('ad');
    answerAd(delivery, request, response, url.slice(7));
    return true;
  }
  const impression = url.startsWith('/v1/e/i/');
  if (!impression && !url.startsWith('/v1/e/v/')) return false;
  if (!get && request.method !== 'POST') return false;
  const mark = url.indexOf('?');
  const token = mark < 0 ? url.slice(8) : url.slice(8, mark);
  delivery.counters.request(impression ? 'impression' : 'viewable');
  const query = mark < 0 ? '' : url.slice(mark + 1);
  answerBeacon(delivery, request, response, impression ? 'impression' : 'viewable', token, query);
  return true;
}

function route(options: HttpOptions, request: IncomingMessage, response: ServerResponse): void {
  const url = request.url ?? '/';
  if (routeEvent(options, request, url, response)) return;
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const { method } = request;
  const get = method === 'GET';
  options.delivery.counters.request(endpointOf(path));

  if (path === '/v1/ad') {
    if (get) answerAd(options.delivery, request, response, '');
    else otherMethod(request, response, 'GET');
  } else if (path.startsWith('/v1/e/i/') || path.startsWith('/v1/e/v/')) {
    otherMethod(request, response, 'GET, POST');
  } else if (path.startsWith('/v1/c/')) {
    const query = mark < 0 ? '' : url.slice(mark + 1);
    if (get) answerClick(options.delivery, request, response, path.slice(6), query);
    else otherMethod(request, response, 'GET');
  } else if (path === '/v1/page') {
    if (method === 'POST') answerPageView(options.delivery, request, response);
    else otherMethod(request, response, 'POST');
  } else if (path === '/v1/conv') {
    if (get) answerConversionPixel(options.delivery, request, response, mark < 0 ? '' : url.slice(mark + 1));
    else if (method === 'POST') answerConversionPost(options.delivery, request, response);
    else otherMethod(request, response, 'GET, POST');
  } else {
    routeFrame(options, request, response, path, mark < 0 ? '' : url.slice(mark + 1));
  }
}

/** Tags without the page's own script, and what is shown in frames. */
function routeFrame(
  options: HttpOptions,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  query: string,
): void {
  const { delivery, assets, tags } = options;
  if (isPrivacyPath(path)) {
    const allowed = answerPrivacy(delivery, request, response, path, query);
    if (allowed !== undefined) otherMethod(request, response, allowed);
    return;
  }
  const ours =
    path === '/v1/frame' ||
    path === '/v1/img' ||
    path === '/v1/img/click' ||
    path === '/v1/img/why' ||
    path.startsWith('/v1/own/') ||
    path.startsWith('/v1/h/');
  if (!ours) routeFile(options, request, response, path);
  else if (request.method !== 'GET') otherMethod(request, response, 'GET');
  else if (path === '/v1/frame') answerFrame(delivery, request, response, query, tags.frameName);
  else if (path === '/v1/img') void answerImage(delivery, assets, request, response, query);
  else if (path === '/v1/img/click') answerImageClick(delivery, request, response, query);
  else if (path === '/v1/img/why') answerImageWhy(delivery, request, response, query);
  else if (path.startsWith('/v1/own/')) answerOwnPixel(delivery, request, response, path.slice(8), query);
  else answerHtml(delivery, request, response, path.slice(6));
}

function routeFile(
  options: HttpOptions,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): void {
  const script = options.tags.files.get(path);
  const asset = path.startsWith('/v1/a/') || path.startsWith('/v1/b/');
  const known = script !== undefined || asset || path === '/healthz' || path === '/readyz';
  const { method } = request;
  if (!known) {
    sendProblem(response, new AppError('not_found', 'There is nothing at this address.'));
  } else if (method !== 'GET' && method !== 'HEAD') {
    otherMethod(request, response, 'GET, HEAD');
  } else if (script !== undefined) {
    send(response, 200, script.immutable ? versionedScript : latestScript, script.body);
  } else if (path === '/healthz') {
    send(response, 200, jsonHeaders, '{"alive":true}');
  } else if (path === '/readyz') {
    const state = readiness(options.delivery, options.geo);
    send(response, state.ready ? 200 : 503, jsonHeaders, JSON.stringify(state));
  } else if (path.startsWith('/v1/a/')) {
    void options.assets.answer(request, response, path.slice(6));
  } else {
    void options.bundles.answer(request, response, path.slice(6));
  }
}

const script = (cacheControl: string): HeaderList => [
  ...['Content-Type', 'text/javascript; charset=utf-8', 'Cache-Control', cacheControl],
  ...['X-Content-Type-Options', 'nosniff', 'Cross-Origin-Resource-Policy', 'cross-origin'],
  ...corsHeaders,
];
const latestScript = script('public, max-age=3600');
const versionedScript = script('public, max-age=31536000, immutable');

/** OPTIONS tells what is allowed, to a preflight too; every other method is refused with the same list. */
function otherMethod(request: IncomingMessage, response: ServerResponse, allowed: string): void {
  if (request.method === 'OPTIONS') {
    sendEmpty(response, 204, [
      ...corsHeaders,
      ...['Access-Control-Allow-Methods', allowed, 'Access-Control-Allow-Headers', 'Content-Type'],
      ...['Access-Control-Max-Age', '86400', 'Allow', allowed],
    ]);
    return;
  }
  sendProblem(response, new AppError('method_not_allowed', `Allowed here: ${allowed}.`), ['Allow', allowed]);
}

/** What cannot be read as HTTP still gets an answer in words, behind those to the requests before it. */
function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  setImmediate(() => {
    endWithProblem(socket, error.code === 'HPE_HEADER_OVERFLOW' ? 'headers_too_large' : 'bad_request');
  });
}

/** What is still on its way is read for so long, so that the sender gets to read the answer. */
const lingerMs = 1000;

function endWithProblem(socket: Duplex, code: ErrorCode): void {
  const { status, title } = errorCatalogue[code];
  const body = JSON.stringify(problemOf(new AppError(code, `${title}.`)));
  socket.on('error', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
  // A socket that nobody reads never sees its end, and would stay open for ever.
  socket.resume();
  setTimeout(() => socket.destroy(), lingerMs).unref();
}
