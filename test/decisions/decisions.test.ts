import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decide, explain, InventoryIndex } from '../../server/delivery/index.ts';
import type { InventorySnapshot } from '../../server/inventory/index.ts';
import { facts } from '../support/facts.ts';
import { creativeId, type Fixture, fixtureSchema, snapshotOf, stateOf } from './fixture.ts';

/** `exemplary` shows how decisions should be; `supplemental` holds the corner cases. */
const files = ['exemplary', 'supplemental'].flatMap((folder) =>
  readdirSync(new URL(`./${folder}/`, import.meta.url))
    .sort()
    .map((name) => ({ name: `${folder}/${name}`, fixture: read(`${folder}/${name}`) })),
);

function read(name: string): Fixture {
  const result = fixtureSchema.safeParse(JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8')));
  if (result.success) return result.data;
  throw new Error(`${name} is no fixture: ${result.error.message}`);
}

/** The numbers in their order, the last of them for ever. */
function numbers(values: readonly number[]): () => number {
  let at = 0;
  return () => values[Math.min(at++, values.length - 1)] as number;
}

function run(
  index: InventoryIndex,
  snapshot: InventorySnapshot,
  { request, expect: expected }: Fixture['cases'][number],
): void {
  const zone = index.zone(request.zone);
  if (zone === undefined) throw new Error(`The inventory has no zone ${request.zone}.`);
  const { country, region, location, userAgent, language, page, referrer, keyValues, segments } = request;
  const asked = facts({
    ...{ language, page, referrer, keyValues, segments },
    location: { ...location, country, region },
    ...(userAgent === undefined ? {} : { userAgent }),
    ...{ site: zone.zone.siteId, zone: request.zone },
    nowMs: Date.parse(request.at),
  });
  const state = stateOf(snapshot, request);
  const decision = decide(index, zone, asked, numbers(request.random), state);
  const verdicts = explain(index, zone, asked, state);
  if ('noFill' in expected) {
    expect(decision).toEqual({ noFill: expected.noFill });
    // A sponsorship has its share of the requests, also of those that the draw does not give it.
    if (expected.noFill !== 'share') expect(verdicts.filter(({ drawn }) => drawn)).toEqual([]);
  } else {
    const found =
      decision.noFill === undefined
        ? { lineItem: decision.candidate.lineItem.id, creative: decision.creative.creative.id }
        : decision;
    const creative = expected.creative ?? creativeId(expected.lineItem, 0);
    expect(found).toEqual({ lineItem: expected.lineItem, creative });
    const shares = verdicts.filter(({ drawn }) => drawn).map(({ lineItemId, share }) => [lineItemId, share]);
    if (expected.shares !== undefined) expect(Object.fromEntries(shares)).toEqual(expected.shares);
  }
  const told = Object.fromEntries(verdicts.map(({ lineItemId, reason }) => [lineItemId, reason]));
  if (expected.why !== undefined) expect(told).toMatchObject(expected.why);
}

describe.each(files)('$name', ({ fixture }) => {
  const snapshot = snapshotOf(fixture.inventory);
  const index = new InventoryIndex(snapshot, 'https://ads.example.com');
  it.each(fixture.cases)(`${fixture.about}: $about`, (each) => run(index, snapshot, each));
});

describe('the fixtures', () => {
  it('say of each case what it is about, once', () => {
    for (const { name, fixture } of files) {
      const abouts = fixture.cases.map(({ about }) => about);
      expect(new Set(abouts).size, name).toBe(abouts.length);
    }
    expect(new Set(files.map(({ fixture }) => fixture.about)).size).toBe(files.length);
  });

  it('show every reason for no fill that a decision for a known zone can have', () => {
    const reasons = files.flatMap(({ fixture }) =>
      fixture.cases.flatMap(({ expect: expected }) => ('noFill' in expected ? [expected.noFill] : [])),
    );
    expect([...new Set(reasons)].sort()).toEqual([
      'capped',
      'excluded',
      'no_creative_fits',
      'pacing',
      'schedule',
      'share',
      'targeting',
    ]);
  });

  it('refuse keys that nobody reads', () => {
    const fixture = {
      about: 'a fixture with a slip',
      inventory: { lineItems: [{ id: 1, wieght: 2 }] },
      cases: [],
    };
    expect(fixtureSchema.safeParse(fixture).error?.message).toContain('wieght');
  });
});
