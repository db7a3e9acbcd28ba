/**
 * Load on one HTTP server, as a process of its own: keep-alive connections that each send a request and wait for its
 * answer. Reads a `LoadOrder` as JSON from its first argument, prints a `LoadResult` as JSON.
 */

import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';

export interface LoadOrder {
  readonly port: number;
  readonly connections: number;
  readonly durationMs: number;
  /** Requests a second over all connections; undefined: as many as there are answers. */
  readonly rate?: number;
  /** File with the requests' heads, as a JSON list of texts that end in an empty line. */
  readonly requestsFile: string;
  /** Each request is sent once, and that is the end, if it comes before the duration's. Not together with a rate. */
  readonly once?: boolean;
}

export interface LoadResult {
  readonly requests: number;
  readonly perSecond: number;
  /** Answers that were not 2xx. */
  readonly failed: number;
  readonly p50Us: number;
  readonly p99Us: number;
}

const order = JSON.parse(process.argv[2] as string) as LoadOrder;
const requests = (JSON.parse(readFileSync(order.requestsFile, 'utf8')) as string[]).map((text) =>
  Buffer.from(text),
);
const latenciesUs: number[] = [];
let next = 0;
let failed = 0;
let stopping = false;

class Connection {
  readonly socket: Socket;
  sentAt = 0;
  busy = false;
  /** Answer bytes still to come; -1 while the head is not complete. */
  left = -1;
  head = '';

  constructor() {
    this.socket = connect({ host: '127.0.0.1', port: order.port, noDelay: true });
    this.socket.on('data', (chunk) => this.take(chunk));
    this.socket.on('error', () => {
      if (!stopping) throw new Error('the server closed a connection');
    });
  }

  send(): void {
    this.busy = true;
    this.sentAt = performance.now();
    this.socket.write(requests[next++ % requests.length] as Buffer);
  }

  take(chunk: Buffer): void {
    if (this.left < 0) {
      this.head += chunk.toString('latin1');
      const end = this.head.indexOf('\r\n\r\n');
      if (end < 0) return;
      if (this.head.charCodeAt(9) !== 50) failed++;
      const length = this.head.indexOf('Content-Length: ');
      const body =
        length < 0 || length > end ? 0 : Number.parseInt(this.head.slice(length + 16, length + 26), 10);
      this.left = body - (this.head.length - end - 4);
    } else {
      this.left -= chunk.length;
    }
    if (this.left > 0) return;
    this.left = -1;
    this.head = '';
    this.busy = false;
    latenciesUs.push((performance.now() - this.sentAt) * 1000);
    if (order.once === true && next >= requests.length) {
      if (latenciesUs.length === requests.length) end();
    } else if (order.rate === undefined && !stopping) this.send();
  }
}

const connections = Array.from({ length: order.connections }, () => new Connection());
await Promise.all(connections.map(({ socket }) => new Promise((resolve) => socket.once('connect', resolve))));
const startedAt = performance.now();
if (order.rate === undefined) for (const connection of connections) connection.send();
else paced(order.rate);
setTimeout(end, order.durationMs);

function end(): void {
  stopping = true;
  const seconds = (performance.now() - startedAt) / 1000;
  latenciesUs.sort((a, b) => a - b);
  const at = (share: number) => Math.round(latenciesUs[Math.floor(latenciesUs.length * share)] ?? 0);
  const result: LoadResult = {
    requests: latenciesUs.length,
    perSecond: Math.round(latenciesUs.length / seconds),
    failed,
    p50Us: at(0.5),
    p99Us: at(0.99),
  };
  process.stdout.write(JSON.stringify(result));
  process.exit(0);
}

/** Sends in even steps of a millisecond. Where no connection is free the request is left out: the rate was too high. */
function paced(rate: number): void {
  let due = 0;
  let last = performance.now();
  const step = () => {
    const now = performance.now();
    due += ((now - last) / 1000) * rate;
    last = now;
    for (const connection of connections) {
      if (due < 1) break;
      if (connection.busy) continue;
      due--;
      connection.send();
    }
    due = Math.min(due, order.connections);
    if (!stopping) setImmediate(step);
  };
  step();
}
