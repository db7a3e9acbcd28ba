import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '../errors.ts';
import { sendProblem } from './reply.ts';

/** What is still read and thrown away of a body that is too large, so that its sender gets to read the answer. */
const maxDrainedBytes = 32 * 1024 * 1024;

/**
 * Reads a small body and hands it over whole; one that is too large is refused with `body_too_large`, and one that
 * breaks off has nobody to answer to.
 * @param what in the refusal, like `A page view`
 */
export function readSmallBody(
  request: IncomingMessage,
  response: ServerResponse,
  maxBytes: number,
  what: string,
  read: (body: Buffer) => void,
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= maxBytes) {
      chunks.push(chunk);
      return;
    }
    chunks.length = 0;
    if (!response.headersSent) {
      const error = new AppError('body_too_large', `${what} has at most ${maxBytes} bytes.`);
      sendProblem(response, error, ['Connection', 'close']);
    }
    if (size > maxDrainedBytes) request.destroy();
  });
  request.on('end', () => {
    if (size <= maxBytes) read(Buffer.concat(chunks));
  });
  request.on('error', () => response.destroy());
}
