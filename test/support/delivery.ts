import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { type GeoDb, openGeoDb } from '../../geo-db/index.ts';
import { type RunningDelivery, startDelivery, type TagSources } from '../../server/delivery/index.ts';
import type { InventorySnapshot } from '../../server/inventory/index.ts';
import { parseSettings } from '../../server/settings/index.ts';
import { mmdb } from './mmdb-writer.ts';

/** A log line, as far as tests look at it. */
export interface LoggedEvent {
  readonly type: string;
  readonly id: string;
  readonly time: number;
  readonly [field: string]: string | number;
}

export interface TestDelivery {
  readonly origin: string;
  readonly port: number;
  readonly dataDir: string;
  readonly clock: { nowMs: number };
  fetch(path: string, init?: RequestInit & { from?: string }): Promise<Response>;
  setInventory(snapshot: InventorySnapshot): void;
  /** Everything in the log so far. */
  events(): LoggedEvent[];
  /** Ends the worker; its files stay until `close`. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

/** One address each, in a location database made for tests. */
export const testAddresses = {
  taipei: '1.0.0.1',
  munich: '2.0.0.1',
  losAngeles: '3.0.0.1',
  london: '4.0.0.1',
  unknown: '9.9.9.9',
} as const;

export function testGeoDbFile(folder: string): string {
  const place = (country: string, region: string, city: string) => ({
    country: { iso_code: country },
    subdivisions: [{ iso_code: region }],
    city: { names: { en: city } },
  });
  const file = join(folder, 'test.mmdb');
  const content = mmdb({
    type: 'Test-City',
    recordSize: 28,
    ipVersion: 6,
    networks: {
      '1.0.0.0/8': place('TW', 'TPE', 'Taipei'),
      '2.0.0.0/8': place('DE', 'BY', 'Munich'),
      '3.0.0.0/8': place('US', 'CA', 'Los Angeles'),
      '4.0.0.0/8': place('GB', 'ENG', 'London'),
      '2a01::/16': place('DE', 'BE', 'Berlin'),
      '5.0.0.0/16': { ...place('DE', 'BY', 'Munich'), autonomous_system_number: 24940 },
      '5.1.0.0/16': { ...place('DE', 'BY', 'Munich'), autonomous_system_number: 3320 },
    },
  });
  writeFileSync(file, content);
  return file;
}

/** A delivery worker in this process, with an inventory, a small location database and a clock of its own. */
export async function testDelivery(
  snapshot: InventorySnapshot | undefined,
  extra: {
    env?: Record<string, string>;
    random?: () => number;
    geo?: GeoDb;
    isStaff?: (cookie: string) => boolean;
    /** Default: comments. */
    scripts?: TagSources;
    /** Default: one that nobody answers. */
    publicUrl?: string;
    /** Default: stands still. */
    now?: () => number;
  } = {},
): Promise<TestDelivery> {
  const dataDir = mkdtempSync(join(tmpdir(), 'signpost-delivery-'));
  const setInventory = (next: InventorySnapshot) =>
    writeFileSync(join(dataDir, 'snapshot.jsonl'), JSON.stringify(next));
  if (snapshot !== undefined) setInventory(snapshot);
  const clock = { nowMs: Date.UTC(2026, 10, 23, 12) };
  const delivery: RunningDelivery = await startDelivery({
    settings: parseSettings({ DATA_DIR: dataDir, SPOOL_SYNC: 'never', ...extra.env }),
    publicUrl: extra.publicUrl ?? 'http://ads.example.com',
    geo: extra.geo ?? (await openGeoDb({ files: [testGeoDbFile(dataDir)] })),
    tag: extra.scripts?.tag ?? Buffer.from('// the tag'),
    ...(extra.scripts === undefined ? {} : { scripts: extra.scripts }),
    logger: pino({ level: 'silent' }),
    now: extra.now ?? (() => clock.nowMs),
    random: extra.random ?? Math.random,
    ...(extra.isStaff === undefined ? {} : { isStaff: extra.isStaff }),
  });
  await new Promise<void>((resolve) => delivery.server.listen(0, '127.0.0.1', resolve));
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= delivery.close());
  const { port } = delivery.server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  const spool = join(dataDir, 'spool');
  return {
    origin,
    port,
    dataDir,
    clock,
    setInventory,
    fetch: (path, { from, ...init } = {}) =>
      fetch(origin + path, {
        redirect: 'manual',
        ...init,
        headers: { ...(from === undefined ? {} : { 'X-Forwarded-For': from }), ...init.headers },
      }),
    events: () =>
      (existsSync(spool) ? readdirSync(spool) : [])
        .sort()
        .flatMap((name) => readFileSync(join(spool, name), 'utf8').split('\n'))
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as LoggedEvent),
    stop,
    close: async () => {
      await stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Line items for Taiwan, Bavaria and California, one for everywhere else, in one zone of 300 × 250. */
export function regionalInventory(): InventorySnapshot {
  const asset = (id: number) => `${String(id).repeat(64)}.png`;
  const lineItem = (id: number, targeting: InventorySnapshot['lineItems'][number]['targeting']) => ({
    id,
    campaignId: id + 100,
    advertiserId: id + 200,
    type: targeting === null ? ('house' as const) : ('standard' as const),
    weight: 1,
    startMs: null,
    endMs: null,
    targeting,
    creativeIds: [id],
  });
  return {
    version: 1,
    madeAtMs: 0,
    sites: [{ id: 3, domain: 'news.example' }],
    zones: [
      { id: 12, siteId: 3, sizes: [[300, 250]] },
      { id: 13, siteId: 3, sizes: [[160, 600]] },
    ],
    lineItems: [
      lineItem(1, { on: 'country', in: ['TW'] }),
      lineItem(2, { on: 'region', in: ['DE-BY'] }),
      lineItem(4, { on: 'region', in: ['US-CA'] }),
      lineItem(5, null),
    ],
    creatives: [1, 2, 4, 5].map((id) => ({
      id,
      type: 'image',
      width: 300,
      height: 250,
      asset: asset(id),
      alt: `Creative "${id}"`,
      clickUrl: `https://example.com/landing/${id}?a=1&b=ü`,
    })),
    landings: [{ id: 77, clickUrl: 'https://example.com/gone' }],
  };
}
