import { setTimeout as pause } from 'node:timers/promises';
import { locatedAddresses } from '../support/addresses.ts';
import { pick } from '../support/random.ts';
import { type Signpost, until } from '../support/signpost.ts';
import { userAgents } from '../support/user-agents.ts';
import { type HttpClient, httpClient } from '../system/http-client.ts';

/** A back office, and the machines that deliver; one machine alone is both. */
export interface Fleet {
  readonly office: Signpost;
  readonly machines: readonly Signpost[];
}

/** A line item in a zone of its own, sold out by a goal or a budget alone. */
export interface Paced {
  readonly name: 'goal' | 'money' | 'clicks';
  readonly zone: number;
  readonly lineItem: number;
  /** All that is sold: impressions or clicks. */
  readonly events: number;
}

export interface Standing {
  readonly delivered: number;
  readonly leased: number;
  readonly leasable: number;
}

const impressionMicros = 10_000;
const clickMicros = 500_000;
export const eventMicros = { goal: 0, money: impressionMicros, clicks: clickMicros } as const;

/** Makes three line items that are to be delivered as soon as possible: for a goal, and for two budgets in money. */
export async function makePaced(
  { office, machines }: Fleet,
  sold: Readonly<Record<Paced['name'], number>>,
): Promise<readonly Paced[]> {
  const make = async (path: string, body: object): Promise<number> =>
    (await office.json<{ id: number }>(path, { method: 'POST', body })).id;
  const advertiserId = await make('/advertisers', { name: 'Paced' });
  const campaignId = await make('/campaigns', { advertiserId, name: 'Paced' });
  const siteId = await make('/sites', { name: 'Paced', domain: 'paced.example' });
  const budget = (micros: number) => ({ micros, per: 'flight' });
  const terms = {
    goal: { goal: { metric: 'impressions', amount: sold.goal, per: 'flight' } },
    money: {
      price: { model: 'cpm', micros: impressionMicros * 1000 },
      budget: budget(sold.money * impressionMicros),
    },
    clicks: { price: { model: 'cpc', micros: clickMicros }, budget: budget(sold.clicks * clickMicros) },
  };
  const endAt = new Date(Date.now() + 86_400_000).toISOString();
  const made: Paced[] = [];
  for (const name of ['goal', 'money', 'clicks'] as const) {
    const size = { width: 301 + made.length, height: 250 };
    const zone = await make('/zones', { siteId, name, sizes: [[size.width, size.height]] });
    const common = { campaignId, name, type: 'standard', pacing: 'asap', endAt };
    const lineItem = await make('/line-items', { ...common, ...terms[name] });
    const clickUrl = 'https://shop.example/';
    await make('/creatives', { lineItemId: lineItem, name, type: 'text', headline: name, clickUrl, ...size });
    made.push({ name, zone, lineItem, events: sold[name] });
  }
  const last = made.at(-1)?.zone;
  for (const { delivery } of machines) {
    await until('all workers know the zones', 30_000, () => knowZone(delivery, last));
  }
  return made;
}

/** Each time on a new connection, which any of the workers may take. A page view uses up no lease. */
async function knowZone(origin: string, zone: number | undefined): Promise<boolean> {
  const body = JSON.stringify({ zone, url: 'https://paced.example/' });
  for (let inARow = 0; inARow < 8; inARow++) {
    const answer = await fetch(`${origin}/v1/page`, {
      method: 'POST',
      body,
      headers: { Connection: 'close' },
    });
    if (answer.status !== 204) return false;
  }
  return true;
}

/** What the back office's books say of a line item. */
export async function standing({ office }: Fleet, { zone, lineItem, name }: Paced): Promise<Standing> {
  interface Amount {
    readonly delivered: number;
  }
  interface Pacing extends Standing {
    readonly goal: Amount | null;
    readonly budget: Amount | null;
  }
  const { lineItems } = await office.json<{ lineItems: { id: number; pacing: Pacing | null }[] }>(
    `/explain?zone=${zone}`,
  );
  const pacing = lineItems.find(({ id }) => id === lineItem)?.pacing;
  if (pacing === null || pacing === undefined) throw new Error(`no pacing of ${name}`);
  const { goal, budget, leased, leasable } = pacing;
  const delivered = goal?.delivered ?? Math.round((budget?.delivered ?? 0) / eventMicros[name]);
  return { delivered, leased, leasable };
}

/** What reports count: impressions, or clicks. */
export async function counted({ office }: Fleet, { zone, name }: Paced): Promise<number> {
  const filter = encodeURIComponent(JSON.stringify({ zone: [zone] }));
  const { totals } = await office.json<{ totals: { impressions: number; clicks: number } }>(
    `/reports/traffic?metrics=impressions,clicks&filter=${filter}`,
  );
  return name === 'clicks' ? totals.clicks : totals.impressions;
}

const browsers = userAgents(20);

/** Visitors without end, who ask for ads in all zones, of any machine; most ads are seen, a few are clicked. */
export class PacedLoad {
  /** Requests that were answered with an ad, by zone. */
  readonly ads = new Map<number, number>();
  /** Answers that a client should never get. */
  readonly wrong: string[] = [];
  readonly #http: HttpClient;
  readonly #random: () => number;
  readonly #fleet: Fleet;
  readonly #seen: number;
  readonly #loops: Promise<unknown>;
  #stopping = false;

  /** @param seen part of the ads that have an impression, at once */
  constructor(fleet: Fleet, zones: readonly number[], visitors: number, seen: number, random: () => number) {
    this.#http = httpClient(2 * visitors);
    this.#random = random;
    this.#fleet = fleet;
    this.#seen = seen;
    const addresses = locatedAddresses(200, random).map(({ address }) => address);
    this.#loops = Promise.all(Array.from({ length: visitors }, () => this.#run(zones, addresses)));
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#loops;
    this.#http.close();
  }

  async #run(zones: readonly number[], addresses: readonly string[]): Promise<void> {
    while (!this.#stopping) {
      for (const zone of zones) {
        const headers = {
          'User-Agent': pick(browsers, this.#random),
          'Accept-Language': 'en',
          'X-Forwarded-For': pick(addresses, this.#random),
        };
        const { delivery } = pick(this.#fleet.machines, this.#random);
        // Who is refused a connection waits a little longer: the load would keep the product from starting.
        await pause((await this.#visit(delivery, zone, headers)) ? 5 : 50);
      }
    }
  }

  async #visit(origin: string, zone: number, headers: Record<string, string>): Promise<boolean> {
    const answer = await this.#get(`${origin}/v1/ad?zone=${zone}`, headers);
    if (answer === undefined) return false;
    const ad = JSON.parse(answer) as { noFill: string | null; impressionUrl: string; clickUrl: string };
    if (ad.noFill !== null) return true;
    this.ads.set(zone, (this.ads.get(zone) ?? 0) + 1);
    if (this.#random() >= this.#seen) return true;
    const told = await this.#get(origin + new URL(ad.impressionUrl).pathname, headers);
    if (this.#random() < 0.1) await this.#get(origin + new URL(ad.clickUrl).pathname, headers);
    return told !== undefined;
  }

  /** The body; undefined where the connection was refused or broke off. */
  async #get(url: string, headers: Record<string, string>): Promise<string | undefined> {
    const answer = await this.#http.send('GET', url, headers).catch(() => undefined);
    if (answer !== undefined && answer.status >= 400) this.wrong.push(`${answer.status} ${answer.body}`);
    return answer?.body;
  }
}

/** Until as many ads of a line item were handed out. */
export const adsOf = (load: PacedLoad, { zone, name }: Paced, ads: number, limitMs = 30_000): Promise<void> =>
  until(`${ads} ads of ${name}`, limitMs, () => (load.ads.get(zone) ?? 0) >= ads, 5);
