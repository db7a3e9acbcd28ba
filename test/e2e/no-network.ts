import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface NoNetwork {
  /** For `browser.newContext({ proxy })`: loopback is reached directly, everything else is refused here. */
  readonly proxy: { readonly server: string; readonly bypass: string };
  /** Hosts that were asked for, like `example.com:443`. */
  readonly askedFor: readonly string[];
  close(): Promise<void>;
}

/** Stands between a browser and the world, lets nothing through, and tells what was tried. */
export async function noNetwork(): Promise<NoNetwork> {
  const askedFor: string[] = [];
  const server = createServer((request, response) => {
    askedFor.push(new URL(request.url ?? '/', 'http://unknown').host);
    response.writeHead(403).end();
  });
  server.on('connect', (request, socket) => {
    askedFor.push(request.url ?? '');
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    proxy: { server: `http://127.0.0.1:${port}`, bypass: '127.0.0.1,localhost' },
    askedFor,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
