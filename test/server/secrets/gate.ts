import { connect } from 'node:net';

/** In a racing process: resolves when all of them are ready. */
export function allReady(port: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1');
    socket.once('data', () => resolve());
    socket.once('error', reject);
  });
}
