import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Publisher {
  readonly origin: string;
  /** HTML by path; any other path is 404. */
  readonly pages: Map<string, string>;
  /** Sent with every page, like a Content-Security-Policy. */
  readonly headers: Map<string, string>;
  close(): Promise<void>;
}

/** A site that embeds tags, on an origin of its own. */
export async function startPublisher(): Promise<Publisher> {
  const pages = new Map<string, string>();
  const headers = new Map<string, string>();
  const server = http.createServer((request, response) => {
    const page = pages.get(new URL(request.url ?? '/', 'http://publisher').pathname);
    const type = request.url?.endsWith('.css') ? 'text/css' : 'text/html; charset=utf-8';
    response.writeHead(page === undefined ? 404 : 200, {
      'content-type': type,
      ...Object.fromEntries(headers),
    });
    response.end(page);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    pages,
    headers,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
