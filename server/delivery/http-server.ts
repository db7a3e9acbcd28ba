import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { GeoDb } from '../../geo-db/index.ts';
import { AppError, type ErrorCode, errorCatalogue, problemOf } from '../errors.ts';
import { answerAd } from './ad.ts';
import type { AssetFiles } from './assets.ts';
import { answerBeacon, answerClick } from './beacon.ts';
import type { BundleFiles } from './bundle-files.ts';
import { answerConversionPixel, answerConversionPost } from './conversion.ts';
import type { Delivery } from './delivery.ts';
import { answerFrame } from './frame.ts';
import { readiness } from './health.ts';
import { answerHtml } from './html-page.ts';
import { answerImage, answerImageClick } from './image-tag.ts';
import { answerPageView } from './page-view.ts';
import { corsHeaders, type HeaderList, jsonHeaders, send, sendEmpty, sendProblem } from './reply.ts';
import type { TagFiles } from './tag-files.ts';

export interface HttpOptions {
  readonly delivery: Delivery;
  readonly geo: GeoDb;
  readonly assets: AssetFiles;
  readonly bundles: BundleFiles;
  /** The page tag and the scripts that go with it. */
  readonly tags: TagFiles;
}

/**
 * Delivery's HTTP server: a handful of paths, told apart by their first characters. Express would take five times as
 * long as the decision itself (11,000 against 57,000 requests/s on one core), and is left to the back office.
 */
export function createDeliveryServer(options: HttpOptions): Server {
  const server = createServer({ keepAliveTimeout: 65_000, headersTimeout: 15_000, requestTimeout: 30_000 });
  server.on('request', (request, response) => route(options, request, response));
  server.on('clientError', answerBrokenRequest);
  // An upgrade or CONNECT that nobody listens for would close the connection without an answer.
  for (const event of ['upgrade', 'connect'] as const) {
    server.on(event, (_request: IncomingMessage, socket: Duplex) =>
      endWithProblem(socket, 'method_not_allowed'),
    );
  }
  return server;
}

function route(options: HttpOptions, request: IncomingMessage, response: ServerResponse): void {
  const url = request.url ?? '/';
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const { method } = request;
  const get = method === 'GET';

  if (path === '/v1/ad') {
    if (get) answerAd(options.delivery, request, response, mark < 0 ? '' : url.slice(mark + 1));
    else otherMethod(request, response, 'GET');
  } else if (path.startsWith('/v1/e/i/') || path.startsWith('/v1/e/v/')) {
    const type = path.charCodeAt(6) === 105 ? 'impression' : 'viewable';
    if (get || method === 'POST') answerBeacon(options.delivery, request, response, type, path.slice(8));
    else otherMethod(request, response, 'GET, POST');
  } else if (path.startsWith('/v1/c/')) {
    if (get) answerClick(options.delivery, request, response, path.slice(6));
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
  const ours =
    path === '/v1/frame' || path === '/v1/img' || path === '/v1/img/click' || path.startsWith('/v1/h/');
  if (!ours) routeFile(options, request, response, path);
  else if (request.method !== 'GET') otherMethod(request, response, 'GET');
  else if (path === '/v1/frame') answerFrame(delivery, request, response, query, tags.frameName);
  else if (path === '/v1/img') void answerImage(delivery, assets, request, response, query);
  else if (path === '/v1/img/click') answerImageClick(delivery, request, response, query);
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

/** What cannot be read as HTTP still gets an answer in words. */
function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  endWithProblem(socket, error.code === 'HPE_HEADER_OVERFLOW' ? 'headers_too_large' : 'bad_request');
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
