import type { Kysely } from 'kysely';
import type { Tables } from '../database/index.ts';
import type { OfficeCheck } from '../operations/index.ts';
import { storedProblems } from './scan-store.ts';

/** A machine whose last scan is older was not looked through in its time: they come once a day. */
const lateAfterMs = 3 * 86_400_000;

/** What the last scans found; the console works on whatever that is. */
export async function privacyCheck(db: Kysely<Tables>, nowMs: number): Promise<OfficeCheck> {
  const name = 'privacy';
  const found = await storedProblems(db).catch(() => undefined);
  if (found === undefined) return { name, ok: true, detail: 'Not known: PostgreSQL does not answer.' };
  if (found === null) return { name, ok: true, detail: 'Nothing was looked through yet.' };
  const when = found.madeAt.toISOString().replace(/\.\d+Z$/, 'Z');
  const late =
    nowMs - found.madeAt.getTime() > lateAfterMs ? [`Nothing was looked through since ${when}.`] : [];
  if (found.problems === 0) {
    const detail = `Nothing was found that should not be there, ${when}.`;
    return late.length === 0 ? { name, ok: true, detail } : { name, ok: true, detail, warnings: late };
  }
  const detail = `${found.problems} ${found.problems === 1 ? 'place needs' : 'places need'} somebody, ${when}.`;
  const warnings = ['There is something that should not be there: see "signpost privacy report".', ...late];
  return { name, ok: true, detail, warnings };
}
