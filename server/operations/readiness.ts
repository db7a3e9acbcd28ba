import { type RequestHandler, Router } from 'express';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../database/index.ts';

/** One thing about the back office, and what it is like, in words. */
export interface OfficeCheck {
  readonly name: string;
  /** Whether the back office can do its work with this. */
  readonly ok: boolean;
  readonly detail: string;
  /** What does not keep it from working, and needs somebody all the same. */
  readonly warnings?: readonly string[];
}

/** `GET /readyz` of the back office: 503 where a check is not ok. It says nothing that is secret, and needs no key. */
export function readinessRouter(checks: readonly (() => OfficeCheck | Promise<OfficeCheck>)[]): Router {
  const answer: RequestHandler = async (_request, response) => {
    const found = await Promise.all(checks.map((check) => check()));
    const ready = found.every(({ ok }) => ok);
    response
      .status(ready ? 200 : 503)
      .set('Cache-Control', 'no-store')
      .json({ ready, checks: found });
  };
  return Router().get('/readyz', answer);
}

export async function databaseCheck(db: Kysely<Tables>): Promise<OfficeCheck> {
  const name = 'database';
  try {
    await sql`SELECT 1`.execute(db);
    return { name, ok: true, detail: 'PostgreSQL answers.' };
  } catch {
    return { name, ok: false, detail: 'PostgreSQL does not answer.' };
  }
}

/** Jobs that are late or fail are told of; the console works on without them. */
export function jobsCheck(problems: readonly string[], jobs: number): OfficeCheck {
  const name = 'jobs';
  if (problems.length === 0) return { name, ok: true, detail: `All ${jobs} jobs are in time.` };
  const detail = `${problems.length} of ${jobs} jobs ${problems.length === 1 ? 'needs' : 'need'} somebody.`;
  return { name, ok: true, detail, warnings: problems };
}
