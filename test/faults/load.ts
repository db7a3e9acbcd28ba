import { setTimeout as pause } from 'node:timers/promises';
import type { LocatedAddress } from '../support/addresses.ts';
import { pick } from '../support/random.ts';
import { userAgents } from '../support/user-agents.ts';
import { type Answer, type HttpClient, httpClient } from '../system/http-client.ts';

const browsers = userAgents(20);

/** What a test page's address begins with; its number follows. */
export const pagePrefix = 'https://faults.example/';

/**
 * Visitors without end, each of whom views a page of its own, asks for an ad and reports its impression. An event is
 * acknowledged when its whole answer came and says so. Nothing is ever sent twice.
 */
export class Load {
  readonly pages = { sent: new Set<string>(), acknowledged: new Set<string>() };
  readonly impressions = { sent: new Set<string>(), acknowledged: new Set<string>() };
  /** Ids of decisions; of one whose answer did not come, nobody knows the id. */
  readonly adRequests = { acknowledged: new Set<string>() };
  /** Requests that were started. */
  sent = 0;
  adsSent = 0;
  /** Requests without a complete answer, or with one that is no success. */
  failed = 0;
  /** Ads that were served although their event could not be written. */
  unlogged = 0;
  /** How long ad requests took that were answered, by what `phase` was. */
  readonly adTimesMs: Record<'up' | 'down', number[]> = { up: [], down: [] };
  phase: 'up' | 'down' = 'up';
  /** When the first ad was served of those that were asked for after `markServing`. */
  servedAtMs: number | undefined;
  #markedAtMs = 0;
  readonly #http: HttpClient;
  readonly #origin: string;
  readonly #addresses: readonly LocatedAddress[];
  readonly #random: () => number;
  #stopping = false;
  #loops: Promise<unknown> = Promise.resolve();

  constructor(
    origin: string,
    zone: number,
    addresses: readonly LocatedAddress[],
    random: () => number,
    visitorsAtOnce: number,
  ) {
    this.#http = httpClient(visitorsAtOnce);
    this.#origin = origin;
    this.#addresses = addresses;
    this.#random = random;
    this.#loops = Promise.all(Array.from({ length: visitorsAtOnce }, () => this.#run(zone)));
  }

  get acknowledged(): number {
    return (
      this.pages.acknowledged.size + this.impressions.acknowledged.size + this.adRequests.acknowledged.size
    );
  }

  /** From now on, `servedAtMs` is about ads that are asked for later. */
  markServing(): void {
    this.servedAtMs = undefined;
    this.#markedAtMs = Date.now();
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#loops;
    this.#http.close();
  }

  async #run(zone: number): Promise<void> {
    while (!this.#stopping) {
      const headers = {
        'User-Agent': pick(browsers, this.#random),
        'Accept-Language': 'en',
        'X-Forwarded-For': pick(this.#addresses, this.#random).address,
      };
      const served = await this.#visit(zone, headers);
      // A refused connection costs nothing: without a pause, the load would keep the product from starting.
      if (!served) await pause(10);
    }
  }

  /** Whether everything was answered. */
  async #visit(zone: number, headers: Record<string, string>): Promise<boolean> {
    const page = String(this.pages.sent.size);
    this.pages.sent.add(page);
    const body = JSON.stringify({ zone, url: pagePrefix + page, id: `fault-view-${page}` });
    const view = await this.#send('POST', '/v1/page', headers, body);
    if (view?.status !== 204) return false;
    this.pages.acknowledged.add(page);

    const sentMs = Date.now();
    const started = performance.now();
    this.adsSent++;
    const answer = await this.#send('GET', `/v1/ad?zone=${zone}`, headers);
    if (answer?.status !== 200) return false;
    this.adTimesMs[this.phase].push(performance.now() - started);
    if (sentMs > this.#markedAtMs) this.servedAtMs ??= Date.now();
    const ad = JSON.parse(answer.body) as { id: string; impressionUrl: string };
    if (answer.headers['signpost-log'] === undefined) this.adRequests.acknowledged.add(ad.id);
    else this.unlogged++;

    this.impressions.sent.add(ad.id);
    const seen = await this.#send('GET', new URL(ad.impressionUrl).pathname, headers);
    if (seen?.status !== 204) return false;
    this.impressions.acknowledged.add(ad.id);
    return true;
  }

  async #send(
    method: 'GET' | 'POST',
    path: string,
    headers: Record<string, string>,
    body?: string,
  ): Promise<Answer | undefined> {
    this.sent++;
    try {
      const answer = await this.#http.send(method, this.#origin + path, headers, body);
      if (answer.status >= 300) this.failed++;
      return answer;
    } catch {
      this.failed++;
      return undefined;
    }
  }
}
