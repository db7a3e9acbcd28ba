import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  hex,
  type Line,
  scratchDirectory,
  scratchSpool,
  seededRandom,
  writeSegment,
} from '../clickhouse/support.ts';

const rounds = 10;
const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, '../../..');
let built: string;
let child: string;

// Node 20 runs no TypeScript, and `dist` may be of another day. Within node_modules, so that packages are found.
beforeAll(async () => {
  mkdirSync(path.join(root, 'node_modules', '.cache'), { recursive: true });
  built = mkdtempSync(path.join(root, 'node_modules', '.cache', 'signpost-kill-'));
  child = path.join(built, 'ship-child.mjs');
  await build({
    input: path.join(here, 'ship-child.ts'),
    platform: 'node',
    external: /^[^./]/,
    output: { file: child, format: 'esm', codeSplitting: false },
    logLevel: 'warn',
  });
});
afterAll(() => rmSync(built, { recursive: true, force: true }));

/** Starts the child; resolves when it begins to ship. */
async function start(dataDir: string, spoolDir: string): Promise<{ process: ChildProcess; lines: string[] }> {
  const running = spawn(process.execPath, [child, dataDir, spoolDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  await new Promise<void>((resolve, reject) => {
    running.once('exit', () => reject(new Error('The child ended before it began to ship.')));
    running.stdout?.on('data', (chunk: Buffer) => {
      lines.push(...chunk.toString().trim().split('\n'));
      if (lines.includes('shipping')) resolve();
    });
  });
  return { process: running, lines };
}

const ended = (running: ChildProcess) =>
  running.exitCode !== null || running.signalCode !== null
    ? Promise.resolve()
    : new Promise<void>((resolve) => running.once('exit', () => resolve()));

it('counts each row once after kills at random moments', { timeout: 90_000 }, async () => {
  const dataDir = scratchDirectory();
  const spoolDir = scratchSpool();
  const random = seededRandom(42);
  const midnight = Date.UTC(2026, 10, 24);
  let rows = 0;
  let interrupted = 0;
  for (let round = 0; round < rounds; round += 1) {
    for (let n = 0; n < 8; n += 1) {
      const segment: Line[] = Array.from({ length: 4000 }, (_, index) => {
        rows += 1;
        return { type: 'page_view', id: hex(rows), time: midnight + (index - 2000) * 1000, country: 'TW' };
      });
      writeSegment(spoolDir, `kill-${round}-${n}`, segment);
    }
    const running = await start(dataDir, spoolDir);
    await new Promise((resolve) => setTimeout(resolve, random() * 200));
    running.process.kill('SIGKILL');
    await ended(running.process);
    if (readdirSync(spoolDir).length > 0) interrupted += 1;
  }
  const last = await start(dataDir, spoolDir);
  await ended(last.process);
  expect(readdirSync(spoolDir)).toEqual([]);
  expect(JSON.parse(last.lines.at(-1) ?? '')).toEqual({ events: rows, ids: rows, periodEvents: rows });
  expect(interrupted).toBeGreaterThan(rounds / 2);
});
