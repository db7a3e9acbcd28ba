import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request that arrived, as the tests look at it. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** As it came, without its question mark. */
  readonly search: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
  readonly atMs: number;
}

/** What a zone gets: a creative of this size, or no fill with this reason. */
export type FakeAd = { readonly width: number; readonly height: number } | { readonly noFill: string };

export interface FakeDelivery {
  readonly origin: string;
  /** Zones it knows. */
  readonly ads: Map<number, FakeAd>;
  readonly requests: SeenRequest[];
  /** Extra paths under which everything is served as well, like `/first/party`. */
  prefix: string;
  /** Milliseconds by which the tag and the images are late. */
  tagDelayMs: number;
  imageDelayMs: number;
  imagesBroken: boolean;
  seen(pathStart: string): SeenRequest[];
  reset(): void;
  close(): Promise<void>;
}

/** Where the fake claims to be public: nobody reaches it, so a tag that uses it instead of its own origin fails. */
const publicUrl = 'https://ads.invalid/public/prefix';
const landingPage = 'https://advertiser.invalid/offer';

function image(width: number, height: number): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="#386"/></svg>`;
}

function adOf(zone: number, ad: FakeAd, serial: number): object {
  const token = `${zone}-${serial}`;
  const urls = {
    impressionUrl: `${publicUrl}/v1/e/i/${token}`,
    viewableUrl: `${publicUrl}/v1/e/v/${token}`,
    clickUrl: `${publicUrl}/v1/c/${token}`,
  };
  if ('noFill' in ad) {
    const { noFill } = ad;
    const none = { creative: null, impressionUrl: null, viewableUrl: null, clickUrl: null };
    return { id: noFill === 'unknown_zone' ? '' : token, zone, noFill, ...none };
  }
  const { width, height } = ad;
  const src = `${publicUrl}/v1/a/${width}x${height}.svg`;
  const creative = { id: 1000 + zone, type: 'image', width, height, src, alt: `Banner ${zone}` };
  return { id: token, zone, noFill: null, creative, ...urls };
}

/** The wire contract of delivery, served from memory, with a record of what was asked of it. */
export async function startFakeDelivery(tag: string, more = ''): Promise<FakeDelivery> {
  let serial = 0;

  const answer = (path: string, query: URLSearchParams, response: http.ServerResponse): void => {
    const cors = { 'access-control-allow-origin': '*', 'cache-control': 'no-store' };
    const after = (ms: number, send: () => void) => (ms === 0 ? send() : void setTimeout(send, ms));
    if (path === '/tag.js') {
      after(fake.tagDelayMs, () => response.writeHead(200, { 'content-type': 'text/javascript' }).end(tag));
    } else if (path === '/more.js') {
      response.writeHead(200, { ...cors, 'content-type': 'text/javascript' }).end(more);
    } else if (path === '/v1/ad') {
      const zones = (query.get('zones') ?? query.get('zone') ?? '').split(',').map(Number);
      const list = zones.map((zone) => {
        serial += 1;
        return adOf(zone, fake.ads.get(zone) ?? { noFill: 'unknown_zone' }, serial);
      });
      response.writeHead(200, { ...cors, 'content-type': 'application/json' });
      response.end(JSON.stringify(query.has('zones') ? list : list[0]));
    } else if (path.startsWith('/v1/a/') && !fake.imagesBroken) {
      const [width = 1, height = 1] = (path.match(/\d+/g) ?? []).slice(1).map(Number);
      after(fake.imageDelayMs, () =>
        response.writeHead(200, { 'content-type': 'image/svg+xml' }).end(image(width, height)),
      );
    } else if (path.startsWith('/v1/c/')) {
      response.writeHead(302, { location: landingPage }).end();
    } else if (path.startsWith('/v1/e/') || path === '/v1/page') {
      response.writeHead(204, { ...cors, 'set-cookie': 'never=passed-on' }).end();
    } else {
      response.writeHead(404).end();
    }
  };

  const server = http.createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://fake');
    const path = url.pathname.startsWith(fake.prefix) ? url.pathname.slice(fake.prefix.length) : url.pathname;
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      fake.requests.push({
        method: request.method ?? '',
        path,
        query: url.searchParams,
        search: url.search.slice(1),
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
        atMs: performance.now(),
      });
      answer(path, url.searchParams, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const fake: FakeDelivery = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ads: new Map(),
    requests: [],
    prefix: '',
    tagDelayMs: 0,
    imageDelayMs: 0,
    imagesBroken: false,
    seen: (pathStart) => fake.requests.filter((request) => request.path.startsWith(pathStart)),
    reset() {
      fake.requests.length = 0;
      fake.ads.clear();
      serial = 0;
      Object.assign(fake, { prefix: '', tagDelayMs: 0, imageDelayMs: 0, imagesBroken: false });
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return fake;
}
