import { type RequestHandler, Router } from 'express';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../database/index.ts';
import { type MachineState, machineChecks } from '../metrics/index.ts';

/** One thing about the back office, and what it is like, in words. */
export interface OfficeCheck {
  readonly name: string;
  /** Whether the back office can do its work with this. */
  readonly ok: boolean;
  readonly detail: string;
  /** What does not keep it from working, and needs somebody all the same. */
  readonly warnings?: readonly string[];
}

type Checked = OfficeCheck | readonly OfficeCheck[];

/** Everything that is looked at, in its order. */
export class Readiness {
  readonly #checks: readonly (() => Checked | Promise<Checked>)[];

  constructor(checks: readonly (() => Checked | Promise<Checked>)[]) {
    this.#checks = checks;
  }

  async look(): Promise<{ ready: boolean; checks: OfficeCheck[] }> {
    const checks = (await Promise.all(this.#checks.map((check) => check()))).flat();
    return { ready: checks.every(({ ok }) => ok), checks };
  }
}

/** `GET /readyz` of the back office: 503 where a check is not ok. It says nothing that is secret, and needs no key. */
export function readinessRouter(readiness: Readiness): Router {
  const answer: RequestHandler = async (_request, response) => {
    const found = await readiness.look();
    response
      .status(found.ready ? 200 : 503)
      .set('Cache-Control', 'no-store')
      .json(found);
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

/** How this machine's shipping and disk are; nothing where that was not looked at yet. */
export function machineOfficeChecks(state: MachineState | undefined, nowMs: number): OfficeCheck[] {
  if (state === undefined) return [];
  return machineChecks(state, nowMs).map(({ warnings, ...check }) =>
    warnings.length === 0 ? { ...check, ok: true } : { ...check, ok: true, warnings },
  );
}

/** Jobs that are late or fail are told of; the console works on without them. */
export function jobsCheck(problems: readonly string[], jobs: number): OfficeCheck {
  const name = 'jobs';
  if (problems.length === 0) return { name, ok: true, detail: `All ${jobs} jobs are in time.` };
  const detail = `${problems.length} of ${jobs} jobs ${problems.length === 1 ? 'needs' : 'need'} somebody.`;
  return { name, ok: true, detail, warnings: problems };
}
