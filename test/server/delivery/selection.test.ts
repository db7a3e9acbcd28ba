import { describe, expect, it } from 'vitest';
import { decide } from '../../../server/delivery/decide.ts';
import type { DecisionState } from '../../../server/delivery/eligible.ts';
import { InventoryIndex } from '../../../server/delivery/inventory-index.ts';
import { Page } from '../../../server/delivery/page.ts';
import type { InventorySnapshot, SnapshotLineItem } from '../../../server/inventory/index.ts';
import { facts } from '../../support/facts.ts';
import { seededRandom } from '../../support/random.ts';

type Size = readonly [width: number, height: number];
const rectangle: Size = [300, 250];
const leaderboard: Size = [728, 90];
const nowhere = facts({ nowMs: 0 });

type Item = Partial<SnapshotLineItem> & { readonly sizes?: readonly Size[] };

/** Zone 1 takes rectangles, 2 leaderboards, 3 both. Creatives are ten times the line item's id plus 0, 1, … */
function inventoryOf(items: readonly Item[]): InventoryIndex {
  const snapshot: InventorySnapshot = {
    version: 1,
    madeAtMs: 0,
    sites: [{ id: 1, domain: 'news.example' }],
    zones: [
      { id: 1, siteId: 1, sizes: [rectangle] },
      { id: 2, siteId: 1, sizes: [leaderboard] },
      { id: 3, siteId: 1, sizes: [rectangle, leaderboard] },
    ],
    lineItems: items.map(({ sizes = [rectangle], ...item }, at) => ({
      id: at + 1,
      campaignId: at + 1,
      advertiserId: at + 1,
      type: 'standard',
      weight: 1,
      startMs: null,
      endMs: null,
      targeting: null,
      creativeIds: sizes.map((_, position) => (at + 1) * 10 + position),
      ...item,
    })),
    creatives: items.flatMap(({ sizes = [rectangle] }, at) =>
      sizes.map(([width, height], position) => ({
        id: (at + 1) * 10 + position,
        type: 'image' as const,
        width,
        height,
        asset: 'a.png',
        alt: '',
        clickUrl: 'https://example.com/',
      })),
    ),
    landings: [],
  };
  return new InventoryIndex(snapshot, '');
}

function zoneOf(index: InventoryIndex, id: number) {
  const zone = index.zone(id);
  if (zone === undefined) throw new Error(`no zone ${id}`);
  return zone;
}

function drawn(index: InventoryIndex, draws: number, state: DecisionState, seed: number): number[] {
  const random = seededRandom(seed);
  const zone = zoneOf(index, 1);
  const counts: number[] = [];
  for (let draw = 0; draw < draws; draw++) {
    const decision = decide(index, zone, nowhere, random, state);
    const id = decision.noFill === undefined ? decision.candidate.lineItem.id : 0;
    counts[id] = (counts[id] ?? 0) + 1;
  }
  return counts;
}

/** Pearson's statistic. */
function chiSquare(
  counts: readonly number[],
  shares: Readonly<Record<number, number>>,
  draws: number,
): number {
  return Object.entries(shares).reduce((sum, [id, share]) => {
    const expected = share * draws;
    return sum + ((counts[Number(id)] ?? 0) - expected) ** 2 / expected;
  }, 0);
}

const draws = 1_000_000;

describe('over a million draws', () => {
  // 0.1 % critical values: 13.82 for two degrees of freedom, 16.27 for three.
  it('rotation follows the weights', () => {
    const index = inventoryOf([{ weight: 1 }, { weight: 2 }, { weight: 7 }]);
    expect(chiSquare(drawn(index, draws, {}, 1), { 1: 0.1, 2: 0.2, 3: 0.7 }, draws)).toBeLessThan(13.82);
  });

  it('rotation follows the weights of those that may be shown', () => {
    const goal = { metric: 'impressions', amount: 10, per: 'day' } as const;
    const items = [{ weight: 1 }, { weight: 60, goal }, { weight: 3 }, { weight: 6 }];
    const index = inventoryOf(items.map((item) => ({ ...item, type: 'house' as const })));
    const infinite = Number.POSITIVE_INFINITY;
    const allowance = {
      left: Float64Array.of(infinite, 0, infinite, infinite),
      pace: Float64Array.of(1, 1, 1, 1),
      raised: 0,
    };
    const counts = drawn(index, draws, { allowance }, 2);
    expect(counts[2]).toBeUndefined();
    expect(chiSquare(counts, { 1: 0.1, 3: 0.3, 4: 0.6 }, draws)).toBeLessThan(13.82);
  });

  it('sponsorships have their shares, and the house has the rest', () => {
    const index = inventoryOf([
      { type: 'sponsorship', share: 20 },
      { type: 'sponsorship', share: 5, weight: 50 },
      { type: 'house' },
      { type: 'house', weight: 2 },
    ]);
    const shares = { 1: 0.2, 2: 0.05, 3: 0.25, 4: 0.5 };
    expect(chiSquare(drawn(index, draws, {}, 3), shares, draws)).toBeLessThan(16.27);
  });

  it('sponsorships have their shares, whoever else the request rules out', () => {
    const phones = { on: 'device', in: ['mobile'] } as const;
    const within = inventoryOf([
      { type: 'sponsorship', share: 40, targeting: phones },
      { type: 'sponsorship', share: 20 },
      { type: 'house' },
    ]);
    expect(chiSquare(drawn(within, draws, {}, 5), { 2: 0.2, 3: 0.8 }, draws)).toBeLessThan(10.83);
    const overbooked = inventoryOf([
      { type: 'sponsorship', share: 90, targeting: phones },
      { type: 'sponsorship', share: 50 },
      { type: 'sponsorship', share: 30 },
      { type: 'house' },
    ]);
    const shares = { 2: 0.5, 3: 0.3, 4: 0.2 };
    expect(chiSquare(drawn(overbooked, draws, {}, 6), shares, draws)).toBeLessThan(13.82);
    const surely = inventoryOf([
      { type: 'sponsorship', share: 90, targeting: phones },
      { type: 'sponsorship', share: 100 },
      { type: 'sponsorship', share: 60 },
      { type: 'house' },
    ]);
    expect(chiSquare(drawn(surely, draws, {}, 7), { 2: 0.625, 3: 0.375 }, draws)).toBeLessThan(10.83);
  });

  it('equal needs are drawn by weight', () => {
    const goal = { metric: 'impressions', amount: 10, per: 'day' } as const;
    const index = inventoryOf([{ goal }, { goal, weight: 3 }, { goal, weight: 6 }]);
    const allowance = { left: Float64Array.of(10, 20, 30), pace: Float64Array.of(1, 2, 3), raised: 0 };
    const counts = drawn(index, draws, { allowance }, 4);
    expect(chiSquare(counts, { 1: 0.1, 2: 0.3, 3: 0.6 }, draws)).toBeLessThan(13.82);
  });
});

/** The creatives of a page, 0 for no fill. */
function page(index: InventoryIndex, zones: readonly number[], state: DecisionState = {}, random = () => 0) {
  const whole = new Page(
    index,
    zones.map((id) => ({ zone: zoneOf(index, id), facts: facts({ zone: id, nowMs: 0 }) })),
    random,
    () => state,
  );
  return zones.map(() => {
    const decision = whole.next();
    return decision.noFill === undefined ? decision.creative.creative.id : decision.noFill;
  });
}

describe('a page of several zones', () => {
  it('shows no creative twice', () => {
    const index = inventoryOf([{ sizes: [rectangle, rectangle] }]);
    expect(page(index, [1, 1, 1])).toEqual([10, 11, 'excluded']);
  });

  it('shows no two advertisers of one category, but one advertiser twice', () => {
    const index = inventoryOf([
      { category: 'airlines', sizes: [rectangle] },
      { category: 'airlines', type: 'price_priority', sizes: [rectangle, leaderboard] },
      { category: 'airlines', type: 'house', advertiserId: 1, sizes: [leaderboard] },
    ]);
    expect(page(index, [1, 2])).toEqual([10, 30]);
  });

  it('a roadblock fills all the zones that it fits', () => {
    const roadblock = { type: 'sponsorship', share: 100, roadblock: true } as const;
    const index = inventoryOf([
      { ...roadblock, sizes: [rectangle, leaderboard] },
      { type: 'house', sizes: [rectangle, leaderboard] },
    ]);
    expect(page(index, [1, 2])).toEqual([10, 11]);
    expect(page(index, [2, 1])).toEqual([11, 10]);
    expect(page(index, [1])).toEqual([10]);
  });

  it('a roadblock fills none where it has too few creatives, or a zone of its own shows something else', () => {
    const roadblock = { roadblock: true, sizes: [rectangle, leaderboard] } as const;
    const few = inventoryOf([roadblock, { type: 'house', sizes: [rectangle, rectangle, leaderboard] }]);
    expect(page(few, [1, 1, 2])).toEqual([20, 21, 22]);
    const late = inventoryOf([
      { type: 'sponsorship', share: 100, sizes: [rectangle] },
      roadblock,
      { type: 'house', sizes: [leaderboard] },
    ]);
    expect(page(late, [1, 2])).toEqual([10, 30]);
  });

  it('a roadblock fills none where its lease does not reach for all', () => {
    const goal = { metric: 'impressions', amount: 10, per: 'day' } as const;
    const index = inventoryOf([
      { roadblock: true, goal, sizes: [rectangle, leaderboard] },
      { type: 'house', sizes: [rectangle, leaderboard] },
    ]);
    const leased = (ads: number) => ({
      allowance: { left: Float64Array.of(ads, 1), pace: Float64Array.of(1, 1), raised: 0 },
    });
    expect(page(index, [1, 2], leased(1))).toEqual([20, 21]);
    expect(page(index, [1, 2], leased(2))).toEqual([10, 11]);
  });

  it('never breaks its rules, over random inventories', () => {
    const random = seededRandom(99);
    const sizes = [rectangle, leaderboard];
    for (let n = 0; n < 3000; n++) {
      const items: Item[] = Array.from({ length: 1 + Math.floor(random() * 6) }, (_, at) => ({
        type: (['sponsorship', 'standard', 'house'] as const)[Math.floor(random() * 3)] ?? 'house',
        ...(random() < 0.5 ? { category: random() < 0.5 ? 'a' : 'b' } : {}),
        ...(random() < 0.3 ? { roadblock: true } : {}),
        advertiserId: at % 3,
        share: 50,
        sizes: sizes.filter(() => random() < 0.7),
      }));
      const index = inventoryOf(items);
      const zones = Array.from({ length: 2 + Math.floor(random() * 3) }, () => 1 + Math.floor(random() * 3));
      const shown = page(index, zones, {}, random).map((id) => (typeof id === 'number' ? id : 0));
      const filled = shown.filter((id) => id > 0);
      expect(new Set(filled).size).toBe(filled.length);
      const ids = filled.map((id) => Math.floor(id / 10) - 1);
      for (const a of ids) {
        for (const b of ids) {
          const same = items[a]?.category !== undefined && items[a]?.category === items[b]?.category;
          if (same) expect(items[a]?.advertiserId).toBe(items[b]?.advertiserId);
        }
        if (items[a]?.roadblock !== true) continue;
        // Every zone that it fits is its own.
        for (const [at, zone] of zones.entries()) {
          const fits = items[a]?.sizes?.some((size) => zone === 3 || sizes[zone - 1] === size);
          if (fits) expect(Math.floor((shown[at] ?? 0) / 10) - 1).toBe(a);
        }
      }
    }
  });
});
