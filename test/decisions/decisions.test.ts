import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GeoDb, openGeoDb, parseAddress } from '../../geo-db/index.ts';
import type { DecisionState } from '../../server/delivery/eligible.ts';
import {
  type Decision,
  decide,
  explain,
  type Facts,
  factsOfRequest,
  InventoryIndex,
  type Verdict,
} from '../../server/delivery/index.ts';
import type { ZoneIndex } from '../../server/delivery/inventory-index.ts';
import { Page } from '../../server/delivery/page.ts';
import type { InventorySnapshot } from '../../server/inventory/index.ts';
import { facts } from '../support/facts.ts';
import { type MmdbValue, mmdb } from '../support/mmdb-writer.ts';
import { creativeId, type Fixture, type FixtureCase, fixtureSchema, snapshotOf, stateOf } from './fixture.ts';

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

/** What the request says, for one of its zones. */
function factsOf({ zone }: ZoneIndex, request: FixtureCase['request'], geo: GeoDb | undefined): Facts {
  const { country, region, location, userAgent, address, sent } = request;
  const { language, page, referrer, keyValues, segments } = request;
  const ownValues = new Map(Object.entries(request.ownValues).map(([id, value]) => [Number(id), value]));
  const asked = facts({
    ...{ language, page, referrer, keyValues, segments, ownValues },
    location: { ...location, country, region },
    ...(userAgent === undefined ? {} : { userAgent }),
    ...{ site: zone.siteId, zone: zone.id },
    nowMs: Date.parse(request.at),
  });
  const found = address === undefined ? undefined : parseAddress(address);
  const at = found && geo ? { ...asked, location: geo.lookup(found) } : asked;
  return sent === undefined ? at : { ...factsOfRequest({ ...at, ...sent }), segments, ownValues };
}

const shownBy = ({ candidate, creative }: Extract<Decision, { noFill: undefined }>) => ({
  lineItem: candidate.lineItem.id,
  creative: creative.creative.id,
});

/** The zones of a page one after the other; what is handed out is taken from the leases. */
function runPage(
  index: InventoryIndex,
  zones: readonly ZoneIndex[],
  request: FixtureCase['request'],
  state: DecisionState,
): object[] {
  const places = zones.map((zone) => ({ zone, facts: factsOf(zone, request, undefined) }));
  const page = new Page(index, places, numbers(request.random), () => state);
  return places.map(() => {
    const decision = page.next();
    if (decision.noFill !== undefined) return decision;
    const left = state.allowance?.left;
    if (left !== undefined) left[decision.candidate.slot] = (left[decision.candidate.slot] as number) - 1;
    return shownBy(decision);
  });
}

function run(
  index: InventoryIndex,
  snapshot: InventorySnapshot,
  { request, expect: expected }: FixtureCase,
  geo: GeoDb | undefined,
): void {
  const zoneOf = (id: number) => {
    const zone = index.zone(id);
    if (zone === undefined) throw new Error(`The inventory has no zone ${id}.`);
    return zone;
  };
  const state = stateOf(snapshot, request);
  if ('fills' in expected) {
    const fills = runPage(index, (request.zones ?? []).map(zoneOf), request, state);
    const wanted = expected.fills.map((fill) =>
      'noFill' in fill ? fill : { creative: creativeId(fill.lineItem, 0), ...fill },
    );
    expect(fills).toEqual(wanted);
    return;
  }
  if (request.preview !== undefined) {
    const found = index.creative(request.preview);
    const shown = found && { lineItem: found.lineItem.id, creative: found.creative.creative.id };
    expect(shown ?? { noFill: 'no_creative_fits' }).toEqual(
      'noFill' in expected ? expected : { creative: creativeId(expected.lineItem, 0), ...expected },
    );
    return;
  }
  const zone = zoneOf(request.zone);
  const asked = factsOf(zone, request, geo);
  const decision = decide(index, zone, asked, numbers(request.random), state);
  const verdicts = explain(index, zone, asked, state);
  if ('noFill' in expected) {
    expect(decision).toEqual({ noFill: expected.noFill });
    // A sponsorship has its share of the requests, also of those that the draw does not give it.
    const isDrawn = ({ drawn, type }: Verdict) => drawn && (nobodyRuns || type !== 'sponsorship');
    const nobodyRuns = ['no_creative_fits', 'targeting', 'schedule'].includes(expected.noFill);
    expect(verdicts.filter(isDrawn)).toEqual([]);
  } else {
    const creative = expected.creative ?? creativeId(expected.lineItem, 0);
    const found = decision.noFill === undefined ? shownBy(decision) : decision;
    expect(found).toEqual({ lineItem: expected.lineItem, creative });
    const shares = verdicts
      .filter(({ drawn }) => drawn)
      .map(({ lineItemId, share }) => [lineItemId, Number(share.toFixed(9))]);
    if (expected.shares !== undefined) expect(Object.fromEntries(shares)).toEqual(expected.shares);
  }
  const told = Object.fromEntries(verdicts.map(({ lineItemId, reason }) => [lineItemId, reason]));
  if (expected.why !== undefined) expect(told).toMatchObject(expected.why);
}

describe.each(files)('$name', ({ fixture }) => {
  const snapshot = snapshotOf(fixture.inventory);
  const index = new InventoryIndex(snapshot, 'https://ads.example.com');
  let geo: GeoDb | undefined;
  const folder = mkdtempSync(join(tmpdir(), 'signpost-decisions-'));
  beforeAll(async () => {
    const networks = fixture.networks as Record<string, MmdbValue>;
    if (Object.keys(networks).length === 0) return;
    const file = join(folder, 'city.mmdb');
    writeFileSync(file, mmdb({ type: 'GeoIP2-City', recordSize: 28, ipVersion: 6, networks }));
    geo = await openGeoDb({ files: [file] });
  });
  afterAll(() => {
    geo?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  it.each(fixture.cases)(`${fixture.about}: $about`, (each) => run(index, snapshot, each, geo));
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
