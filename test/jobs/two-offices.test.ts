import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pino } from 'pino';
import { build } from 'rolldown';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../server/database/index.ts';
import { noPostgres, type PostgresServer, startPostgres } from '../support/postgres.ts';
import { until } from '../support/signpost.ts';

const leaseMs = 1500;
const runMs = 400;
const kills = 2;

interface Said {
  readonly what: 'ready' | 'began' | 'ended';
  readonly pid: number;
  readonly atMs: number;
}

describe.skipIf(noPostgres())('two back offices, processes on one PostgreSQL server', () => {
  let postgres: PostgresServer;
  let folder: string;
  const offices: ChildProcess[] = [];

  beforeAll(async () => {
    // Node 20 runs no TypeScript. Within node_modules, so that packages are found.
    const cache = resolve(import.meta.dirname, '../../node_modules/.cache');
    mkdirSync(cache, { recursive: true });
    folder = mkdtempSync(join(cache, 'signpost-offices-'));
    await build({
      input: join(import.meta.dirname, 'office-child.ts'),
      platform: 'node',
      external: /^[^./]/,
      output: { dir: folder, format: 'esm', entryFileNames: 'child.mjs', chunkFileNames: '[name].mjs' },
      logLevel: 'warn',
    });
    writeFileSync(said(), '');
    postgres = await startPostgres();
    const { close } = await openDatabase({
      url: postgres.url,
      dataDir: '.',
      logger: pino({ level: 'silent' }),
    });
    await close();
  });
  afterAll(async () => {
    for (const office of offices) office.kill('SIGKILL');
    await postgres?.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  const said = () => join(folder, 'said.jsonl');
  const all = () =>
    readFileSync(said(), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Said);
  const begin = () => {
    const child = spawn(process.execPath, [
      join(folder, 'child.mjs'),
      ...[postgres.url, said(), String(leaseMs), String(runMs)],
    ]);
    offices.push(child);
    return child;
  };
  /** The process in whose hands the job is: the last that began and did not end. */
  const holder = () => {
    const last = all().findLast(({ what }) => what !== 'ready');
    return last?.what === 'began' ? offices.find(({ pid }) => pid === last.pid) : undefined;
  };

  it('pass a job on when its holder is killed in the middle of it, and never run it at once', async () => {
    begin();
    begin();
    const killed: { readonly pid: number; readonly atMs: number }[] = [];
    for (let round = 0; round < kills; round++) {
      let victim: ChildProcess | undefined;
      await until(
        'one holds the job',
        20_000,
        () => {
          victim = holder();
          return victim !== undefined;
        },
        5,
      );
      victim?.kill('SIGKILL');
      const atMs = Date.now();
      const pid = victim?.pid as number;
      killed.push({ pid, atMs });
      await until('the other one has it', 20_000, () =>
        all().some(({ what, pid: by, atMs: at }) => what === 'began' && by !== pid && at >= atMs),
      );
      begin();
    }
    const runs = all().filter(({ what }) => what !== 'ready');
    for (const [at, { what, pid, atMs }] of runs.entries()) {
      if (what !== 'began') continue;
      const before = runs[at - 1];
      if (before === undefined || before.what === 'ended') continue;
      // Its holder gave no sign any more, and its lease was waited for.
      const death = killed.find((kill) => kill.pid === before.pid);
      expect(death, `${pid} began while ${before.pid} was at it`).toBeDefined();
      expect(atMs - before.atMs).toBeGreaterThanOrEqual(leaseMs - 50);
    }
    expect(killed).toHaveLength(kills);
    expect(new Set(runs.map(({ pid }) => pid)).size).toBeGreaterThan(1);
  }, 120_000);
});
