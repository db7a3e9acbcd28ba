import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ClickHouse } from '../../../analytics/clickhouse/handle.ts';
import { shipSegments } from '../../../analytics/index.ts';
import { combineSmall, finishCombining, noteSending } from '../../../analytics/shipping/combine.ts';
import { sealedSegments } from '../../../analytics/shipping/segments.ts';
import { scratchSpool, silent, writeSegment } from '../clickhouse/support.ts';

let spoolDir: string;
beforeEach(() => {
  spoolDir = scratchSpool();
});

const combined = async () => {
  await finishCombining(spoolDir);
  return (await combineSmall(spoolDir, await sealedSegments(spoolDir))).map(({ name }) => name);
};
const lines = () =>
  readdirSync(spoolDir)
    .filter((name) => name.endsWith('.jsonl'))
    .flatMap((name) => readFileSync(path.join(spoolDir, name), 'utf8').trimEnd().split('\n'))
    .sort();

describe('small segments that wait', () => {
  it('become one in their order, and end with a whole line', async () => {
    for (const [at, content] of ['a\n', 'b', 'c\n'].entries()) writeSegment(spoolDir, `s${at}`, content);
    expect(await combined()).toEqual(['s0~and2']);
    expect(readdirSync(spoolDir)).toEqual(['s0~and2.jsonl']);
    expect(readFileSync(path.join(spoolDir, 's0~and2.jsonl'), 'utf8')).toBe('a\nb\nc\n');
  });

  it('leave alone what is large, was put together or repaired, or may have been sent', async () => {
    const large = `${'x'.repeat(2_000_000)}\n`;
    for (const [name, content] of [
      ['s1', 'a\n'],
      ['s2', 'b\n'],
      ['sent', 'c\n'],
      ['s4', 'd\n'],
      ['large', large],
      ['s5', 'e\n'],
      ['old~and7', 'f\n'],
      ['s6~repaired', 'g\n'],
      ['s7', 'h\n'],
      ['s8', 'i\n'],
    ] as const)
      writeSegment(spoolDir, name, content);
    await noteSending(spoolDir, 'sent');
    expect(await combined()).toEqual([
      ...['s1~and1', 'sent', 's4', 'large', 's5', 'old~and7', 's6~repaired', 's7~and1'],
    ]);
  });

  it('stay with their day, as the archive files them', async () => {
    const midnight = Date.UTC(2026, 10, 24);
    for (const at of [-2, -1, 0, 1]) writeSegment(spoolDir, `${midnight + at}_1_1_ab_1`, 'a\n');
    expect(await combined()).toEqual([`${midnight - 2}_1_1_ab_1~and1`, `${midnight}_1_1_ab_1~and1`]);
  });

  it('grow to 16 MB at most', async () => {
    for (let at = 0; at < 30; at++) writeSegment(spoolDir, `s${at}`, `${'x'.repeat(900_000)}\n`);
    expect(await combined()).toEqual(['s0~and17', 's18~and11']);
  });

  it('need few inserts, however many there are', async () => {
    for (let at = 0; at < 3000; at++) writeSegment(spoolDir, `s${at}`, '{"type":"click"}\n'.repeat(10));
    const inserted: string[] = [];
    const insertFile = async (_: unknown, file: string) => void inserted.push(path.basename(file));
    const clickhouse = { insertFile } as unknown as ClickHouse;
    const counts = await shipSegments({ clickhouse, spoolDir, logger: silent });
    expect(counts).toMatchObject({ rows: 30_000, segments: 1 });
    expect(inserted).toEqual(['s0~and2999.jsonl']);
    expect(readdirSync(spoolDir)).toEqual([]);
  });

  const states = ['written', 'promised', 'named', 'one gone', 'all gone'] as const;
  it.each(states)('are there once after a crash that left the new one %s', async (state) => {
    for (const name of ['s1', 's2']) writeSegment(spoolDir, name, `${name}\n`);
    await combined();
    const at = states.indexOf(state);
    const target = path.join(spoolDir, 's1~and1.jsonl');
    if (at <= 1) renameSync(target, `${target}.part`);
    const manifest = { combined: 's1~and1', parts: ['s1', 's2'] };
    if (at >= 1) writeFileSync(path.join(spoolDir, 'combining.json'), JSON.stringify(manifest));
    if (at <= 2) writeSegment(spoolDir, 's1', 's1\n');
    if (at <= 3) writeSegment(spoolDir, 's2', 's2\n');
    expect(await combined()).toEqual(['s1~and1']);
    expect(lines()).toEqual(['s1', 's2']);
    expect(existsSync(path.join(spoolDir, 'combining.json'))).toBe(false);
  });
});
