import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReverseProxy {
  readonly origin: string;
  /** Where requests go; to be set before the first one. */
  target: string;
  /** From where visitors seem to come. */
  visitor: string;
  close(): Promise<void>;
}

/** What a site's own proxy does in front of Signpost: passes everything on, and names the visitor's address. */
export async function startReverseProxy(visitor: string): Promise<ReverseProxy> {
  const server = http.createServer((request, response) => {
    const headers = { ...request.headers, 'x-forwarded-for': proxy.visitor };
    const onward = http.request(new URL(request.url ?? '/', proxy.target), {
      method: request.method ?? 'GET',
      headers,
    });
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(response);
    });
    onward.on('error', () => response.writeHead(502).end());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: ReverseProxy = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    target: '',
    visitor,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}
