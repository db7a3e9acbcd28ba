import { AdsCookie } from '../../server/audience/ads-cookie.ts';
import { AdvertiserValues } from '../../server/audience/advertiser-values.ts';
import { CookieWriter } from '../../server/audience/cookies.ts';
import type { CookieKeys } from '../../server/audience/index.ts';
import { Interests } from '../../server/audience/interests.ts';
import { newVisitor, visitorText } from '../../server/audience/visitor-cookie.ts';
import { lineItemCaps } from '../../server/delivery/caps.ts';
import type { InventorySnapshot, SnapshotLineItem } from '../../server/inventory/index.ts';
import { pick } from '../support/random.ts';

const dayMs = 86_400_000;
const halfLifeMs = 30 * dayMs;
const categories = 40;
const segments = 60;

/** Adds what consenting visitors bring into play: segments and caps, of one line item in ten each, and advertisers with values. */
export function withAudience(inventory: InventorySnapshot, random: () => number): InventorySnapshot {
  const names = Array.from({ length: categories }, (_, at) => `category-${at + 1}`);
  const lineItems = inventory.lineItems.map((item): SnapshotLineItem => {
    const kind = random();
    if (kind < 0.1 && item.targeting !== null) {
      const segment = `segment-${1 + Math.floor(random() * segments)}`;
      return { ...item, targeting: { and: [{ on: 'segment', in: [segment] }, item.targeting] } };
    }
    if (kind < 0.2)
      return { ...item, caps: [{ events: pick([3, 5, 8], random), per: { unit: 'day', count: 1 } }] };
    return item;
  });
  const advertisers = [...new Set(lineItems.map(({ advertiserId }) => advertiserId))].map((id) => ({
    ...{ id, name: `Advertiser ${id}`, payer: null },
    visitorValues: id % 10 === 0,
  }));
  return {
    ...inventory,
    ...{ lineItems, advertisers },
    categories: names.map((name, at) => ({
      id: at + 1,
      name,
      titles: {},
      siteId: null,
      pages: [],
      keyValues: [],
    })),
    segments: Array.from({ length: segments }, (_, at) => ({
      name: `segment-${at + 1}`,
      categories: [pick(names, random), pick(names, random)],
      match: random() < 0.7 ? 'any' : 'all',
      atLeast: pick([1, 2, 4], random),
    })),
  };
}

/** What a visitor's request has besides the zone, the browser and the address. */
export interface MadeVisitor {
  /** To be put behind the query. */
  readonly query: string;
  readonly headers: readonly string[];
}

const nothing: MadeVisitor = { query: '', headers: [] };

/**
 * Draws visitors, each with cookies of their own, sealed with the worker's keys:
 *
 * - 45 % on pages that ask for no consent, and 10 % who have not said anything on pages that do;
 * - 30 % who accepted everything, with choice, visitor, interests (3 to 12 categories) and, five of six, ads (1 to 6 capped
 *   line items); of them one in three with an advertiser's cookie;
 * - 6 % who refused everything, and 4 % who allow measurement alone, with choice, visitor and ads;
 * - 5 % with GPC: half of them have accepted, the others have no cookies.
 */
export class VisitorMaker {
  readonly #keys: CookieKeys;
  readonly #cookies: CookieWriter;
  readonly #random: () => number;
  readonly #capped: readonly SnapshotLineItem[];
  readonly #advertisers: readonly number[];

  constructor(inventory: InventorySnapshot, keys: CookieKeys, publicUrl: string, random: () => number) {
    this.#keys = keys;
    this.#cookies = new CookieWriter(publicUrl);
    this.#random = random;
    this.#capped = inventory.lineItems.filter(({ caps }) => caps !== undefined);
    this.#advertisers = (inventory.advertisers ?? []).filter((one) => one.visitorValues).map(({ id }) => id);
  }

  next(nowMs: number): MadeVisitor {
    const kind = this.#random();
    if (kind < 0.45) return nothing;
    if (kind < 0.55) return asking([]);
    if (kind < 0.85) return asking(this.#accepted(nowMs));
    if (kind < 0.91) return asking([this.#cookie('choice', '0')]);
    if (kind < 0.95) {
      return asking([
        this.#cookie('choice', '1'),
        this.#visitor(nowMs),
        this.#cookie('ads', this.#ads(nowMs)),
      ]);
    }
    return asking(kind < 0.975 ? this.#accepted(nowMs) : [], ['Sec-GPC: 1']);
  }

  #accepted(nowMs: number): string[] {
    const cookies = [
      this.#cookie('choice', '7'),
      this.#visitor(nowMs),
      this.#cookie('interests', this.#interests(nowMs)),
    ];
    if (this.#random() < 5 / 6) cookies.push(this.#cookie('ads', this.#ads(nowMs)));
    if (this.#random() < 1 / 3) cookies.push(this.#cookie('advertisers', this.#advertiser(nowMs)));
    return cookies;
  }

  #cookie(kind: Parameters<CookieWriter['name']>[0], value: string): string {
    return `${this.#cookies.name(kind)}=${value}`;
  }

  #visitor(nowMs: number): string {
    return this.#cookie('visitor', visitorText(newVisitor(nowMs), this.#keys, nowMs));
  }

  #interests(nowMs: number): string {
    const weights = new Map<number, number>();
    const count = 3 + Math.floor(this.#random() * 10);
    while (weights.size < count)
      weights.set(1 + Math.floor(this.#random() * categories), 0.1 + 6 * this.#random());
    return new Interests(halfLifeMs, weights, nowMs - dayMs).seal(this.#keys, nowMs - 3_600_000);
  }

  #ads(nowMs: number): string {
    const ads = new AdsCookie();
    const count = 1 + Math.floor(this.#random() * 6);
    for (let left = count; left > 0; left--) {
      const caps = lineItemCaps(pick(this.#capped, this.#random));
      const times = 1 + Math.floor(this.#random() * 3);
      for (let time = 0; time < times; time++) ads.record(caps, nowMs - this.#random() * 3 * dayMs);
    }
    return ads.text();
  }

  #advertiser(nowMs: number): string {
    const values = new AdvertiserValues();
    values.meet(pick(this.#advertisers, this.#random), this.#keys, nowMs);
    return values.seal(this.#keys, nowMs);
  }
}

/** On a page that takes part: its requests say so, and come with cookies and with the page's origin. */
function asking(cookies: readonly string[], headers: readonly string[] = []): MadeVisitor {
  const cookie = cookies.length === 0 ? [] : [`Cookie: ${cookies.join('; ')}`];
  return { query: '&consent=', headers: ['Origin: https://news.example.com', ...cookie, ...headers] };
}
