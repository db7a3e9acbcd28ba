import type { Kysely } from 'kysely';
import type { Tables } from '../database/index.ts';
import type { Overdue } from './overdue.ts';
import type { ScannedStore } from './scan.ts';

/** The last scan of one machine. */
export interface MachineScan {
  readonly machine: string;
  readonly madeAt: string;
  readonly tookMs: number;
  readonly stores: readonly ScannedStore[];
  readonly overdue: readonly Overdue[];
  /** Stores that could not be looked at at all, and why. */
  readonly failed: readonly { readonly store: string; readonly reason: string }[];
}

/** A machine that has said nothing for so long is gone. */
const forgottenAfterMs = 7 * 86_400_000;

/** Places with what should not be there, with what should be gone, and what could not be looked at. */
export const problemsOf = ({ stores, overdue, failed }: MachineScan): number =>
  stores.reduce((sum, each) => sum + each.findings.length + each.moreFindings + each.unreadable.length, 0) +
  overdue.length +
  failed.length;

export async function putScan(db: Kysely<Tables>, scan: MachineScan): Promise<void> {
  const row = {
    machine: scan.machine,
    made_at: new Date(scan.madeAt),
    problems: problemsOf(scan),
    content: JSON.stringify(scan),
  };
  await db
    .insertInto('privacy_scans')
    .values(row)
    .onConflict((conflict) => conflict.column('machine').doUpdateSet(row))
    .execute();
  await db
    .deleteFrom('privacy_scans')
    .where('made_at', '<', new Date(row.made_at.getTime() - forgottenAfterMs))
    .execute();
}

/** The last scan of each machine. */
export async function readScans(db: Kysely<Tables>): Promise<MachineScan[]> {
  const rows = await db.selectFrom('privacy_scans').select('content').orderBy('machine').execute();
  return rows.map(({ content }) => content as MachineScan);
}

/** How many problems the last scans found together, and when the oldest of them was; null before the first. */
export async function storedProblems(db: Kysely<Tables>): Promise<{ problems: number; madeAt: Date } | null> {
  const rows = await db.selectFrom('privacy_scans').select(['problems', 'made_at']).execute();
  if (rows.length === 0) return null;
  return {
    problems: rows.reduce((sum, { problems }) => sum + problems, 0),
    madeAt: new Date(Math.min(...rows.map(({ made_at }) => made_at.getTime()))),
  };
}
