import { pick } from '../support/random.ts';
import { type SoldAd, shownIn, siteIds, soldAds, zones } from './inventory.ts';
import { crawler, makePeople, neighbours, type Person, skewed } from './people.ts';

export const dayMs = 86_400_000;
export const hourMs = 3_600_000;

/** Whether what was sent goes into the log as it should, is not asked here: only what was sent. */
interface SentBase {
  readonly atMs: number;
  readonly person: Person;
  /** Headers beside User-Agent, Accept-Language and the forwarded address; null leaves one of these out. */
  readonly headers: Readonly<Record<string, string | null>>;
  readonly worker: 0 | 1;
}

export interface SentView extends SentBase {
  readonly type: 'page_view';
  readonly site: number;
  /** 0: told by its site. */
  readonly zone: number;
  readonly page: string;
  readonly referrer: string;
  /** What the page calls it; the same for repetitions. */
  readonly id: string;
}

export interface SentAd extends SentBase {
  readonly type: 'ad_request';
  readonly site: number;
  readonly zone: number;
  readonly page: string;
  /** What has to be the answer. */
  readonly shown: ReturnType<typeof shownIn>;
}

export interface SentBeacon extends SentBase {
  readonly type: 'impression' | 'viewable' | 'click';
  readonly ad: SentAd;
}

export interface SentConversion extends SentBase {
  readonly type: 'conversion';
  /** Of the advertiser with this number. */
  readonly action: number;
  readonly order: string;
  readonly valueMicros: number;
  /** The click that the landing page was told of. */
  readonly click: SentAd | undefined;
}

export type Sent = SentView | SentAd | SentBeacon | SentConversion;

export interface WeekOptions {
  /** Midnight UTC that begins a Monday. */
  readonly startMs: number;
  readonly people: number;
  /** Hours (UTC) of a day in which visits begin. */
  readonly hours: readonly number[];
  readonly random: () => number;
}

export interface Week {
  readonly startMs: number;
  readonly people: readonly Person[];
  readonly ads: readonly SoldAd[];
  readonly internal: Person;
  /** In the order in which it is sent. */
  readonly sent: readonly Sent[];
}

/** Weight of an hour by the visitor's own clock. */
const curve = [2, 1, 1, 1, 1, 2, 4, 6, 8, 9, 9, 9, 9, 9, 8, 8, 9, 10, 11, 12, 12, 10, 7, 4];
const offsetHours: Readonly<Record<string, number>> = {
  ...{ US: -7, CA: -5, GB: 0, IE: 0, AU: 10, BE: 1, DK: 1 },
};
const referrers: readonly string[] = ['', 'search.example', 'social.example', 'news.example'];

/** A week of what browsers do, and of what should not count: the list, before anything of it is sent. */
export function makeWeek({ startMs, people: count, hours, random }: WeekOptions): Week {
  const people = makePeople(count, random);
  const maker = new Maker(soldAds(startMs), hours, random);
  for (const person of people) {
    for (let day = 0; day < 7; day++) {
      if (random() > 0.45) continue;
      for (let visits = 1 + Math.floor(random() * 2.2); visits > 0; visits--) {
        maker.visit(person, startMs + day * dayMs + someHour(person, hours, random) * hourMs);
      }
    }
  }
  const [internal = people[0], farm = people[0]] = people as [Person, Person];
  const at = (day: number) => startMs + day * dayMs + (hours[0] as number) * hourMs + 600_000;
  maker.visit(internal as Person, at(1));
  maker.clickFarm(farm as Person, at(2));
  for (let day = 0; day < 7; day += 2) {
    const person = pick(people, random);
    const abroad = people.filter(({ country }) => country !== person.country);
    maker.haste(person, pick(abroad, random), at(day) + 900_000);
  }
  const sent = maker.sent.sort((a, b) => a.atMs - b.atMs);
  return { startMs, people, ads: maker.ads, internal: internal as Person, sent };
}

const inSeconds = (ms: number) => Math.floor(ms / 1000) * 1000;
const sameHour = (a: number, b: number) => Math.floor(a / hourMs) === Math.floor(b / hourMs);

function someHour(person: Person, hours: readonly number[], random: () => number): number {
  const weights = hours.map((hour) => curve[(hour + (offsetHours[person.country] ?? 0) + 24) % 24] as number);
  let draw = random() * weights.reduce((sum, weight) => sum + weight, 0);
  const at = weights.findIndex((weight) => {
    draw -= weight;
    return draw < 0;
  });
  return hours[Math.max(0, at)] as number;
}

class Maker {
  readonly sent: Sent[] = [];
  readonly ads: readonly SoldAd[];
  readonly #hours: readonly number[];
  readonly #random: () => number;
  /** Seconds in which a person does something: nobody does two things of a kind at once. */
  readonly #busy = new Map<Person, Set<number>>();
  #views = 0;
  #orders = 0;

  constructor(ads: readonly SoldAd[], hours: readonly number[], random: () => number) {
    this.ads = ads;
    this.#hours = hours;
    this.#random = random;
  }

  visit(person: Person, hourStartMs: number): void {
    const random = this.#random;
    const headers = this.#oddHeaders(person);
    const site = pick(siteIds, random);
    let atMs = hourStartMs + Math.floor(random() * 3600) * 1000;
    let referrer = pick(referrers, random);
    for (let pages = 1 + Math.floor(random() ** 2 * 7); pages > 0; pages--) {
      atMs = this.#free(person, atMs);
      const page = `https://site${site}.example/article/${Math.floor(400 * random() ** 3)}`;
      this.#view(person, atMs, { site, page, referrer, headers });
      if (random() < 0.85) this.#ad(person, atMs, page, site, headers);
      referrer = `site${site}.example`;
      // Now and then for longer than half an hour, which ends the visit.
      atMs += random() < 0.08 ? 1_500_000 + random() * 900_000 : 5000 + random() * 240_000;
    }
  }

  #oddHeaders(person: Person): Record<string, string | null> {
    const draw = this.#random();
    if (draw < 0.03) return { 'User-Agent': crawler };
    if (draw < 0.05) return { 'Accept-Language': null };
    if (draw < 0.06) return { 'Sec-Purpose': 'prefetch;prerender' };
    if (draw < 0.1 && /Firefox|Safari/.test(person.browser.name))
      return { 'Sec-CH-UA': '"Chromium";v="140"' };
    return {};
  }

  #view(
    person: Person,
    atMs: number,
    {
      site,
      page,
      referrer,
      headers,
    }: { site: number; page: string; referrer: string; headers: SentBase['headers'] },
  ): void {
    const random = this.#random;
    const ofSite = zones.filter((zone) => zone.site === site);
    const zone = random() < 0.5 ? 0 : pick(ofSite, random).id;
    const id = `week-view-${++this.#views}`;
    const view: SentView = {
      ...{ type: 'page_view', atMs, person, headers, worker: this.#worker(), site, zone, page, referrer, id },
    };
    this.sent.push(view);
    if (random() < 0.02 && sameHour(atMs, atMs + 4000))
      this.sent.push({ ...view, atMs: atMs + 4000, worker: this.#worker() });
  }

  #ad(person: Person, atMs: number, page: string, site: number, headers: SentBase['headers']): void {
    const zone = skewed(
      zones.filter((each) => each.site === site),
      this.#random,
    ).id;
    const ad = this.#request(person, atMs, { page, site, zone, headers });
    if (typeof ad.shown !== 'string') this.#follow(ad, ad.shown);
  }

  #request(
    person: Person,
    atMs: number,
    { page, site, zone, headers }: { page: string; site: number; zone: number; headers: SentBase['headers'] },
  ): SentAd {
    const shown = shownIn(this.ads, zone, person.country, atMs);
    const ad: SentAd = {
      ...{ type: 'ad_request', atMs, person, headers, worker: this.#worker(), site, zone, page, shown },
    };
    this.sent.push(ad);
    return ad;
  }

  /** What becomes of an ad: most of it as it should be, some twice, late, without an impression, or by somebody else. */
  #follow(ad: SentAd, { advertiser }: SoldAd): void {
    const random = this.#random;
    const { atMs } = ad;
    const draw = random();
    if (draw < 0.06) return;
    if (draw < 0.07) this.#beacon('impression', ad, atMs + 2 * hourMs + 60_000);
    else if (draw < 0.08) this.#beacon('viewable', ad, atMs + 3000);
    else if (draw < 0.085) this.#beacon('click', ad, atMs + 9000);
    else this.#see(ad, advertiser);
  }

  #see(ad: SentAd, advertiser: number): void {
    const random = this.#random;
    const { atMs } = ad;
    this.#beacon('impression', ad, atMs + 1000);
    if (random() < 0.03) this.#beacon('impression', ad, atMs + 2000);
    if (random() < 0.6) this.#beacon('viewable', ad, atMs + 3000);
    if (random() < 0.07) this.#click(ad, advertiser, this.#free(ad.person, atMs + 9000 + random() * 40_000));
    else if (random() < 0.02) this.#convert(ad, advertiser, atMs + random() * 8 * hourMs, false);
  }

  #click(ad: SentAd, advertiser: number, atMs: number): void {
    const random = this.#random;
    const draw = random();
    this.#beacon('click', ad, atMs, draw < 0.04 ? { 'Sec-Fetch-Mode': 'no-cors' } : {});
    if (draw < 0.1) this.#beacon('click', ad, atMs + 1000);
    if (draw > 0.6) this.#convert(ad, advertiser, atMs + random() ** 3 * 5 * dayMs, random() < 0.7);
  }

  #beacon(
    type: SentBeacon['type'],
    ad: SentAd,
    atMs: number,
    further: Readonly<Record<string, string>> = {},
    person = ad.person,
  ): void {
    const headers = { ...ad.headers, ...further };
    this.sent.push({ type, atMs: inSeconds(atMs), person, headers, worker: this.#worker(), ad });
  }

  #convert(ad: SentAd, action: number, at: number, named: boolean): void {
    const random = this.#random;
    const atMs = this.#whenOpen(inSeconds(at));
    const conversion: SentConversion = {
      ...{ type: 'conversion', atMs, person: ad.person, headers: {}, worker: this.#worker(), action },
      order: `order-${++this.#orders}`,
      valueMicros: Math.floor(random() * 90_000) * 10_000,
      click: named ? ad : undefined,
    };
    this.sent.push(conversion);
    if (random() < 0.2 && sameHour(atMs, atMs + 2000))
      this.sent.push({ ...conversion, atMs: atMs + 2000, worker: this.#worker() });
  }

  /** Thirty browsers of one network that click within a minute. */
  clickFarm(person: Person, atMs: number): void {
    neighbours(person, 30).forEach((other, at) => {
      const ad = this.#requestAnywhere(other, atMs + at * 1000);
      this.#beacon('impression', ad, atMs + at * 1000 + 1000);
      this.#beacon('click', ad, atMs + at * 1000 + 2000);
    });
  }

  /** One browser that has an ad shown and clicks it again and again; then the same from elsewhere. */
  haste(person: Person, abroad: Person, startMs: number): void {
    let atMs = startMs;
    for (let times = 0; times < 8; times++) {
      atMs = this.#free(person, atMs + 20_000);
      const ad = this.#requestAnywhere(person, atMs);
      this.#beacon('impression', ad, atMs + 1000);
      this.#beacon('viewable', ad, atMs + 3000);
      this.#beacon('click', ad, this.#free(person, atMs + 5000));
    }
    const ad = this.#requestAnywhere(person, this.#free(person, atMs + 900_000));
    const other = neighbours(person, 7).find(({ browser }) => browser !== person.browser) as Person;
    this.#beacon('impression', ad, ad.atMs + 1000, {}, { ...person, browser: other.browser });
    this.#beacon('impression', ad, ad.atMs + 2000, {}, { ...abroad, browser: person.browser });
  }

  #requestAnywhere(person: Person, atMs: number): SentAd {
    return this.#request(person, atMs, {
      ...{ page: 'https://site1.example/start', site: 1, zone: 11, headers: {} },
    });
  }

  /** The first time, from one on, within the hours of visits. */
  #whenOpen(fromMs: number): number {
    let atMs = fromMs;
    while (!this.#hours.includes(new Date(atMs).getUTCHours())) atMs += hourMs;
    return atMs;
  }

  /** The next second, from a time on, in which the person does nothing else. */
  #free(person: Person, fromMs: number): number {
    const busy = this.#busy.get(person) ?? new Set<number>();
    this.#busy.set(person, busy);
    let second = Math.floor(fromMs / 1000);
    while (busy.has(second)) second++;
    busy.add(second);
    return second * 1000;
  }

  #worker(): 0 | 1 {
    return this.#random() < 0.5 ? 0 : 1;
  }
}
