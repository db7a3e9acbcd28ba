import { randomUUID } from 'node:crypto';
import { type Kysely, type Selectable, sql, type Updateable } from 'kysely';
import type { Tables } from '../../database/index.ts';
import { duePeriods } from './periods.ts';

export type Target = 'email' | 'folder' | 'bucket';
export type Schedule = Selectable<Tables['report_schedules']>;
export type Delivery = Selectable<Tables['report_deliveries']>;

/** A back office that has not renewed its claim by then has died. */
const claimMs = 30 * 60_000;
const renewEveryMs = 5 * 60_000;
/** Tries of one delivery, and the pause after the first; each pause is twice the one before. */
const mostAttempts = 8;
const firstPauseMs = 60_000;

/** How a claim is held. */
export interface Holding {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** Between two renewals. Default: five minutes. */
  readonly everyMs?: number;
}

/** Targets of a schedule. */
export function targetsOf({ targets }: Pick<Schedule, 'targets'>): Target[] {
  return (['email', 'folder', 'bucket'] as const).filter((target) => targets[target] !== undefined);
}

/**
 * What is to be sent, in the database: each schedule, period and target once. Several back offices may work on it at
 * once; a claim is renewed while it is worked on, and one that was killed at it loses it after half an hour.
 */
export class Deliveries {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  /** Takes down what fell due. Again and again changes nothing. @returns how many are new */
  async plan(nowMs: number): Promise<number> {
    const rows = await this.#allDue(nowMs);
    if (rows.length === 0) return 0;
    const made = await this.#db
      .insertInto('report_deliveries')
      .values(rows)
      .onConflict((conflict) => conflict.columns(['schedule_id', 'first_day', 'target']).doNothing())
      .returning('id')
      .execute();
    return made.length;
  }

  /** What `plan` would take down, and how many deliveries are then to be tried. Changes nothing. */
  async due(nowMs: number): Promise<{ planned: number; tried: number }> {
    const known = await this.#db
      .selectFrom('report_deliveries')
      .select(['schedule_id', 'first_day', 'target'])
      .execute();
    const keyOf = (row: (typeof known)[number]) => `${row.schedule_id} ${row.first_day} ${row.target}`;
    const keys = new Set(known.map(keyOf));
    const planned = (await this.#allDue(nowMs)).filter((row) => !keys.has(keyOf(row))).length;
    const open = await this.#open(nowMs).execute();
    return { planned, tried: planned + open.length };
  }

  /** Of every active schedule, the periods that are due and may be made up for. */
  async #allDue(nowMs: number) {
    const schedules = await this.#db
      .selectFrom('report_schedules')
      .selectAll()
      .where('status', '=', 'active')
      .execute();
    return schedules.flatMap((schedule) => {
      const { every, weekday, hour, time_zone: timeZone, active_since: since } = schedule;
      const periods = duePeriods({ every, weekday, hour, timeZone }, since.getTime(), nowMs);
      return periods.flatMap((period) =>
        targetsOf(schedule).map((target) => newDelivery(schedule, period, target)),
      );
    });
  }

  /** Those that may be claimed, in their order. */
  #open(nowMs: number) {
    const now = new Date(nowMs);
    return this.#db
      .selectFrom('report_deliveries as open')
      .innerJoin('report_schedules', 'report_schedules.id', 'open.schedule_id')
      .select('open.id')
      .where('report_schedules.status', '=', 'active')
      .where((where) =>
        where.or([
          where.and([where('open.status', '=', 'waiting'), where('open.next_at', '<=', now)]),
          where.and([where('open.status', '=', 'sending'), where('open.claimed_until', '<=', now)]),
        ]),
      )
      .orderBy('open.next_at')
      .orderBy('open.id');
  }

  /** Takes the oldest that is to be done; nobody else has it then. */
  async claim(nowMs: number): Promise<{ delivery: Delivery; schedule: Schedule } | undefined> {
    const delivery = await this.#db
      .updateTable('report_deliveries')
      .set({
        status: 'sending',
        claim: randomUUID(),
        claimed_until: new Date(nowMs + claimMs),
        attempts: sql`attempts + 1`,
      })
      .where('id', '=', this.#open(nowMs).limit(1).forUpdate('open').skipLocked())
      .returningAll()
      .executeTakeFirst();
    if (delivery === undefined) return undefined;
    const schedule = await this.#db
      .selectFrom('report_schedules')
      .selectAll()
      .where('id', '=', delivery.schedule_id)
      .executeTakeFirstOrThrow();
    return { delivery, schedule };
  }

  /** @returns false where the claim was lost meanwhile, so that somebody else may be at it */
  async renew(delivery: Delivery, nowMs: number): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable('report_deliveries')
      .set({ claimed_until: new Date(nowMs + claimMs) })
      .where('id', '=', delivery.id)
      .where('claim', '=', delivery.claim)
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  /**
   * Works on a delivery, and renews its claim as long as that takes. The work's signal is aborted where the claim was
   * lost; while the database cannot be asked it goes on.
   */
  async whileClaimed<Result>(
    delivery: Delivery,
    { now, signal, everyMs = renewEveryMs }: Holding,
    work: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    const lost = new AbortController();
    const timer = setInterval(() => {
      this.renew(delivery, now()).then(
        (held) => {
          if (!held) lost.abort(new Error('Another back office has taken the delivery over.'));
        },
        () => undefined,
      );
    }, everyMs);
    try {
      return await work(AbortSignal.any([signal, lost.signal]));
    } finally {
      clearInterval(timer);
    }
  }

  /** @returns false where the claim was lost meanwhile */
  delivered(delivery: Delivery, nowMs: number, result: object, provisional: boolean): Promise<boolean> {
    return this.#end(delivery, {
      ...{ status: 'delivered', ended_at: new Date(nowMs), error: null },
      ...{ result: JSON.stringify(result), provisional },
    });
  }

  /** To be looked at again, without having been tried: its numbers are not final. */
  notYet(delivery: Delivery, nextMs: number): Promise<boolean> {
    return this.#end(delivery, {
      ...{ status: 'waiting', next_at: new Date(nextMs) },
      ...{ attempts: delivery.attempts - 1, error: null },
    });
  }

  /** To be tried again later, or given up. */
  async failed(delivery: Delivery, nowMs: number, error: string): Promise<'waiting' | 'failed'> {
    if (delivery.attempts >= mostAttempts) {
      await this.#end(delivery, { status: 'failed', ended_at: new Date(nowMs), error });
      return 'failed';
    }
    const pauseMs = firstPauseMs * 2 ** (delivery.attempts - 1);
    await this.#end(delivery, { status: 'waiting', next_at: new Date(nowMs + pauseMs), error });
    return 'waiting';
  }

  async #end(delivery: Delivery, values: Updateable<Tables['report_deliveries']>): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable('report_deliveries')
      .set({ ...values, claim: null, claimed_until: null })
      .where('id', '=', delivery.id)
      .where('claim', '=', delivery.claim)
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }
}

export function newDelivery(
  { id }: Pick<Schedule, 'id'>,
  { firstDay, lastDay, dueMs }: { firstDay: string; lastDay: string; dueMs: number },
  target: Target,
) {
  const due = new Date(dueMs);
  return { schedule_id: id, first_day: firstDay, last_day: lastDay, target, due_at: due, next_at: due };
}
