import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SpoolWriter, type SpoolWriterOptions } from '../../../analytics/index.ts';

/** A disk that takes so many bytes and then refuses, as a full one does: in the middle of a write. */
const disk = vi.hoisted(() => ({ freeBytes: Number.POSITIVE_INFINITY }));
vi.mock('node:fs', async (importOriginal) => {
  const fs = await importOriginal<typeof import('node:fs')>();
  const writeSync = (fd: number, bytes: Buffer, from: number, length: number, at: number) => {
    if (disk.freeBytes <= 0)
      throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    const written = fs.writeSync(fd, bytes, from, Math.min(length, disk.freeBytes), at);
    disk.freeBytes -= written;
    return written;
  };
  return { ...fs, writeSync };
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signpost-spool-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const writer = (options: Partial<SpoolWriterOptions> = {}) =>
  new SpoolWriter({
    directory: folder,
    sync: 'never',
    syncMs: 1000,
    segmentBytes: 1e9,
    segmentMs: 1e6,
    ...options,
  });

const append = (spool: SpoolWriter, line: string) =>
  new Promise<boolean>((written) => spool.append(`${line}\n`, 1, { written }));

const sealed = () => readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
const open = () => readdirSync(folder).filter((name) => name.endsWith('.open'));
const content = () =>
  readdirSync(folder)
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('');

describe('the log writer', () => {
  it('acknowledges an event only when the file has it', async () => {
    const spool = writer();
    let seen = '';
    await new Promise<void>((resolve) => {
      spool.append('first\n', 1, {
        written: (durable) => {
          expect(durable).toBe(true);
          seen = content();
          resolve();
        },
      });
      expect(content()).toBe('');
    });
    expect(seen).toBe('first\n');
    spool.close();
  });

  it('writes the events of one turn together and acknowledges each', async () => {
    const spool = writer();
    const results = await Promise.all(Array.from({ length: 500 }, (_, at) => append(spool, `line ${at}`)));
    expect(results).toEqual(Array(500).fill(true));
    expect(content().split('\n')).toHaveLength(501);
    expect(spool.status()).toEqual({ error: undefined, writtenEvents: 500, lostEvents: 0 });
    spool.close();
  });

  it.each(['always', 'interval', 'never'] as const)(
    'keeps everything when it is closed, with sync %s',
    async (sync) => {
      const spool = writer({ sync, syncMs: 10 });
      await append(spool, 'a');
      const last = append(spool, 'b');
      spool.close();
      await last;
      expect(open()).toEqual([]);
      expect(content()).toBe('a\nb\n');
    },
  );

  it('seals a segment that is large enough, and none that is empty', async () => {
    const spool = writer({ segmentBytes: 100 });
    for (let at = 0; at < 10; at++) await append(spool, 'x'.repeat(60));
    expect(sealed()).toHaveLength(5);
    expect(new Set(sealed()).size).toBe(5);
    spool.close();
    expect(sealed()).toHaveLength(5);
    expect(open()).toEqual([]);
  });

  it('seals a segment that is old enough', async () => {
    const spool = writer({ segmentMs: 100, sync: 'interval' });
    await append(spool, 'old');
    await vi.waitFor(() => expect(sealed()).toHaveLength(1), 20_000);
    spool.close();
  });

  it('seals a segment in time, and tries a refused write again, also where the clock is set back meanwhile', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const spool = writer({ segmentMs: 100 });
    try {
      await append(spool, 'old');
      vi.setSystemTime(Date.now() - 3_600_000);
      await vi.waitFor(() => expect(sealed()).toHaveLength(1), 20_000);
      disk.freeBytes = 0;
      expect(await append(spool, 'lost')).toBe(false);
      vi.setSystemTime(Date.now() - 3_600_000);
      disk.freeBytes = Number.POSITIVE_INFINITY;
      await vi.waitFor(async () => expect(await append(spool, 'kept')).toBe(true), 20_000);
    } finally {
      vi.useRealTimers();
      disk.freeBytes = Number.POSITIVE_INFINITY;
      spool.close();
    }
  });

  it('tells the waiters, counts the losses and goes on when the directory cannot be written', async () => {
    const place = join(folder, 'spool');
    writeFileSync(place, 'a file where the directory should be');
    const states: (string | undefined)[] = [];
    const spool = writer({ directory: place, onState: (error) => states.push(error?.message) });
    expect(await append(spool, 'lost')).toBe(false);
    expect(await append(spool, 'lost too')).toBe(false);
    expect(spool.status().lostEvents).toBe(2);
    expect(spool.status().error).toBeDefined();
    rmSync(place);
    mkdirSync(place);
    await vi.waitFor(async () => expect(await append(spool, 'kept')).toBe(true), 20_000);
    expect(spool.status().error).toBeUndefined();
    expect(states).toEqual([expect.stringContaining('EEXIST'), undefined]);
    spool.close();
    expect(readdirSync(place)).toHaveLength(1);
  });

  it('keeps what was acknowledged, and nothing of a write that a full disk cut off', async () => {
    const spool = writer();
    expect(await append(spool, 'before')).toBe(true);
    disk.freeBytes = 7;
    expect(await append(spool, 'does not fit any more')).toBe(false);
    expect(await append(spool, 'neither')).toBe(false);
    disk.freeBytes = Number.POSITIVE_INFINITY;
    await vi.waitFor(async () => expect(await append(spool, 'after')).toBe(true), 20_000);
    spool.close();
    expect(sealed()).toHaveLength(2);
    expect(content()).toBe('before\nafter\n');
    expect(spool.status()).toMatchObject({ writtenEvents: 2, error: undefined });
    expect(spool.status().lostEvents).toBeGreaterThanOrEqual(2);
  });
});
