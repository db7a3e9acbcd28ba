import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { ownIdentity } from '../../../analytics/index.ts';
import { takeLock } from '../../../server/processes/lock.ts';
import { bundled, race } from '../secrets/race.ts';

let child: Awaited<ReturnType<typeof bundled>>;
let dead: number;
beforeAll(async () => {
  child = await bundled(new URL('./lock-child.ts', import.meta.url));
  const ended = spawn(process.execPath, ['-e', '']);
  dead = ended.pid as number;
  await new Promise((resolve) => ended.once('exit', resolve));
});
afterAll(() => child.remove());

function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), 'signpost-lock-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
const lockFile = (dataDir: string) => join(dataDir, 'signpost.lock');

describe('the lock of a data directory', () => {
  it('is held until it is given back, and leaves nothing behind', () => {
    const dataDir = join(scratch(), 'not', 'there', 'yet');
    const unlock = takeLock(dataDir, 'signpost');
    expect(JSON.parse(readFileSync(lockFile(dataDir), 'utf8'))).toEqual(ownIdentity());
    expect(readdirSync(dataDir)).toEqual(['signpost.lock']);
    unlock();
    expect(readdirSync(dataDir)).toEqual([]);
    takeLock(dataDir, 'signpost')();
  });

  it('is refused while a running process has it, in words that name the process and the way out', () => {
    const dataDir = scratch();
    takeLock(dataDir, 'signpost');
    expect(() => takeLock(dataDir, 'signpost')).toThrow(
      expect.objectContaining({
        code: 'data_dir_in_use',
        message: `${dataDir} is in use by process ${process.pid}. Stop that one first, or set DATA_DIR.`,
      }),
    );
    expect(readdirSync(dataDir)).toEqual(['signpost.lock']);
  });

  it('is one of several by its name', () => {
    const dataDir = scratch();
    takeLock(dataDir, 'signpost');
    takeLock(dataDir, 'back-office')();
    expect(existsSync(lockFile(dataDir))).toBe(true);
  });

  it.each([
    ['of a process that has ended', () => JSON.stringify({ pid: dead, started: 1 })],
    [
      'of an ended process whose number another one has',
      () => JSON.stringify({ pid: process.pid, started: 1 }),
    ],
    ['that a power cut left empty', () => ''],
    ['that is no lock', () => 'null'],
    ['that is half a lock', () => '{"pid":1'],
  ])('is taken over where there is one %s', (_, content) => {
    const dataDir = scratch();
    writeFileSync(lockFile(dataDir), content());
    const unlock = takeLock(dataDir, 'signpost');
    expect(JSON.parse(readFileSync(lockFile(dataDir), 'utf8'))).toEqual(ownIdentity());
    unlock();
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it('is taken over also where a process ended in the middle of taking it over', () => {
    const dataDir = scratch();
    for (const name of ['signpost.lock', 'signpost.lock.turn']) {
      writeFileSync(join(dataDir, name), JSON.stringify({ pid: dead, started: 1 }));
    }
    takeLock(dataDir, 'signpost')();
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it.each([
    ['a free lock', undefined],
    ["a dead process's lock", () => JSON.stringify({ pid: dead, started: 1 })],
  ])('goes to exactly one of the processes that race for %s', async (_, content) => {
    for (let round = 0; round < 2; round++) {
      const dataDir = scratch();
      if (content !== undefined) writeFileSync(lockFile(dataDir), content());
      const answers = await race(child.file, 6, [dataDir]);
      const taken = answers.filter((answer) => answer.startsWith('taken '));
      expect(taken).toHaveLength(1);
      const refused = answers.filter((answer) => answer.startsWith('data_dir_in_use '));
      expect(refused).toHaveLength(5);
      for (const answer of refused) {
        expect(answer).toContain(`by process ${taken[0]?.slice('taken '.length)}.`);
      }
    }
  });
});
