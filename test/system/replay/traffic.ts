import { setTimeout as pause } from 'node:timers/promises';
import { pick } from '../../support/random.ts';
import type { Answer, HttpClient } from '../http-client.ts';
import type { Client, Counted, CountedEvent } from './count.ts';

export interface ReplayOptions {
  readonly http: HttpClient;
  /** Address of delivery. */
  readonly origin: string;
  readonly site: number;
  /** A zone that has ads for everybody, and one that has none. */
  readonly filledZone: number;
  readonly emptyZone: number;
  readonly clients: readonly Client[];
  readonly random: () => number;
  readonly requests: number;
  readonly concurrency: number;
}

export interface ReplayResult {
  readonly events: readonly CountedEvent[];
  readonly requests: number;
  /** Requests that were sent again and must not count again. */
  readonly repeated: number;
  /** Requests that were refused, as they should be. */
  readonly refused: number;
  /** Ids of the creatives that each client was shown in the filled zone. */
  readonly shown: ReadonlyMap<Client, ReadonlySet<number>>;
}

interface Ad {
  readonly zone: number;
  readonly noFill: string | null;
  readonly creative: { readonly id: number } | null;
  readonly impressionUrl: string;
  readonly viewableUrl: string;
  readonly clickUrl: string;
}

const hourMs = 3_600_000;
const quarterMs = 900_000;
/** No request is under way so long. */
const slackMs = 5000;

/** Sends what pages with tags send, each client at least once, until the number of requests is reached. */
export async function replay(options: ReplayOptions): Promise<ReplayResult> {
  const running = new Replay(options);
  await Promise.all(Array.from({ length: options.concurrency }, () => running.run()));
  return running.result();
}

class Replay {
  readonly #options: ReplayOptions;
  readonly #events: CountedEvent[] = [];
  readonly #shown = new Map<Client, Set<number>>();
  #sessions = 0;
  #requests = 0;
  #repeated = 0;
  #refused = 0;

  constructor(options: ReplayOptions) {
    this.#options = options;
  }

  result(): ReplayResult {
    return {
      events: this.#events,
      requests: this.#requests,
      repeated: this.#repeated,
      refused: this.#refused,
      shown: this.#shown,
    };
  }

  async run(): Promise<void> {
    const { clients, random } = this.#options;
    while (this.#left()) {
      const session = this.#sessions++;
      const client = clients[session] ?? pick(clients, random);
      const views = random() < 0.95;
      if (views) await this.#pageView(client, session);
      if (this.#left() && random() < 0.02) await this.#nonsense(client);
      if (this.#left() && (!views || random() < 0.75)) await this.#ads(client);
    }
  }

  #left(): boolean {
    return this.#requests < this.#options.requests;
  }

  async #pageView(client: Client, session: number): Promise<void> {
    const { site, filledZone, random } = this.#options;
    const withId = random() < 0.5;
    const body = JSON.stringify({
      ...(random() < 0.5 ? { zone: filledZone } : { site }),
      url: `https://news.example/${session % 50}?session=${session}`,
      ...(withId ? { id: `replay-${session}` } : {}),
      ...(random() < 0.3 ? { referrer: 'https://search.example/?q=news' } : {}),
    });
    const path = `${this.#options.origin}/v1/page`;
    const answer = await this.#send('POST', path, client, body);
    this.#expect(answer, 204);
    const atMs = this.#count('pageViews', client);
    // Page views sent again are told within the hour.
    if (!withId || random() > 0.15 || !this.#left()) return;
    await outsideOfBoundaries();
    if (Math.floor(atMs / hourMs) !== Math.floor(Date.now() / hourMs)) return;
    this.#repeated++;
    this.#expect(await this.#send('POST', path, client, body), 204);
  }

  async #ads(client: Client): Promise<void> {
    const { origin, filledZone, emptyZone, random } = this.#options;
    const kind = random();
    const query =
      kind < 0.7
        ? `zone=${filledZone}`
        : kind < 0.85
          ? `zone=${emptyZone}`
          : `zones=${filledZone},${emptyZone}`;
    const answer = await this.#send('GET', `${origin}/v1/ad?${query}`, client);
    this.#expect(answer, 200);
    const parsed = JSON.parse(answer.body) as Ad | Ad[];
    for (const ad of Array.isArray(parsed) ? parsed : [parsed]) {
      this.#count('adRequests', client);
      if (ad.creative === null) continue;
      this.#count('filled', client);
      const shown = this.#shown.get(client) ?? new Set();
      this.#shown.set(client, shown.add(ad.creative.id));
      await this.#follow(ad, client);
    }
  }

  /** What becomes of an ad that was shown, some of it twice. */
  async #follow(ad: Ad, client: Client): Promise<void> {
    const { random } = this.#options;
    const steps: [Counted, string, number, number][] = [
      ['impressions', ad.impressionUrl, 204, 0.95],
      ['viewableImpressions', ad.viewableUrl, 204, 0.7],
      ['clicks', ad.clickUrl, 302, 0.15],
    ];
    for (const [what, url, status, share] of steps) {
      if (!this.#left() || random() > share) return;
      this.#expect(await this.#send('GET', url, client), status);
      this.#count(what, client);
      if (!this.#left() || random() > 0.08) continue;
      this.#repeated++;
      this.#expect(await this.#send('GET', url, client), status);
    }
  }

  /** Requests that must leave no trace in the reports. */
  async #nonsense(client: Client): Promise<void> {
    const { origin, random } = this.#options;
    this.#refused++;
    const kind = random();
    if (kind < 0.3) {
      this.#expect(await this.#send('GET', `${origin}/v1/e/i/${'A'.repeat(76)}`, client), 400);
    } else if (kind < 0.6) {
      this.#expect(await this.#send('GET', `${origin}/v1/ad?zone=999999`, client), 404);
    } else {
      this.#expect(await this.#send('POST', `${origin}/v1/page`, client, '{"url":'), 400);
    }
  }

  async #send(method: 'GET' | 'POST', url: string, client: Client, body?: string): Promise<Answer> {
    await outsideOfBoundaries();
    this.#requests++;
    const sentMs = Date.now();
    const headers = {
      'User-Agent': client.browser.userAgent,
      'X-Forwarded-For': this.#forwarded(client.place.address),
      'Accept-Language': 'en',
    };
    const answer = await this.#options.http.send(method, url, headers, body);
    if (Math.floor(sentMs / quarterMs) !== Math.floor(Date.now() / quarterMs)) {
      throw new Error(`An answer took more than ${slackMs} ms: its quarter of an hour is not known.`);
    }
    return answer;
  }

  /** What the visitor wrote in front of their address is not believed; the proxies behind it are. */
  #forwarded(address: string): string {
    const kind = this.#options.random();
    if (kind < 0.1) return `8.8.8.8, ${address}`;
    return kind < 0.2 ? `${address}, 127.0.0.1` : address;
  }

  #expect(answer: Answer, status: number): void {
    if (answer.status !== status || answer.headers['signpost-log'] !== undefined) {
      throw new Error(`Expected ${status}, got ${answer.status}: ${answer.body}`);
    }
  }

  #count(what: Counted, client: Client): number {
    const atMs = Date.now();
    this.#events.push({ what, client, atMs });
    return atMs;
  }
}

/** Resolves at once, but shortly before a quarter of an hour ends, when it is over: so it is known where each event is. */
async function outsideOfBoundaries(): Promise<void> {
  while (quarterMs - (Date.now() % quarterMs) < slackMs) await pause(20);
}
