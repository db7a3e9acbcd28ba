import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the server offers at one path. */
export interface Offer {
  content: Uint8Array;
  etag?: string;
  lastModified?: string;
  /** Whether `Range` is honoured. Default: yes. */
  ranges?: boolean;
  /** Bytes of each answer after which the connection is cut; the list is used up from the front. */
  cutAfter?: number[];
  status?: number;
  /** Where to send who asks. */
  redirect?: string;
  /** Nothing is answered at all. */
  silent?: boolean;
  /** Leaves out Content-Length. */
  chunked?: boolean;
}

export interface SeenRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly status: number;
}

/** A download server on loopback, with the habits of real ones and faults to order. */
export class DownloadServer {
  readonly offers = new Map<string, Offer>();
  readonly seen: SeenRequest[] = [];
  /** Bytes that the client has on its disk: a connection is cut when it has all that was sent. */
  kept: () => number = () => Number.POSITIVE_INFINITY;
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  static async start(): Promise<DownloadServer> {
    const started = new DownloadServer();
    await new Promise<void>((resolve) => started.#server.listen(0, '127.0.0.1', resolve));
    return started;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Offers content with its checksum beside it, as MaxMind does for an edition. */
  offerEdition(edition: string, offer: Offer, checksum = sha256(offer.content)): void {
    const path = `/geoip/databases/${edition}/download?suffix=tar.gz`;
    this.offers.set(path, offer);
    this.offers.set(`${path}.sha256`, { content: Buffer.from(`${checksum}  ${edition}.tar.gz\n`) });
  }

  /** Requests for content, and not for a checksum. */
  downloads(): SeenRequest[] {
    return this.seen.filter(({ path }) => !path.endsWith('.sha256'));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? '/';
    const offer = this.offers.get(path);
    if (offer?.silent === true) return;
    const { status, headers, from } = decide(request, offer);
    this.seen.push({ path, headers: request.headers, status });
    response.writeHead(status, headers);
    if (offer === undefined || (status !== 200 && status !== 206)) {
      response.end();
      return;
    }
    const body = offer.content.subarray(from);
    const cut = offer.cutAfter?.shift();
    if (cut === undefined || cut >= body.length) response.end(body);
    else response.write(body.subarray(0, cut), () => this.#cutWhenKept(response, from + cut));
  }

  #cutWhenKept(response: ServerResponse, bytes: number): void {
    const timer = setInterval(() => {
      if (this.kept() < bytes && !response.destroyed) return;
      clearInterval(timer);
      response.destroy();
    }, 2);
  }
}

function decide(
  { headers: asked }: IncomingMessage,
  offer: Offer | undefined,
): { status: number; headers: Record<string, string>; from: number } {
  if (offer === undefined) return { status: 404, headers: {}, from: 0 };
  if (offer.redirect !== undefined) return { status: 302, headers: { Location: offer.redirect }, from: 0 };
  if (offer.status !== undefined) return { status: offer.status, headers: {}, from: 0 };
  const { content, etag, lastModified } = offer;
  const headers: Record<string, string> = {
    ...(etag === undefined ? {} : { ETag: etag }),
    ...(lastModified === undefined ? {} : { 'Last-Modified': lastModified }),
  };
  const known = asked['if-none-match'] ?? asked['if-modified-since'];
  if (known !== undefined && (known === etag || known === lastModified))
    return { status: 304, headers, from: 0 };
  const start = Number(/^bytes=(\d+)-$/.exec(asked.range ?? '')?.[1] ?? Number.NaN);
  const same = asked['if-range'] === etag || asked['if-range'] === lastModified;
  const total = content.length;
  if (offer.ranges === false || !same || Number.isNaN(start)) {
    if (offer.chunked !== true) headers['Content-Length'] = String(total);
    return { status: 200, headers, from: 0 };
  }
  if (start >= total) return { status: 416, headers: { 'Content-Range': `bytes */${total}` }, from: 0 };
  headers['Content-Length'] = String(total - start);
  headers['Content-Range'] = `bytes ${start}-${total - 1}/${total}`;
  return { status: 206, headers, from: start };
}

export function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
