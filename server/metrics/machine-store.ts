import { type Kysely, sql } from 'kysely';
import type { Tables } from '../database/index.ts';
import type { Samples } from './samples.ts';

/** After so long without a word a machine is no longer told of. */
const forgottenAfterMs = 86_400_000;

export async function tellMachine(db: Kysely<Tables>, machine: string, samples: Samples): Promise<void> {
  const row = { machine, samples: JSON.stringify(samples), seen_at: sql<Date>`now()` };
  await db
    .insertInto('machine_metrics')
    .values(row)
    .onConflict((conflict) => conflict.column('machine').doUpdateSet(row))
    .execute();
}

/** What other machines have told, with the age of what they said. */
export async function otherMachines(db: Kysely<Tables>): Promise<Map<string, Samples>> {
  await db
    .deleteFrom('machine_metrics')
    .where('seen_at', '<', new Date(Date.now() - forgottenAfterMs))
    .execute();
  const rows = await db
    .selectFrom('machine_metrics')
    .select(['machine', 'samples', sql<number>`extract(epoch FROM now() - seen_at)::float8`.as('age_s')])
    .execute();
  return new Map(
    rows.map(({ machine, samples, age_s }) => [
      machine,
      { ...samples, signpost_metrics_age_seconds: Math.max(0, age_s) },
    ]),
  );
}
