import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { expireArchive, packArchive, type Searched, searchLogs } from '../../../analytics/index.ts';
import { hex, scratchSpool } from '../clickhouse/support.ts';

const noon = Date.UTC(2026, 10, 23, 12);
const hour = 3_600_000;
const later = noon + 3 * hour;

const line = (id: number, time: number, more: Record<string, unknown> = {}) =>
  `${JSON.stringify({ type: 'page_view', id: hex(id), time, visitor: hex(1), ...more })}\n`;

function folders() {
  const dataDir = scratchSpool();
  return { archiveDir: path.join(dataDir, 'archive'), spoolDir: path.join(dataDir, 'spool'), dataDir };
}

function keep(archiveDir: string, begun: number, sequence: number, content: string): string {
  const day = path.join(archiveDir, new Date(begun).toISOString().slice(0, 10));
  mkdirSync(day, { recursive: true });
  const file = path.join(day, `${begun}_1_1_ab_${sequence}.jsonl`);
  writeFileSync(file, content);
  return file;
}

const namesIn = (archiveDir: string) =>
  (readdirSync(archiveDir, { recursive: true, encoding: 'utf8' }) as string[])
    .filter((name) => name.includes('.'))
    .sort();

async function found(
  { archiveDir, spoolDir }: { archiveDir: string; spoolDir?: string },
  options: Partial<Parameters<typeof searchLogs>[0]> = {},
) {
  const searched: Searched = { files: 0, lines: 0, bytes: 0, found: 0, broken: [] };
  const lines: string[] = [];
  const all = { archiveDirs: [archiveDir], spoolDir, filter: {}, order: 'oldest', limit: 1e9 } as const;
  for await (const each of searchLogs({ ...all, ...options }, searched)) lines.push(each.toString());
  return { lines, searched, ids: lines.map((text) => Number.parseInt(JSON.parse(text).id, 16)) };
}

describe('packing', () => {
  it('makes one gzip file of the segments of an hour that is over, and leaves the others', async () => {
    const { archiveDir, spoolDir } = folders();
    for (let at = 0; at < 5; at++) keep(archiveDir, noon + at * 1000, at, line(at, noon + at * 1000 + 7));
    keep(archiveDir, noon + 3 * hour, 9, line(9, noon + 3 * hour));
    const counts = await packArchive({ archiveDir, spoolDir, nowMs: later });
    expect(counts).toMatchObject({ packs: 1, segments: 5 });
    const [pack = '', segment] = namesIn(archiveDir);
    expect(pack).toMatch(
      new RegExp(`^2026-11-23/12_${noon + 7}_${noon + 4007}_5_[0-9a-f]{12}\\.jsonl\\.gz$`),
    );
    expect(segment).toBe(`2026-11-23/${noon + 3 * hour}_1_1_ab_9.jsonl`);
    const unpacked = execFileSync('gzip', ['-dc', path.join(archiveDir, pack)], { encoding: 'utf8' });
    expect(unpacked).toBe([0, 1, 2, 3, 4].map((at) => line(at, noon + at * 1000 + 7)).join(''));
    expect(await packArchive({ archiveDir, spoolDir, nowMs: later })).toMatchObject({ packs: 0 });
  });

  it('leaves a segment alone that the spool still has: its move is under way', async () => {
    const { archiveDir, spoolDir } = folders();
    const file = keep(archiveDir, noon, 1, line(1, noon));
    mkdirSync(spoolDir);
    writeFileSync(path.join(spoolDir, path.basename(file)), line(1, noon));
    expect(await packArchive({ archiveDir, spoolDir, nowMs: later })).toMatchObject({ packs: 0 });
  });

  /** What each step leaves behind, from a finished pack of two segments. */
  const states = ['written', 'promised', 'named', 'one gone', 'all gone'] as const;
  it.each(states)('goes on after a crash that left it %s, with each line there once', async (state) => {
    const { archiveDir, spoolDir } = folders();
    const segments = [1, 2].map((at) => keep(archiveDir, noon + at, at, line(at, noon + at)));
    const contents = segments.map((file) => readFileSync(file));
    await packArchive({ archiveDir, spoolDir, nowMs: later });
    const folder = path.dirname(segments[0] as string);
    const [pack = ''] = readdirSync(folder);
    const at = states.indexOf(state);
    if (at <= 1) renameSync(path.join(folder, pack), path.join(folder, `${pack}.part`));
    const manifest = { pack, segments: segments.map((file) => path.basename(file)) };
    if (at >= 1) writeFileSync(path.join(folder, 'packing.json'), JSON.stringify(manifest));
    if (at <= 3) writeFileSync(segments[1] as string, contents[1] as Buffer);
    if (at <= 2) writeFileSync(segments[0] as string, contents[0] as Buffer);
    expect((await found({ archiveDir })).ids).toEqual([1, 2]);
    await packArchive({ archiveDir, spoolDir, nowMs: later });
    expect((await found({ archiveDir })).ids).toEqual([1, 2]);
    expect(namesIn(archiveDir)).toEqual([expect.stringMatching(/\.jsonl\.gz$/)]);
  });
});

describe('what is too old', () => {
  it.each([undefined, 'store'])('is deleted, or moved to the store: %s', async (store) => {
    const { archiveDir, spoolDir, dataDir } = folders();
    const storeDir = store === undefined ? undefined : path.join(dataDir, store);
    const old = noon - 3 * 24 * hour;
    keep(archiveDir, old, 1, line(1, old));
    keep(archiveDir, noon, 2, line(2, noon));
    await packArchive({ archiveDir, spoolDir, nowMs: later });
    const counts = await expireArchive({ archiveDir, days: 2, storeDir, nowMs: later });
    expect(counts).toMatchObject({ movedFiles: store ? 1 : 0, deletedFiles: store ? 0 : 1 });
    expect(readdirSync(archiveDir)).toEqual(['2026-11-23']);
    expect((await found({ archiveDir })).ids).toEqual([2]);
    if (storeDir !== undefined) expect((await found({ archiveDir: storeDir })).ids).toEqual([1]);
    expect(await expireArchive({ archiveDir, days: 2, storeDir, nowMs: later })).toMatchObject({ bytes: 0 });
  });

  it('is not today, nor any of so many days before', async () => {
    const { archiveDir } = folders();
    for (let day = 0; day < 4; day++) keep(archiveDir, noon - day * 24 * hour, day, line(day, noon));
    await expireArchive({ archiveDir, days: 2, storeDir: undefined, nowMs: later });
    expect(readdirSync(archiveDir)).toEqual(['2026-11-21', '2026-11-22', '2026-11-23']);
  });
});

describe('searching', () => {
  it('finds lines in order of time over packs, segments and spool, from either end', async () => {
    const { archiveDir, spoolDir } = folders();
    keep(archiveDir, noon, 1, line(1, noon + 1) + line(3, noon + 3));
    keep(archiveDir, noon + 1, 2, line(2, noon + 2) + line(4, noon + 4));
    await packArchive({ archiveDir, spoolDir, nowMs: later });
    keep(archiveDir, noon + 3, 3, line(5, noon + 5));
    mkdirSync(spoolDir);
    writeFileSync(path.join(spoolDir, `${noon + 6}_1_1_ab_4.jsonl`), line(6, noon + 6));
    writeFileSync(path.join(spoolDir, `${noon + 7}_1_1_ab_5.open`), line(7, noon + 7));
    const all = await found({ archiveDir, spoolDir });
    expect(all.ids).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(all.searched).toMatchObject({ files: 4, lines: 7, found: 7, broken: [] });
    expect((await found({ archiveDir, spoolDir }, { order: 'newest' })).ids).toEqual([7, 6, 5, 4, 3, 2, 1]);
    expect((await found({ archiveDir, spoolDir }, { order: 'newest', limit: 2 })).ids).toEqual([7, 6]);
  });

  it.each([
    [{ type: 'click' as const }, [2]],
    [{ site: 3 }, [1]],
    [{ site: 30 }, [2]],
    [{ zone: 0 }, [1, 3]],
    [{ lineItem: 7 }, [3]],
    [{ visitor: hex(9) }, [3]],
    [{ id: hex(2) }, [2]],
    [{ text: 'sport' }, [3]],
    [{ fromMs: noon + 2, toMs: noon + 3 }, [2]],
    [{ site: 3, text: 'sport' }, []],
  ])('takes what fits %j', async (filter, ids) => {
    const { archiveDir } = folders();
    const content =
      line(1, noon + 1, { site: 3 }) +
      line(2, noon + 2, { type: 'click', site: 30, zone: 5 }) +
      line(3, noon + 3, { visitor: hex(9), line_item: 7, page: 'https://a.example/sport?"site":3' });
    keep(archiveDir, noon, 1, content);
    expect((await found({ archiveDir }, { filter })).ids).toEqual(ids);
  });

  it('passes over packs of other times, and says so by what it has searched', async () => {
    const { archiveDir, spoolDir } = folders();
    for (let at = 0; at < 3; at++) keep(archiveDir, noon - at * hour, at, line(at, noon - at * hour));
    await packArchive({ archiveDir, spoolDir, nowMs: later });
    const { ids, searched } = await found({ archiveDir }, { filter: { fromMs: noon } });
    expect(ids).toEqual([0]);
    expect(searched.files).toBe(1);
  });

  it('names a pack that is damaged, and gives what comes before the damage and from the others', async () => {
    const { archiveDir, spoolDir } = folders();
    keep(archiveDir, noon, 1, line(1, noon));
    keep(archiveDir, noon - hour, 2, line(2, noon - hour));
    await packArchive({ archiveDir, spoolDir, nowMs: later });
    const [broken = ''] = namesIn(archiveDir);
    const file = path.join(archiveDir, broken);
    writeFileSync(file, readFileSync(file).subarray(0, 30));
    const { ids, searched } = await found({ archiveDir });
    expect(ids).toEqual([1]);
    expect(searched.broken).toEqual([{ file, reason: expect.stringMatching(/end of file/) }]);
  });
});
