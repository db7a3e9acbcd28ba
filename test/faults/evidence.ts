import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { offline } from '../system/offline.ts';
import { type Load, pagePrefix } from './load.ts';

/** What the stored events say against the product; all of it has to be empty. */
export interface Evidence {
  /** Acknowledged events that are not there. */
  readonly lost: readonly string[];
  /** Events that are there more than once. */
  readonly doubled: readonly string[];
  /** Events that nobody sent. */
  readonly strange: readonly string[];
  /** Log lines that could not be read. */
  readonly rejected: readonly string[];
}

export interface StoredCounts {
  readonly pageViews: number;
  readonly adRequests: number;
  readonly impressions: number;
}

/**
 * Compares each event sent with the events stored, and makes the rollups of two hours from now. Nothing may run on
 * the data directory.
 */
export async function evidence(
  dataDir: string,
  load: Load,
): Promise<{
  evidence: Evidence;
  stored: StoredCounts;
  rolledUp: number | undefined;
  reportedFromRollups: StoredCounts;
}> {
  const { results, rolledUp, traffic } = await offline({
    dataDir,
    rollUpAtMs: Date.now() + 2 * 3_600_000,
    queries: storedQueries,
  });
  const rejected = join(dataDir, 'spool', 'rejected');
  return {
    ...judge(load, results, existsSync(rejected) ? readdirSync(rejected) : []),
    rolledUp: rolledUp?.events,
    reportedFromRollups: {
      pageViews: Number(traffic['pageViews']),
      adRequests: Number(traffic['adRequests']),
      impressions: Number(traffic['impressions']),
    },
  };
}

const byId = (type: string) =>
  `SELECT leftPad(lower(hex(id)), 16, '0') AS name, count() AS times FROM events WHERE type = '${type}' GROUP BY id`;

/** Every stored page view, ad request and impression by its name, and how often it is there. */
export const storedQueries: readonly string[] = [
  `SELECT substring(page, ${pagePrefix.length + 1}) AS name, count() AS times
   FROM events WHERE type = 'page_view' GROUP BY page`,
  byId('ad_request'),
  byId('impression'),
];

/** @param results rows of `storedQueries` */
export function judge(
  load: Load,
  results: readonly (readonly unknown[])[],
  rejected: readonly string[],
): { evidence: Evidence; stored: StoredCounts } {
  const [pages, ads, impressions] = results.map(
    (rows) => new Map((rows as { name: string; times: number }[]).map(({ name, times }) => [name, times])),
  ) as [Map<string, number>, Map<string, number>, Map<string, number>];
  return {
    evidence: {
      lost: [
        ...missing('page view', load.pages.acknowledged, pages),
        ...missing('ad request', load.adRequests.acknowledged, ads),
        ...missing('impression', load.impressions.acknowledged, impressions),
      ],
      doubled: [
        ...repeated('page view', pages),
        ...repeated('ad request', ads),
        ...repeated('impression', impressions),
      ],
      strange: [
        ...[...pages.keys()].filter((name) => !load.pages.sent.has(name)),
        ...[...impressions.keys()].filter((name) => !load.impressions.sent.has(name)),
      ],
      rejected,
    },
    stored: { pageViews: sum(pages), adRequests: sum(ads), impressions: sum(impressions) },
  };
}

function missing(what: string, wanted: ReadonlySet<string>, stored: ReadonlyMap<string, number>): string[] {
  return [...wanted].filter((name) => !stored.has(name)).map((name) => `${what} ${name}`);
}

function repeated(what: string, stored: ReadonlyMap<string, number>): string[] {
  return [...stored]
    .filter(([, times]) => times > 1)
    .map(([name, times]) => `${what} ${name}: ${times} times`);
}

function sum(stored: ReadonlyMap<string, number>): number {
  return [...stored.values()].reduce((total, times) => total + times, 0);
}
