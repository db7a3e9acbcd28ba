import { randomBytes } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../database/index.ts';
import {
  dayKey,
  daysWithKey,
  destroyDayKey,
  type KeyRing,
  keyRings,
  localSigningKeys,
  newSigningKey,
  restoredKeys,
  type SigningKey,
  type StoredKeys,
  storedKeys,
  tokenRing,
  writeSigningKeys,
} from './key-files.ts';

const dayMs = 86_400_000;

/** A new key is known this long before it signs, so that every machine can verify what it signs. */
const announcedMs = 10 * 60_000;

const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);

/**
 * Makes the keys of today and tomorrow the same on all machines that share the database, and destroys those of past
 * days, on this machine and in the database. Today's key, once in use on a machine, stays there for its day.
 */
export async function syncDayKeys(
  db: Kysely<Tables>,
  dataDir: string,
  nowMs: number,
): Promise<{ made: number; destroyed: number }> {
  const today = dayOf(nowMs);
  const local = daysWithKey(dataDir);
  let destroyed = 0;
  for (const day of local.filter((name) => name < today)) {
    destroyDayKey(dataDir, day);
    destroyed++;
  }
  let made = 0;
  for (const day of [today, dayOf(nowMs + dayMs)]) {
    const isNew = !local.includes(day);
    if (isNew) made++;
    const shared = await sharedDayKey(db, day, isNew ? randomBytes(16) : dayKey(dataDir, day));
    if (isNew) dayKey(dataDir, day, () => shared);
  }
  await forgetPastDays(db, today);
  return { made, destroyed };
}

/** What `syncDayKeys` would do now. */
export function dayKeysDue(dataDir: string, nowMs: number): { made: number; destroyed: number } {
  const today = dayOf(nowMs);
  const local = daysWithKey(dataDir);
  const made = [today, dayOf(nowMs + dayMs)].filter((day) => !local.includes(day)).length;
  return { made, destroyed: local.filter((day) => day < today).length };
}

/** The key in the database; `proposed` becomes it where there is none. Machines that ask at once get the same. */
async function sharedDayKey(db: Kysely<Tables>, day: string, proposed: Uint8Array): Promise<Uint8Array> {
  await db
    .insertInto('day_keys')
    .values({ day, key: proposed })
    .onConflict((on) => on.doNothing())
    .execute();
  const query = db.selectFrom('day_keys').select('key').where('day', '=', day);
  return (await query.executeTakeFirstOrThrow()).key;
}

/** A deleted row's bytes stay in the table's file; emptying the table gives it a new file, and the rest comes back. */
async function forgetPastDays(db: Kysely<Tables>, today: string): Promise<void> {
  const past = await db.selectFrom('day_keys').select('day').where('day', '<', today).executeTakeFirst();
  if (past === undefined) return;
  await db.transaction().execute(async (transaction) => {
    const kept = await transaction.selectFrom('day_keys').selectAll().where('day', '>=', today).execute();
    await sql`TRUNCATE day_keys`.execute(transaction);
    if (kept.length > 0) await transaction.insertInto('day_keys').values(kept).execute();
  });
}

type KeyChanges = { readonly made: number; readonly dropped: number };

const added = (changes: readonly KeyChanges[]): KeyChanges => ({
  made: changes.reduce((sum, { made }) => sum + made, 0),
  dropped: changes.reduce((sum, { dropped }) => sum + dropped, 0),
});

/**
 * Puts the signing keys of this machine, of tokens and of cookies, and those in the database together, makes a new one
 * when the newest is a month old, drops those that no living token or cookie can carry, and writes the outcome to both.
 */
export async function syncSigningKeys(
  db: Kysely<Tables>,
  dataDir: string,
  nowMs: number,
): Promise<KeyChanges> {
  const changes: KeyChanges[] = [];
  for (const ring of keyRings) changes.push(await syncRing(db, dataDir, nowMs, ring));
  return added(changes);
}

async function syncRing(
  db: Kysely<Tables>,
  dataDir: string,
  nowMs: number,
  ring: KeyRing,
): Promise<KeyChanges> {
  const local = localSigningKeys(dataDir, ring);
  const first = local.length > 0 ? local : [newSigningKey([], nowMs)];
  const outcome = await db.transaction().execute(async (transaction) => {
    await transaction
      .insertInto('secrets')
      .values({ name: ring.secret, value: JSON.stringify(storedKeys(first)) })
      .onConflict((on) => on.doNothing())
      .execute();
    const row = await transaction
      .selectFrom('secrets')
      .select('value')
      .where('name', '=', ring.secret)
      .forUpdate()
      .executeTakeFirstOrThrow();
    const shared = restoredKeys(row.value as StoredKeys);
    const next = nextSigningKeys(local, shared, nowMs, ring);
    if (!sameKeys(next.keys, shared)) {
      await transaction
        .updateTable('secrets')
        .set({ value: JSON.stringify(storedKeys(next.keys)), updated_at: new Date(nowMs) })
        .where('name', '=', ring.secret)
        .execute();
    }
    return next;
  });
  if (!sameKeys(outcome.keys, local)) writeSigningKeys(dataDir, outcome.keys, ring);
  return { made: outcome.made, dropped: outcome.dropped };
}

/** What `syncSigningKeys` would do now. */
export async function signingKeysDue(
  db: Kysely<Tables>,
  dataDir: string,
  nowMs: number,
): Promise<KeyChanges> {
  const changes: KeyChanges[] = [];
  for (const ring of keyRings) {
    const row = await db
      .selectFrom('secrets')
      .select('value')
      .where('name', '=', ring.secret)
      .executeTakeFirst();
    const shared = row === undefined ? [] : restoredKeys(row.value as StoredKeys);
    changes.push(nextSigningKeys(localSigningKeys(dataDir, ring), shared, nowMs, ring));
  }
  return added(changes);
}

/**
 * What the keys should be, given those of a machine and those shared. What only this machine knows must not sign: the
 * others could not verify it until they have heard of it. A machine whose own key has an id that another
 * key has in the database gives its own up: the tokens that it signed until then do not verify any more.
 */
export function nextSigningKeys(
  local: readonly SigningKey[],
  shared: readonly SigningKey[],
  nowMs: number,
  { signsMs, verifiesMs }: Pick<KeyRing, 'signsMs' | 'verifiesMs'> = tokenRing,
): { keys: readonly SigningKey[]; made: number; dropped: number } {
  const taken = new Set(shared.map(({ id }) => id));
  const all = [
    ...shared,
    ...local.filter(({ id }) => !taken.has(id)).map((key) => ({ ...key, verifyOnly: true })),
  ].sort((a, b) => a.signsFromMs - b.signsFromMs);
  const living = all.filter(({ signsFromMs }, at) => {
    // It signs for its time, and on until the next one does: that may be late, where nothing ran for a while.
    const next = all.slice(at + 1).find(({ verifyOnly }) => !verifyOnly);
    const lastSignedMs = Math.max(signsFromMs + signsMs, next?.signsFromMs ?? nowMs);
    return nowMs - lastSignedMs < verifiesMs;
  });
  const newest = living.findLast(({ verifyOnly }) => !verifyOnly);
  const due = newest === undefined || nowMs - newest.signsFromMs >= signsMs;
  const keys = due ? [...living, newSigningKey(living, nowMs + announcedMs)] : living;
  return { keys, made: due ? 1 : 0, dropped: all.length - living.length };
}

function sameKeys(left: readonly SigningKey[], right: readonly SigningKey[]): boolean {
  return JSON.stringify(storedKeys(left)) === JSON.stringify(storedKeys(right));
}
