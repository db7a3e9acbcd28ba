import { type Kysely, sql } from 'kysely';
import type { Tables } from '../database/index.ts';
import { DailyCurve, quartersOfDay } from './daily-curve.ts';
import type { LedgerState } from './ledger.ts';
import type { WorkerLeases, WorkerReport } from './protocol.ts';

/** For so long the controller's place is kept without a sign of life. */
const heldMs = 10_000;

/** What pacing keeps in the database. */
export class PacingStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  /**
   * Takes the place of the one controller, or stays in it. By the database's clock.
   * @returns whether `owner` has it
   */
  async hold(owner: string): Promise<boolean> {
    const until = sql<Date>`now() + ${heldMs} * interval '1 millisecond'`;
    const row = await this.#db
      .insertInto('pacing_controller')
      .values({ owner, held_until: until })
      .onConflict((on) =>
        on
          .column('only_row')
          .doUpdateSet({ owner, held_until: until })
          .where((where) =>
            where.or([
              where('pacing_controller.owner', '=', owner),
              where('pacing_controller.held_until', '<', sql<Date>`now()`),
            ]),
          ),
      )
      .returning('owner')
      .executeTakeFirst();
    return row !== undefined;
  }

  /** Leaves the place to whoever comes next. */
  async release(owner: string): Promise<void> {
    await this.#db.deleteFrom('pacing_controller').where('owner', '=', owner).execute();
  }

  async states(): Promise<[number, LedgerState][]> {
    const rows = await this.#db.selectFrom('pacing_ledger').select(['line_item_id', 'state']).execute();
    return rows.map((row) => [row.line_item_id, row.state as LedgerState]);
  }

  /**
   * Keeps states, all or none, and only as long as `owner` is the controller.
   * @returns false where it is not any more
   */
  async keep(owner: string, states: readonly (readonly [number, LedgerState])[]): Promise<boolean> {
    return this.#db.transaction().execute(async (transaction) => {
      const mine = await transaction
        .selectFrom('pacing_controller')
        .select('owner')
        .where('owner', '=', owner)
        .forShare()
        .executeTakeFirst();
      if (mine === undefined) return false;
      await transaction
        .insertInto('pacing_ledger')
        .values(states.map(([id, state]) => ({ line_item_id: id, state: JSON.stringify(state) })))
        .onConflict((on) =>
          on.column('line_item_id').doUpdateSet((excluded) => ({
            state: excluded.ref('excluded.state'),
            updated_at: sql<Date>`now()`,
          })),
        )
        .execute();
      return true;
    });
  }

  /** The last reports of other machines' workers. */
  async remoteReports(): Promise<{ report: WorkerReport; ended: boolean }[]> {
    const rows = await this.#db.selectFrom('pacing_workers').select(['report', 'ended']).execute();
    return rows.map((row) => ({ report: row.report as WorkerReport, ended: row.ended }));
  }

  async bringReport(report: WorkerReport, ended: boolean): Promise<void> {
    const text = JSON.stringify(report);
    const values = { report: text, ended, seen_at: new Date() };
    await this.#db
      .insertInto('pacing_workers')
      .values({ worker: report.worker, ...values })
      .onConflict((on) => on.column('worker').doUpdateSet(values))
      .execute();
  }

  async grantRemote(leases: WorkerLeases): Promise<void> {
    await this.#db
      .updateTable('pacing_workers')
      .set({ leases: JSON.stringify(leases) })
      .where('worker', '=', leases.worker)
      .execute();
  }

  async remoteLeases(workers: readonly string[]): Promise<WorkerLeases[]> {
    if (workers.length === 0) return [];
    const rows = await this.#db
      .selectFrom('pacing_workers')
      .select('leases')
      .where('worker', 'in', workers)
      .execute();
    return rows.flatMap(({ leases }) => (leases === null ? [] : (leases as WorkerLeases)));
  }

  async removeRemote(worker: string): Promise<void> {
    await this.#db.deleteFrom('pacing_workers').where('worker', '=', worker).execute();
  }

  /** Says that a machine's events up to a time are in ClickHouse. */
  async shipped(machine: string, untilMs: number): Promise<void> {
    const values = { shipped_until: new Date(untilMs), seen_at: new Date() };
    await this.#db
      .insertInto('pacing_shipped')
      .values({ machine, ...values })
      .onConflict((on) => on.column('machine').doUpdateSet(values))
      .execute();
  }

  /** Up to when the events of all machines heard of since a time are in ClickHouse; undefined where there is none. */
  async shippedUntil(heardSinceMs: number): Promise<number | undefined> {
    const row = await this.#db
      .selectFrom('pacing_shipped')
      .select((select) => select.fn.min('shipped_until').as('until'))
      .where('seen_at', '>', new Date(heardSinceMs))
      .executeTakeFirst();
    return row?.until?.getTime();
  }

  /** The learnt curves, by `<site or 0> <time zone>`. */
  async curves(): Promise<ReadonlyMap<string, DailyCurve>> {
    const rows = await this.#db
      .selectFrom('daily_curves')
      .select(['site_id', 'time_zone', 'weights'])
      .execute();
    return new Map(
      rows
        .filter(({ weights }) => weights.length === quartersOfDay)
        .map((row) => [`${row.site_id} ${row.time_zone}`, new DailyCurve(row.weights)]),
    );
  }

  async keepCurve(siteId: number, timeZone: string, curve: DailyCurve): Promise<void> {
    const values = { weights: JSON.stringify(curve.weights), learnt_at: new Date() };
    await this.#db
      .insertInto('daily_curves')
      .values({ site_id: siteId, time_zone: timeZone, ...values })
      .onConflict((on) => on.columns(['site_id', 'time_zone']).doUpdateSet(values))
      .execute();
  }
}
