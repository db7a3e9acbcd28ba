import { Agent, request } from 'node:http';

/** A complete answer. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface HttpClient {
  /** Rejects where no complete answer comes: the request may have counted, or not. Never sends anything twice. */
  send(method: 'GET' | 'POST', url: string, headers: Record<string, string>, body?: string): Promise<Answer>;
  close(): void;
}

/** Keeps its connections. `fetch` would take three times as long, and follows redirects and retries by itself. */
export function httpClient(connections: number): HttpClient {
  const agent = new Agent({ keepAlive: true, maxSockets: connections, maxFreeSockets: connections });
  return {
    send: (method, url, headers, body) =>
      new Promise((resolve, reject) => {
        const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
        const call = request(url, { method, agent, headers: { ...headers, ...length } }, (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => {
            text += chunk;
          });
          response.on('error', reject);
          response.on('close', () => {
            if (!response.complete) reject(new Error('the answer broke off'));
            else resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
          });
        });
        call.on('error', reject);
        call.end(body);
      }),
    close: () => agent.destroy(),
  };
}
