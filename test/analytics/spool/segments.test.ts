import { fork } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isRunning, ownIdentity, sealAbandoned, spoolBacklog } from '../../../analytics/index.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signpost-segments-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const put = (name: string, content: string) => writeFileSync(join(folder, name), content);
const read = (name: string) => readFileSync(join(folder, name), 'utf8');
const dead = () => false;

describe('segments whose writer has ended', () => {
  it.each([
    ['a whole file', 'a\nb\n', 'a\nb\n', 0],
    ['a torn last line', 'a\nb\nto', 'a\nb\n', 2],
    [
      'a last line torn in the middle of a character',
      `a\n${Buffer.from('é').subarray(0, 1).toString('latin1')}`,
      'a\n',
      2,
    ],
    ['a torn line longer than what is read at once', `a\n${'x'.repeat(200_000)}`, 'a\n', 200_000],
  ])('are sealed with what was acknowledged: %s', async (_name, before, after, torn) => {
    put('1700000000000_1_1_ab_1.open', before);
    expect(await sealAbandoned(folder, dead)).toEqual({ sealed: 1, tornBytes: torn });
    expect(readdirSync(folder)).toEqual(['1700000000000_1_1_ab_1.jsonl']);
    expect(read('1700000000000_1_1_ab_1.jsonl')).toBe(after);
  });

  it('are removed where nothing was acknowledged', async () => {
    put('1700000000000_1_1_ab_1.open', '');
    put('1700000000000_1_1_ab_2.open', 'torn');
    expect(await sealAbandoned(folder, dead)).toEqual({ sealed: 2, tornBytes: 4 });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('are told from those of a running process, also when a process id is used again', async () => {
    const { pid, started } = ownIdentity();
    put(`1700000000000_${pid}_${started}_ab_1.open`, 'mine\n');
    put(`1700000000000_${pid}_${started + 1}_ab_2.open`, 'of an earlier process with my number\n');
    await sealAbandoned(folder, isRunning);
    expect(readdirSync(folder).sort()).toEqual([
      `1700000000000_${pid}_${started}_ab_1.open`,
      `1700000000000_${pid}_${started + 1}_ab_2.jsonl`,
    ]);
  });

  it('are left alone where the directory does not exist yet', async () => {
    expect(await sealAbandoned(join(folder, 'none'), dead)).toEqual({ sealed: 0, tornBytes: 0 });
  });
});

describe('a process identity', () => {
  it('runs until its process is killed', async () => {
    const child = fork('-e', ['setInterval(() => {}, 1000)'], { execArgv: [], stdio: 'ignore' });
    const own = ownIdentity();
    expect(isRunning(own)).toBe(true);
    expect(isRunning({ ...own, started: own.started + 1 })).toBe(false);
    const pid = child.pid as number;
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    expect(isRunning({ pid, started: 1 })).toBe(false);
    expect(isRunning({ pid, started: 0 })).toBe(false);
  });
});

describe('the backlog', () => {
  it('counts what waits, and how long', async () => {
    put('1700000000500_1_1_ab_2.open', 'abc');
    put('1700000000000_1_1_ab_1.jsonl', 'abcde');
    put('other.txt', 'no segment');
    expect(await spoolBacklog(folder)).toEqual({ segments: 2, bytes: 8, oldestMs: 1_700_000_000_000 });
  });
});
