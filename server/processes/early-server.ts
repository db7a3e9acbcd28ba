import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { AppError, problemOf } from '../errors.ts';
import { portInUse } from './port-in-use.ts';

/** A server that answers 503 until it gets something to serve. */
export async function listenEarly(host: string, port: number): Promise<Server> {
  const starting = JSON.stringify(
    problemOf(new AppError('database_unavailable', 'The back office is starting.')),
  );
  const server = createServer((_request, response) => {
    response.writeHead(503, { 'Content-Type': 'application/problem+json', 'Retry-After': '1' }).end(starting);
  });
  server.listen(port, host);
  try {
    await once(server, 'listening');
    return server;
  } catch (error) {
    const inUse = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
    throw inUse ? portInUse('CONSOLE_PORT', host, port) : error;
  }
}

export function stopServing(server: Server | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (server === undefined) resolve();
    else server.close(() => resolve()).closeAllConnections();
  });
}
