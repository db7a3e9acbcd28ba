import { describe, expect, it } from 'vitest';
import { VisitorCaps } from '../../../server/delivery/caps.ts';
import { deciding } from '../../../server/delivery/decide.ts';
import type { DecisionState } from '../../../server/delivery/eligible.ts';
import { decide, explain, type Facts, InventoryIndex } from '../../../server/delivery/index.ts';
import { Page } from '../../../server/delivery/page.ts';
import type { SnapshotLineItem, Targeting } from '../../../server/inventory/index.ts';
import { facts } from '../../support/facts.ts';
import { seededRandom } from '../../support/random.ts';

const goal = { metric: 'impressions', amount: 10, per: 'day' } as const;
const anywhere = null;
const ofSite: Targeting = { on: 'site', in: ['1'] };
const ofZone: Targeting = { on: 'zone', in: ['1'] };
const sports: Targeting = { on: 'keyValue', key: 'topic', in: ['sport'] };
const german: Targeting = { on: 'language', in: ['de'] };

/** Zones 1 and 2 of site 1. Each line item has one creative, with ten times its id. */
function inventoryOf(items: readonly Partial<SnapshotLineItem>[]): InventoryIndex {
  const lineItems = items.map((item, at) => ({
    ...{ id: at + 1, campaignId: at + 1, advertiserId: at + 1, type: 'standard' as const, weight: 1 },
    ...{ startMs: null, endMs: null, targeting: null, creativeIds: [(at + 1) * 10] },
    ...item,
  }));
  return new InventoryIndex(
    {
      ...{ version: 1, madeAtMs: 0, landings: [], lineItems },
      sites: [{ id: 1, domain: 'news.example' }],
      zones: [1, 2].map((id) => ({ id, siteId: 1, sizes: [[300, 250]] })),
      creatives: lineItems.map(({ id }) => ({
        ...{ id: id * 10, type: 'image', width: 300, height: 250 },
        ...{ asset: 'a.png', alt: '', clickUrl: 'https://example.com/' },
      })),
    },
    '',
  );
}

function zoneOf(index: InventoryIndex, id = 1) {
  const zone = index.zone(id);
  if (zone === undefined) throw new Error(`no zone ${id}`);
  return zone;
}

/** How often each line item is drawn, by its id; at 0 how often none is. */
function drawn(index: InventoryIndex, request: Facts, state: DecisionState = {}, draws = 40_000): number[] {
  const random = seededRandom(7);
  const counts: number[] = [];
  for (let draw = 0; draw < draws; draw++) {
    const decision = decide(index, zoneOf(index), request, random, state);
    const id = decision.noFill === undefined ? decision.candidate.lineItem.id : 0;
    counts[id] = (counts[id] ?? 0) + 1 / draws;
  }
  return counts;
}

function leases(...left: number[]): DecisionState {
  return {
    allowance: { left: Float64Array.from(left), pace: new Float64Array(left.length).fill(1), raised: 0 },
  };
}

const request = facts({});
const noFill = (index: InventoryIndex, asked: Facts, state: DecisionState = {}) =>
  decide(index, zoneOf(index), asked, () => 0, state).noFill;

describe('line items for any zone, for a site and for a zone', () => {
  it('compete by weight', () => {
    const index = inventoryOf([
      { targeting: anywhere },
      { targeting: ofSite, weight: 3 },
      { targeting: ofZone, weight: 6 },
    ]);
    const counts = drawn(index, request);
    expect(counts[1]).toBeCloseTo(0.1, 1.5);
    expect(counts[2]).toBeCloseTo(0.3, 1.5);
    expect(counts[3]).toBeCloseTo(0.6, 1.5);
  });

  it('have their shares together, and the rest is the house', () => {
    const type = 'sponsorship';
    const index = inventoryOf([
      { type, share: 20, targeting: anywhere },
      { type, share: 30, targeting: ofZone },
      { type: 'house', targeting: ofSite },
    ]);
    const counts = drawn(index, request);
    for (const [id, part] of [0.2, 0.3, 0.5].entries()) expect(counts[id + 1]).toBeCloseTo(part, 1.5);
  });

  it('go by need over all of them', () => {
    const index = inventoryOf([
      { goal, targeting: anywhere },
      { goal, targeting: ofSite },
      { goal, targeting: ofZone },
    ]);
    expect(drawn(index, request, leases(2, 9, 5), 10)[2]).toBeCloseTo(1);
    expect(drawn(index, request, leases(9, 2, 5), 10)[1]).toBeCloseTo(1);
    expect(drawn(index, request, leases(2, 5, 9), 10)[3]).toBeCloseTo(1);
  });

  it('line up by type, need before weight, and eCPM', () => {
    const expected = [
      { type: 'sponsorship', share: 100, targeting: ofZone },
      { type: 'standard', goal, targeting: anywhere },
      { type: 'standard', targeting: ofSite },
      { type: 'price_priority', expectedCpmMicros: 2_000_000_001, targeting: anywhere },
      { type: 'price_priority', expectedCpmMicros: 2_000_000_000, targeting: ofZone },
      { type: 'price_priority', targeting: ofSite },
      { type: 'house', targeting: anywhere },
    ] as const;
    for (let from = 0; from < expected.length; from++) {
      const index = inventoryOf(expected.slice(from));
      expect(drawn(index, request, {}, 10)[1]).toBeCloseTo(1);
    }
  });
});

describe('what is left to ask of a request', () => {
  const sport = facts({ keyValues: { topic: ['sport'] } });

  it('passes over in silence, whatever else there is to say', () => {
    const index = inventoryOf([{ goal, targeting: sports }]);
    expect(noFill(index, request, leases(0))).toBe('targeting');
    expect(noFill(index, sport, leases(0))).toBe('pacing');
    expect(noFill(index, sport, leases(1))).toBeUndefined();
  });

  it('gives no sponsorship a share of requests that it does not match', () => {
    const index = inventoryOf([
      { type: 'sponsorship', share: 60, targeting: sports },
      { type: 'sponsorship', share: 100 },
    ]);
    expect(drawn(index, request)[2]).toBeCloseTo(1);
    expect(drawn(index, sport)[1]).toBeCloseTo(0.375, 1.5);
    const alone = inventoryOf([{ type: 'sponsorship', share: 50, targeting: sports }]);
    expect(noFill(alone, request)).toBe('targeting');
    expect(drawn(alone, sport)[0]).toBeCloseTo(0.5, 1.5);
  });

  it('leaves the others their chances, where most of a rank is ruled out, capped or on the page', () => {
    const many = Array.from({ length: 300 }, () => ({ targeting: german, weight: 9 }));
    const caps = [{ events: 1, per: { unit: 'day', count: 1 } }] as const;
    const index = inventoryOf([
      { targeting: ofZone },
      { targeting: sports, weight: 3 },
      { weight: 50, caps },
      ...many,
    ]);
    const capped = deciding(index, zoneOf(index), request).find(({ lineItem }) => lineItem.id === 3);
    const seen = new VisitorCaps();
    seen.record('v', capped?.caps ?? [], request.nowMs - 1);
    const counts = drawn(index, sport, { seen: seen.of('v') }, 10_000);
    expect([counts.length, counts[3]]).toEqual([3, undefined]);
    expect(counts[1]).toBeCloseTo(0.25, 1);
    const told = explain(index, zoneOf(index), sport, { seen: seen.of('v') });
    expect(
      told.filter((verdict) => verdict.drawn).map(({ lineItemId, share }) => [lineItemId, share]),
    ).toEqual(
      expect.arrayContaining([
        [1, 0.25],
        [2, 0.75],
      ]),
    );
  });

  it('is asked in each zone of a page: a roadblock fills those alone that it matches', () => {
    const index = inventoryOf([{ roadblock: true, targeting: ofZone }, { type: 'house' }]);
    const places = [2, 1].map((id) => ({ zone: zoneOf(index, id), facts: facts({ zone: id }) }));
    const page = new Page(
      index,
      places,
      () => 0,
      () => ({}),
    );
    const shown = places.map(() => {
      const decision = page.next();
      return decision.noFill ?? decision.creative.creative.id;
    });
    expect(shown).toEqual([20, 10]);
  });
});
