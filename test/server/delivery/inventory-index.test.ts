import { describe, expect, it } from 'vitest';
import { deciding } from '../../../server/delivery/decide.ts';
import { decide, explain, InventoryIndex, noFillReasons } from '../../../server/delivery/index.ts';
import type { ZoneIndex } from '../../../server/delivery/inventory-index.ts';
import { landingOf } from '../../../server/delivery/landing.ts';
import type { PlanSource } from '../../../server/delivery/plan.ts';
import type { Facts } from '../../../server/delivery/targeting/facts.ts';
import type { InventorySnapshot } from '../../../server/inventory/index.ts';
import { facts } from '../../support/facts.ts';
import { seededRandom } from '../../support/random.ts';
import { type NaiveRequest, naiveOutcome } from './naive-decision.ts';
import { hourMs, randomInventory, randomRequest } from './random-inventory.ts';

const publicUrl = 'https://ads.example.com';
const indexOf = (snapshot: InventorySnapshot) => new InventoryIndex(snapshot, publicUrl);
const zoneOf = (index: InventoryIndex, id: number) => index.zone(id) as ZoneIndex;

/** The request as delivery sees it. */
function asked(index: InventoryIndex, request: Partial<NaiveRequest>) {
  const { zone = 1, country, region, nowMs = 0 } = request;
  return facts({ location: { country, region }, zone, site: zoneOf(index, zone).zone.siteId, nowMs });
}

/** The plan's line items with their creatives, in the form of the naive evaluator. */
function planned(index: InventoryIndex, request: NaiveRequest) {
  const zone = zoneOf(index, request.zone);
  const facts = asked(index, request);
  const decision = decide(index, zone, facts, () => 0);
  const entries = deciding(index, zone, facts).map(({ lineItem, creatives }) => {
    return [lineItem.id, creatives.map(({ creative }) => creative.id).sort((a, b) => a - b)] as const;
  });
  expect(new Set(entries.map(([id]) => id)).size).toBe(entries.length);
  return { noFill: decision.noFill, candidates: new Map(entries) };
}

describe('the inventory index', () => {
  it('gives the candidates that a naive evaluator gives, over random inventories and requests', () => {
    const random = seededRandom(20261123);
    const seen = new Map<string, number>();
    for (let inventories = 0; inventories < 2000; inventories++) {
      const snapshot = randomInventory(random);
      // One index answers them all, out of their order in time, as plans are kept between requests.
      const index = indexOf(snapshot);
      for (let requests = 0; requests < 40; requests++) {
        const request = randomRequest(random);
        const [found, expected] = [planned(index, request), naiveOutcome(snapshot, request)];
        if (
          JSON.stringify([found.noFill, [...found.candidates].sort()]) !==
          JSON.stringify([expected.noFill, [...expected.candidates].sort()])
        ) {
          expect(found, JSON.stringify({ snapshot, request })).toEqual(expected);
        }
        const kind = expected.noFill ?? `${Math.min(expected.candidates.size, 3)} candidates`;
        seen.set(kind, (seen.get(kind) ?? 0) + 1);
      }
    }
    // A random inventory that never shows a case would prove nothing about it.
    const kinds = [
      'no_creative_fits',
      'targeting',
      'schedule',
      '1 candidates',
      '2 candidates',
      '3 candidates',
    ];
    expect([...seen.keys()].sort()).toEqual(kinds.sort());
    expect(Math.min(...seen.values())).toBeGreaterThan(500);
  });

  it('decides, over random inventories, for a candidate of the plan and one of its creatives alone', () => {
    const random = seededRandom(5);
    for (let n = 0; n < 5000; n++) {
      const snapshot = randomInventory(random);
      const index = indexOf(snapshot);
      const request = randomRequest(random);
      const expected = naiveOutcome(snapshot, request);
      const decision = decide(index, zoneOf(index, request.zone), asked(index, request), random);
      expect(decision.noFill).toBe(expected.noFill);
      if (decision.noFill !== undefined) {
        expect(Object.keys(noFillReasons)).toContain(decision.noFill);
        continue;
      }
      const { candidate, creative } = decision;
      expect(expected.candidates.get(candidate.lineItem.id)).toContain(creative.creative.id);
      expect(JSON.parse(creative.texts.text(creative.answerAt))).toEqual({
        id: creative.creative.id,
        type: 'image',
        width: creative.creative.width,
        height: creative.creative.height,
        src: expect.stringMatching(new RegExp(`^${publicUrl}/v1/a/\\w+\\.\\w+$`)),
        alt: '',
      });
    }
  });

  it('knows its zones, sites and landing addresses, and no others', () => {
    const index = indexOf({
      ...inventoryOf([{}]),
      landings: [
        { id: 7, clickUrl: 'https://example.com/gone' },
        { id: 1, clickUrl: 'https://example.com/former' },
        { id: 8, clickUrl: 'broken' },
      ],
    });
    expect([index.zone(1)?.zone.id, index.zone(2), index.zone(0)]).toEqual([1, undefined, undefined]);
    expect([index.hasSite(1), index.hasSite(2)]).toEqual([true, false]);
    const decided = {
      timeMs: 0,
      idHigh: 0,
      idLow: 0,
      site: 1,
      zone: 1,
      advertiser: 1,
      campaign: 1,
      lineItem: 1,
    };
    const landing = (creative: number) =>
      landingOf(index, '', {
        ...{ publicUrl, token: '', location: { country: undefined, region: undefined, city: undefined } },
        decided: { ...decided, creative, visitor: 0, browser: 0, country: 0 },
      })?.url;
    expect(landing(1)).toBe('https://example.com/1?q=%C3%BC');
    expect(landing(7)).toBe('https://example.com/gone');
    expect(landing(8)).toBeUndefined();
    expect(landing(99)).toBeUndefined();
  });
});

type LineItemPart = Partial<InventorySnapshot['lineItems'][number]>;

/** One zone, one size, one creative for each line item; ids count from 1. */
function inventoryOf(parts: readonly LineItemPart[]): InventorySnapshot {
  return {
    version: 1,
    madeAtMs: 0,
    sites: [{ id: 1, domain: 'site.example' }],
    zones: [{ id: 1, siteId: 1, sizes: [[300, 250]] }],
    lineItems: parts.map((part, at) => ({
      id: at + 1,
      campaignId: at + 101,
      advertiserId: at + 201,
      type: 'standard',
      weight: 1,
      startMs: null,
      endMs: null,
      targeting: null,
      creativeIds: [at + 1],
      ...part,
    })),
    creatives: parts.map((_, at) => ({
      id: at + 1,
      type: 'image',
      width: 300,
      height: 250,
      asset: `${String(at + 1).padStart(64, '0')}.png`,
      alt: '',
      clickUrl: `https://example.com/${at + 1}?q=ü`,
    })),
    landings: [],
  };
}

/** Which line item is decided for at each of several times, by one index and in this order. */
function decidedAt(index: InventoryIndex, times: readonly number[]): (number | string)[] {
  return times.map((nowMs) => {
    const decision = decide(index, zoneOf(index, 1), asked(index, { nowMs }), () => 0);
    return decision.noFill ?? decision.candidate.lineItem.id;
  });
}

describe('dates', () => {
  it('are half-open to the millisecond: the start counts, the end does not', () => {
    const index = () => indexOf(inventoryOf([{ startMs: 1000, endMs: 2000 }]));
    const times = [999, 1000, 1999, 2000];
    const expected = ['schedule', 1, 1, 'schedule'];
    expect(decidedAt(index(), times)).toEqual(expected);
    expect(times.map((nowMs) => decidedAt(index(), [nowMs])[0])).toEqual(expected);
  });

  it('leave no gap and no overlap between one line item and the next', () => {
    const index = indexOf(inventoryOf([{ endMs: 1000 }, { startMs: 1000, endMs: 2000 }, { startMs: 2000 }]));
    expect(decidedAt(index, [0, 999, 1000, 1999, 2000, 1e15])).toEqual([1, 1, 2, 2, 3, 3]);
  });

  it('that are open run from ever and for ever', () => {
    const index = indexOf(inventoryOf([{}]));
    expect(decidedAt(index, [-1e15, 0, 1e15])).toEqual([1, 1, 1]);
  });

  it('of nothing between them never run', () => {
    const index = indexOf(
      inventoryOf([
        { startMs: 1000, endMs: 1000 },
        { startMs: 2000, endMs: 500 },
      ]),
    );
    expect(decidedAt(index, [499, 500, 999, 1000, 1001, 2000, 2001])).toEqual(Array(7).fill('schedule'));
  });

  it('hold also when the clock is put back', () => {
    const index = indexOf(inventoryOf([{ type: 'house' }, { startMs: 1000, endMs: 2000 }]));
    expect(decidedAt(index, [1500, 999, 2000, 1000, 500, 1999])).toEqual([2, 1, 1, 2, 1, 2]);
  });
});

const planOf = (index: InventoryIndex, request: Facts) =>
  index.plan(zoneOf(index, 1).sources[0] as PlanSource, request);

describe('a kept plan', () => {
  it('is the same object until a line item that matches starts or ends', () => {
    const index = indexOf(
      inventoryOf([
        { startMs: 1000, endMs: 2000 },
        { type: 'house' },
        { startMs: 1500, targeting: { on: 'country', in: ['DE'] } },
      ]),
    );
    const plan = (nowMs: number) => planOf(index, asked(index, { nowMs })).stretch;
    const first = plan(0);
    expect([first.fromMs, first.untilMs]).toEqual([Number.NEGATIVE_INFINITY, 1000]);
    expect(plan(999)).toBe(first);
    const second = plan(1000);
    expect(second).not.toBe(first);
    expect([second.fromMs, second.untilMs]).toEqual([1000, 2000]);
    // What starts in between is for another place, and changes nothing here.
    expect(plan(1600)).toBe(second);
    expect([plan(2000).fromMs, plan(2000).untilMs]).toEqual([2000, Number.POSITIVE_INFINITY]);
  });

  it('is shared by all places that no rule can tell apart', () => {
    const index = indexOf(inventoryOf([{ targeting: { on: 'country', in: ['DE'] } }, { type: 'house' }]));
    const plan = (country?: string, region?: string) => planOf(index, asked(index, { country, region }));
    expect(plan('FR', 'FR-IDF')).toBe(plan(undefined));
    expect(plan('DE', 'DE-BY')).toBe(plan('DE'));
    expect(plan('DE')).not.toBe(plan('FR'));
  });

  it('is not taken for a place with the same region in another country', () => {
    const index = indexOf(
      inventoryOf([
        {
          targeting: {
            and: [
              { on: 'country', in: ['DE'] },
              { on: 'region', in: ['DE-BY'] },
            ],
          },
        },
        { type: 'house' },
      ]),
    );
    const ids = (country?: string) =>
      deciding(index, zoneOf(index, 1), asked(index, { country, region: 'DE-BY' })).map(
        ({ lineItem }) => lineItem.id,
      );
    expect([ids('DE'), ids(undefined), ids('FR'), ids('DE')]).toEqual([[1], [2], [2], [1]]);
  });
});

describe('the draw by weight', () => {
  it('is exact: half-open ranges, in the order of the line items', () => {
    const weights = [3, 1, 6];
    const index = indexOf(inventoryOf(weights.map((weight) => ({ weight }))));
    const at = (point: number) => {
      const decision = decide(index, zoneOf(index, 1), asked(index, {}), () => point);
      return decision.noFill ?? decision.candidate.lineItem.id;
    };
    const points = [0, 0.1, 0.299999, 0.3, 0.399999, 0.4, 0.999999, 1 - Number.EPSILON / 2];
    expect(points.map(at)).toEqual([1, 1, 1, 2, 2, 3, 3, 3]);
  });

  it('gives line items their weights, and creatives of one equal shares, by chi-square over 200,000 draws', () => {
    const draws = 200_000;
    const random = seededRandom(6);
    const weights = [1, 2, 3, 5, 8, 13, 21, 34, 55, 100];
    const snapshot = inventoryOf(weights.map((weight) => ({ weight })));
    const [model] = snapshot.creatives;
    if (model === undefined) throw new Error('no creative');
    // The last line item has four creatives.
    const more = [101, 102, 103].map((id) => ({ ...model, id }));
    const last = snapshot.lineItems.at(-1);
    const lineItems = snapshot.lineItems.map((each) =>
      each === last ? { ...each, creativeIds: [...each.creativeIds, 101, 102, 103] } : each,
    );
    const index = indexOf({ ...snapshot, lineItems, creatives: [...snapshot.creatives, ...more] });
    const byLineItem = new Map<number, number>();
    const byCreative = new Map<number, number>();
    for (let n = 0; n < draws; n++) {
      const decision = decide(index, zoneOf(index, 1), asked(index, {}), random);
      if (decision.noFill !== undefined) throw new Error(decision.noFill);
      const [lineItem, creative] = [decision.candidate.lineItem.id, decision.creative.creative.id];
      byLineItem.set(lineItem, (byLineItem.get(lineItem) ?? 0) + 1);
      if (lineItem === 10) byCreative.set(creative, (byCreative.get(creative) ?? 0) + 1);
    }
    const chiSquare = (counts: readonly number[], expected: readonly number[]) =>
      counts.reduce((sum, count, at) => sum + (count - (expected[at] ?? 0)) ** 2 / (expected[at] ?? 0), 0);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const counts = weights.map((_, at) => byLineItem.get(at + 1) ?? 0);
    // The 99.9th percentiles of the chi-square distribution with 9 and 3 degrees of freedom.
    expect(
      chiSquare(
        counts,
        weights.map((weight) => (draws * weight) / total),
      ),
    ).toBeLessThan(27.88);
    const ofLast = [10, 101, 102, 103].map((id) => byCreative.get(id) ?? 0);
    expect(chiSquare(ofLast, Array(4).fill((counts[9] ?? 0) / 4))).toBeLessThan(16.27);
  });

  it('is the same for the same random numbers', () => {
    const snapshot = inventoryOf([1, 2, 3].map((weight) => ({ weight })));
    const run = () => {
      const index = indexOf(snapshot);
      const random = seededRandom(7);
      return Array.from({ length: 100 }, () => {
        const decision = decide(index, zoneOf(index, 1), asked(index, {}), random);
        return decision.noFill ?? decision.candidate.lineItem.id;
      });
    };
    expect(run()).toEqual(run());
  });
});

describe('the explanation', () => {
  it('agrees with the decision over random inventories, and says something of every line item that fits', () => {
    const random = seededRandom(8);
    for (let n = 0; n < 5000; n++) {
      const snapshot = randomInventory(random);
      const index = indexOf(snapshot);
      const request = randomRequest(random);
      const expected = naiveOutcome(snapshot, request);
      const verdicts = explain(index, zoneOf(index, request.zone), asked(index, request));
      const drawn = verdicts.filter((verdict) => verdict.drawn);
      const ids = (list: readonly { readonly lineItemId: number }[]) =>
        list.map(({ lineItemId }) => lineItemId).sort((a, b) => a - b);
      expect(ids(drawn)).toEqual([...expected.candidates.keys()].sort((a, b) => a - b));
      expect(new Set(ids(verdicts)).size).toBe(verdicts.length);
      if (expected.noFill === 'no_creative_fits') expect(verdicts).toEqual([]);
      const share = drawn.reduce((sum, verdict) => sum + verdict.share, 0);
      expect(share).toBeCloseTo(drawn.length === 0 ? 0 : 1, 9);
      for (const verdict of verdicts) {
        expect(verdict.reason).toMatch(
          verdict.drawn ? /^matches: / : /^(targeting: |starts \d|ended [-+\d]|matches, but )/,
        );
        if (!verdict.drawn) expect(verdict.share).toBe(0);
      }
    }
  });

  it('tells each line item its own reason, in words', () => {
    const index = indexOf(
      inventoryOf([
        { weight: 3 },
        { targeting: { on: 'region', in: ['DE-BY', 'US-CA'] } },
        { startMs: 5 * hourMs },
        { endMs: hourMs },
        { type: 'house', weight: 2 },
        {
          weight: 1,
          targeting: {
            and: [
              { not: { on: 'country', in: ['DE'] } },
              {
                or: [
                  { on: 'site', in: ['1'] },
                  { on: 'zone', notIn: ['9'] },
                ],
              },
            ],
          },
        },
      ]),
    );
    const verdicts = explain(index, zoneOf(index, 1), asked(index, { country: 'FR', nowMs: 2 * hourMs }));
    expect(verdicts.map(({ lineItemId, share, reason }) => [lineItemId, share, reason])).toEqual([
      [1, 0.75, 'matches: no targeting'],
      [2, 0, 'targeting: region is DE-BY or US-CA'],
      [3, 0, 'starts 1970-01-01T05:00:00.000Z'],
      [4, 0, 'ended 1970-01-01T01:00:00.000Z'],
      [5, 0, 'matches, but standard goes before house'],
      [6, 0.25, 'matches: not country is DE and (site is 1 or zone is not 9)'],
    ]);
  });

  it('of another time leaves the decisions of now as they are', () => {
    const index = indexOf(inventoryOf([{ type: 'house' }, { startMs: 1000, endMs: 2000 }]));
    expect(decidedAt(index, [500])).toEqual([1]);
    explain(index, zoneOf(index, 1), asked(index, { nowMs: 1500 }));
    expect(decidedAt(index, [501])).toEqual([1]);
  });
});
