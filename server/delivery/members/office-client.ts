import { Agent, request as httpRequest } from 'node:http';
import { request as httpsRequest, Agent as SecureAgent } from 'node:https';

export interface OfficeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** An answer, an export included, has no more than this. */
const maxAnswerBytes = 8 * 1024 * 1024;
const withinMs = 10_000;
/** Requests under way at once; more are refused, so that an office that hangs holds no more memory than theirs. */
const mostAtOnce = 64;

/** The back office, as a worker asks it. It is on this machine, or where OFFICE_URL says. */
export class OfficeClient {
  readonly #origin: URL;
  readonly #agent: Agent;
  #underWay = 0;

  constructor(officeUrl: string) {
    this.#origin = new URL(officeUrl);
    const options = { keepAlive: true, maxSockets: mostAtOnce };
    this.#agent = this.#origin.protocol === 'https:' ? new SecureAgent(options) : new Agent(options);
  }

  /** Rejects where there is no answer in time, or too much of one. */
  async ask(
    method: string,
    url: string,
    headers: Readonly<Record<string, string>>,
    body: Buffer,
  ): Promise<OfficeAnswer> {
    if (this.#underWay >= mostAtOnce) throw new Error('too many requests are under way');
    this.#underWay++;
    try {
      return await this.#send(method, url, headers, body);
    } finally {
      this.#underWay--;
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  #send(
    method: string,
    url: string,
    headers: Readonly<Record<string, string>>,
    body: Buffer,
  ): Promise<OfficeAnswer> {
    const target = new URL(url, this.#origin);
    const send = target.protocol === 'https:' ? httpsRequest : httpRequest;
    return new Promise((resolve, reject) => {
      const request = send(target, {
        ...{ method, agent: this.#agent, signal: AbortSignal.timeout(withinMs) },
        headers: { ...headers, 'Content-Length': String(body.length) },
      });
      request.on('error', reject);
      request.on('response', (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          chunks.push(chunk);
          if (size > maxAnswerBytes) request.destroy(new Error('the answer is too large'));
        });
        response.on('error', reject);
        response.on('end', () => {
          const { statusCode: status = 502, headers: answered } = response;
          resolve({ status, headers: answered, body: Buffer.concat(chunks) });
        });
      });
      request.end(body);
    });
  }
}
