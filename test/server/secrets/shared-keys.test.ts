import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CookieKeys } from '../../../server/audience/index.ts';
import { cookieKinds, cookieTable } from '../../../server/audience/purposes.ts';
import type { Database } from '../../../server/database/index.ts';
import { type Decided, TokenSigner } from '../../../server/delivery/token.ts';
import {
  cookieRing,
  dayKey,
  daysWithKey,
  newSigningKey,
  nextSigningKeys,
  readSigningKeys,
  type SigningKey,
  signingKeysFile,
  syncDayKeys,
  syncSigningKeys,
  writeSigningKeys,
} from '../../../server/secrets/index.ts';
import { openMigratedDatabase } from '../../support/migrated-database.ts';
import { dayMs, scratchDataDir } from './scratch.ts';

const noon = Date.UTC(2026, 10, 23, 12);
const minuteMs = 60_000;
let database: Database;
beforeAll(async () => {
  database = await openMigratedDatabase();
});
beforeEach(async () => {
  await database.db.deleteFrom('day_keys').execute();
  await database.db.deleteFrom('secrets').execute();
});
afterAll(() => database.close());

const hex = (key: Uint8Array) => Buffer.from(key).toString('hex');
const storedDays = async () => {
  const rows = await database.db.selectFrom('day_keys').selectAll().orderBy('day').execute();
  return rows.map(({ day, key }) => [day, hex(key)]);
};

describe('syncDayKeys', () => {
  it('gives two machines the same keys of today and tomorrow', async () => {
    const [one, two] = [scratchDataDir(), scratchDataDir()];
    expect(await syncDayKeys(database.db, one, noon)).toEqual({ made: 2, destroyed: 0 });
    expect(await syncDayKeys(database.db, two, noon)).toEqual({ made: 2, destroyed: 0 });
    for (const day of ['2026-11-23', '2026-11-24']) {
      expect(dayKey(two, day)).toEqual(dayKey(one, day));
    }
    expect(dayKey(one, '2026-11-23')).not.toEqual(dayKey(one, '2026-11-24'));
    expect((await storedDays()).map(([day]) => day)).toEqual(['2026-11-23', '2026-11-24']);
  });

  it('gives machines that ask at the same time the same keys', async () => {
    const machines = Array.from({ length: 5 }, scratchDataDir);
    await Promise.all(machines.map((dataDir) => syncDayKeys(database.db, dataDir, noon)));
    for (const day of ['2026-11-23', '2026-11-24']) {
      const keys = new Set(machines.map((dataDir) => hex(dayKey(dataDir, day))));
      expect(keys).toEqual(new Set([Object.fromEntries(await storedDays())[day]]));
    }
  });

  it('leaves a machine the key of today that it has in use, and agrees from tomorrow on', async () => {
    const [one, two] = [scratchDataDir(), scratchDataDir()];
    const inUse = dayKey(two, '2026-11-23');
    await syncDayKeys(database.db, one, noon);
    expect(await syncDayKeys(database.db, two, noon)).toEqual({ made: 1, destroyed: 0 });
    expect(dayKey(two, '2026-11-23')).toEqual(inUse);
    expect(dayKey(one, '2026-11-23')).not.toEqual(inUse);
    expect(dayKey(two, '2026-11-24')).toEqual(dayKey(one, '2026-11-24'));
  });

  it('shares the key that a machine already used alone', async () => {
    const [one, two] = [scratchDataDir(), scratchDataDir()];
    const inUse = dayKey(one, '2026-11-23');
    await syncDayKeys(database.db, one, noon);
    await syncDayKeys(database.db, two, noon);
    expect(dayKey(two, '2026-11-23')).toEqual(inUse);
  });

  it('destroys past keys on disk and in the database, and keeps the others as they are', async () => {
    const dataDir = scratchDataDir();
    await syncDayKeys(database.db, dataDir, noon - dayMs);
    const today = dayKey(dataDir, '2026-11-23');
    const past = hex(dayKey(dataDir, '2026-11-22'));
    expect(await syncDayKeys(database.db, dataDir, noon)).toEqual({ made: 1, destroyed: 1 });
    expect([...daysWithKey(dataDir)].sort()).toEqual(['2026-11-23', '2026-11-24']);
    expect(existsSync(join(dataDir, 'keys', 'day', '2026-11-22'))).toBe(false);
    expect(dayKey(dataDir, '2026-11-23')).toEqual(today);
    expect(await storedDays()).toEqual([
      ['2026-11-23', hex(today)],
      ['2026-11-24', hex(dayKey(dataDir, '2026-11-24'))],
    ]);
    expect(JSON.stringify(await storedDays())).not.toContain(past);
  });

  it('turns at midnight UTC, to the millisecond', async () => {
    const dataDir = scratchDataDir();
    const midnight = Date.UTC(2026, 10, 24);
    await syncDayKeys(database.db, dataDir, midnight - 1);
    expect([...daysWithKey(dataDir)].sort()).toEqual(['2026-11-23', '2026-11-24']);
    await syncDayKeys(database.db, dataDir, midnight);
    expect([...daysWithKey(dataDir)].sort()).toEqual(['2026-11-24', '2026-11-25']);
  });

  it('changes nothing when it is run again', async () => {
    const dataDir = scratchDataDir();
    await syncDayKeys(database.db, dataDir, noon);
    const before = await storedDays();
    expect(await syncDayKeys(database.db, dataDir, noon + 1)).toEqual({ made: 0, destroyed: 0 });
    expect(await storedDays()).toEqual(before);
  });

  it('puts the keys back into a database that lost them in a crash', async () => {
    const dataDir = scratchDataDir();
    await syncDayKeys(database.db, dataDir, noon);
    const before = await storedDays();
    await database.db.deleteFrom('day_keys').execute();
    await syncDayKeys(database.db, dataDir, noon);
    expect(await storedDays()).toEqual(before);
  });
});

const decidedAt = (timeMs: number): Decided => ({
  timeMs,
  idHigh: 1,
  idLow: 2,
  site: 3,
  zone: 4,
  advertiser: 5,
  campaign: 6,
  lineItem: 7,
  creative: 8,
  visitor: 9,
  browser: 10,
  country: 11,
});
const signedBy = (keys: readonly SigningKey[], timeMs: number) =>
  new TokenSigner(keys).sign(decidedAt(timeMs));
const accepts = (keys: readonly SigningKey[], token: string) =>
  new TokenSigner(keys).verify(token) !== undefined;
const keyIdOf = (token: string) => Buffer.from(token, 'base64url')[0];
/** Machines with one key each, of different ids. */
const machine = (id: number, signsFromMs = noon): string => {
  const dataDir = scratchDataDir();
  writeSigningKeys(dataDir, [{ ...newSigningKey([], signsFromMs), id }]);
  return dataDir;
};

describe('syncSigningKeys', () => {
  it("lets two machines verify each other's tokens, also those signed before they knew of each other", async () => {
    const [one, two] = [machine(1), machine(2, noon + 5)];
    const early = [one, two].map((dataDir) => signedBy(readSigningKeys(dataDir), noon + 10));
    for (const dataDir of [one, two, one]) await syncSigningKeys(database.db, dataDir, noon + minuteMs);
    expect(readSigningKeys(one)).toEqual(readSigningKeys(two));
    const later = [one, two].map((dataDir) => signedBy(readSigningKeys(dataDir), noon + 2 * minuteMs));
    for (const token of [...early, ...later]) {
      expect(accepts(readSigningKeys(one), token)).toBe(true);
      expect(accepts(readSigningKeys(two), token)).toBe(true);
    }
    expect(later.map(keyIdOf)).toEqual([1, 1]);
  });

  it('brings machines together that run it at the same time', async () => {
    const machines = [1, 2, 3, 4].map((id) => machine(id, noon + id));
    for (let round = 0; round < 2; round++) {
      await Promise.all(machines.map((dataDir) => syncSigningKeys(database.db, dataDir, noon + minuteMs)));
    }
    for (const dataDir of machines) {
      expect(readSigningKeys(dataDir).map(({ id }) => id)).toEqual([1, 2, 3, 4]);
    }
  });

  it('makes a machine whose key has the id of another one take over the other', async () => {
    const [one, two] = [machine(7), machine(7)];
    await syncSigningKeys(database.db, one, noon);
    await syncSigningKeys(database.db, two, noon);
    expect(readSigningKeys(two)).toEqual(readSigningKeys(one));
  });

  it('leaves the file alone where nothing changed', async () => {
    const dataDir = machine(1);
    await syncSigningKeys(database.db, dataDir, noon);
    const before = readFileSync(signingKeysFile(dataDir));
    expect(await syncSigningKeys(database.db, dataDir, noon + minuteMs)).toEqual({ made: 0, dropped: 0 });
    expect(readFileSync(signingKeysFile(dataDir))).toEqual(before);
  });

  it('rotates after thirty days, once for all machines, ten minutes after it was announced', async () => {
    const [one, two] = [machine(1), machine(2, noon - 1)];
    await syncSigningKeys(database.db, one, noon);
    await syncSigningKeys(database.db, two, noon);
    await syncSigningKeys(database.db, one, noon);
    const due = noon + 30 * dayMs;
    expect(await syncSigningKeys(database.db, one, due - 1)).toEqual({ made: 0, dropped: 0 });
    expect(await syncSigningKeys(database.db, one, due)).toEqual({ made: 2, dropped: 0 });
    expect(await syncSigningKeys(database.db, two, due)).toEqual({ made: 0, dropped: 0 });
    const keys = readSigningKeys(one);
    expect(readSigningKeys(two)).toEqual(keys);
    expect(keys).toHaveLength(3);
    expect(keys.at(-1)?.signsFromMs).toBe(due + 10 * minuteMs);
    expect(keyIdOf(signedBy(keys, due + 10 * minuteMs - 1))).toBe(1);
    expect(keyIdOf(signedBy(keys, due + 10 * minuteMs))).toBe(keys.at(-1)?.id);
  });
});

describe('nextSigningKeys', () => {
  /** Runs the job once an hour, as if a machine were alone, and gives each hour's keys. */
  function* hours(from: number, days: number): Generator<[nowMs: number, keys: readonly SigningKey[]]> {
    let keys: readonly SigningKey[] = [newSigningKey([], from)];
    for (let nowMs = from; nowMs < from + days * dayMs; nowMs += 60 * minuteMs) {
      keys = nextSigningKeys(keys, keys, nowMs).keys;
      yield [nowMs, keys];
    }
  }

  it('never drops a key while a token of it is younger than a week, over a year', () => {
    const tokens: [timeMs: number, token: string][] = [];
    let most = 0;
    for (const [nowMs, keys] of hours(noon, 365)) {
      const signer = new TokenSigner(keys);
      tokens.push([nowMs, signer.sign(decidedAt(nowMs))]);
      while (tokens[0] !== undefined && tokens[0][0] < nowMs - 7 * dayMs) tokens.shift();
      for (const [timeMs, token] of tokens) {
        if (signer.verify(token) === undefined) throw new Error(`${timeMs} is refused at ${nowMs}`);
      }
      most = Math.max(most, keys.length);
    }
    expect(most).toBe(2);
  });

  it('keeps the key of a machine that was off for months while its last tokens live', () => {
    const [first] = [newSigningKey([], noon)];
    const back = noon + 100 * dayMs;
    const token = signedBy([first], back);
    let keys: readonly SigningKey[] = [first];
    for (let nowMs = back; nowMs <= back + 7 * dayMs; nowMs += 60 * minuteMs) {
      keys = nextSigningKeys(keys, keys, nowMs).keys;
      expect(accepts(keys, token)).toBe(true);
      if (nowMs < back + 10 * minuteMs) expect(keyIdOf(signedBy(keys, nowMs))).toBe(first.id);
    }
    expect(keys).toHaveLength(2);
    const later = nextSigningKeys(keys, keys, back + 15 * dayMs);
    expect(later).toMatchObject({ made: 0, dropped: 1 });
    expect(accepts(later.keys, token)).toBe(false);
  });

  it('drops a key once no living token can carry it', () => {
    const old = newSigningKey([], noon);
    const current = newSigningKey([old], noon + 30 * dayMs);
    const keys = [old, current];
    expect(nextSigningKeys(keys, keys, noon + 44 * dayMs - 1)).toEqual({ keys, made: 0, dropped: 0 });
    expect(nextSigningKeys(keys, keys, noon + 44 * dayMs)).toEqual({ keys: [current], made: 0, dropped: 1 });
  });

  it('keeps what a cookie was signed with for as long as the longest cookie lives', () => {
    const longestDays = Math.max(...cookieKinds.map((kind) => cookieTable[kind].lifeDays));
    let keys: readonly SigningKey[] = [newSigningKey([], noon)];
    const cookies: { readonly fromMs: number; readonly text: string }[] = [];
    for (let nowMs = noon; nowMs < noon + 800 * dayMs; nowMs += dayMs) {
      keys = nextSigningKeys(keys, keys, nowMs, cookieRing).keys;
      const ready = new CookieKeys(keys);
      cookies.push({ fromMs: nowMs, text: ready.seal(Buffer.of(1), nowMs, 'interests') });
      for (const { fromMs, text } of cookies.filter((cookie) => nowMs - cookie.fromMs <= longestDays * dayMs))
        if (ready.open(text, 'interests') === undefined) throw new Error(`${fromMs} is lost at ${nowMs}`);
    }
    expect(keys.length).toBeLessThan(16);
  });

  it('keeps the shared key where a local one has its id, and orders all by when they sign', () => {
    const shared = [newSigningKey([], 2000)];
    const other = newSigningKey(shared, 1000);
    const clash = { ...newSigningKey([], 3000), id: shared[0]?.id as number };
    const { keys } = nextSigningKeys([other, clash], shared, 5000);
    expect(keys).toEqual([{ ...other, verifyOnly: true }, ...shared]);
  });

  it('lets a key that one machine alone knows verify and never sign, however young it is', () => {
    const shared = [newSigningKey([], noon)];
    const own = newSigningKey(shared, noon + dayMs);
    const early = signedBy([own], noon + dayMs);
    const { keys } = nextSigningKeys([own], shared, noon + 2 * dayMs);
    expect(accepts(keys, early)).toBe(true);
    expect(keyIdOf(signedBy(keys, noon + 2 * dayMs))).toBe(shared[0]?.id);
    const away = nextSigningKeys(keys, keys, noon + 100 * dayMs);
    expect(keyIdOf(signedBy(away.keys, noon + 100 * dayMs))).toBe(shared[0]?.id);
    expect(away).toMatchObject({ made: 1, dropped: 0 });
  });
});
