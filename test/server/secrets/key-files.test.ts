import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  dayKey,
  daysWithKey,
  destroyDayKey,
  newSigningKey,
  readSigningKeys,
  type SigningKey,
  signingKeysFile,
  writeSigningKeys,
} from '../../../server/secrets/index.ts';
import { bundled, race } from './race.ts';
import { scratchDataDir } from './scratch.ts';

const day = '2026-11-23';
const modeOf = (path: string) => statSync(path).mode & 0o777;
const dayFile = (dataDir: string, name = day) => join(dataDir, 'keys', 'day', name);

let child: Awaited<ReturnType<typeof bundled>>;
beforeAll(async () => {
  child = await bundled(new URL('./read-keys-child.ts', import.meta.url));
});
afterAll(() => child.remove());

describe('key files', () => {
  it('are the same for processes that race for the first keys', async () => {
    for (let round = 0; round < 3; round++) {
      const dataDir = scratchDataDir();
      const answers = await race(child.file, 6, [dataDir, day]);
      expect(answers[0]).toMatch(/^[0-9a-f]{32} \d{1,3} [0-9a-f]{32}$/);
      expect(new Set(answers).size).toBe(1);
      expect(readdirSync(join(dataDir, 'keys')).sort()).toEqual(['day', 'signing.json']);
      expect(readdirSync(join(dataDir, 'keys', 'day'))).toEqual([day]);
    }
  });

  it('can be read by their owner alone', () => {
    const dataDir = scratchDataDir();
    readSigningKeys(dataDir);
    dayKey(dataDir, day);
    expect(modeOf(join(dataDir, 'keys'))).toBe(0o700);
    expect(modeOf(join(dataDir, 'keys', 'day'))).toBe(0o700);
    expect(modeOf(signingKeysFile(dataDir))).toBe(0o600);
    expect(modeOf(dayFile(dataDir))).toBe(0o600);
    writeSigningKeys(dataDir, readSigningKeys(dataDir));
    expect(modeOf(signingKeysFile(dataDir))).toBe(0o600);
  });

  it('stay where they cannot be read, instead of being made anew', () => {
    const dataDir = scratchDataDir();
    mkdirSync(dayFile(dataDir), { recursive: true });
    expect(() => dayKey(dataDir, day)).toThrow(/EISDIR/);
  });
});

describe('signing keys', () => {
  it('are made once, with 128 random bits, and sign from now', () => {
    const dataDir = scratchDataDir();
    const before = Date.now();
    const [first, ...more] = readSigningKeys(dataDir);
    expect(more).toEqual([]);
    expect(first?.key).toHaveLength(16);
    expect(first?.signsFromMs).toBeGreaterThanOrEqual(before);
    expect(first?.signsFromMs).toBeLessThanOrEqual(Date.now());
    expect(readSigningKeys(dataDir)).toEqual([first]);
    expect(readSigningKeys(scratchDataDir())[0]?.key).not.toEqual(first?.key);
  });

  it('come back as they were written, in their order', () => {
    const dataDir = scratchDataDir();
    const keys: SigningKey[] = [3, 255, 0].map((id, at) => ({
      id,
      signsFromMs: 1000 * at,
      verifyOnly: at === 1,
      key: Buffer.alloc(16, id),
    }));
    writeSigningKeys(dataDir, keys);
    expect(readSigningKeys(dataDir)).toEqual(keys);
    expect(readdirSync(join(dataDir, 'keys'))).toEqual(['signing.json']);
  });

  it('never get an id that is taken, up to the last free one', () => {
    const keys: SigningKey[] = [];
    for (let n = 0; n < 256; n++) keys.push(newSigningKey(keys, n));
    expect(new Set(keys.map(({ id }) => id)).size).toBe(256);
    expect(keys.every(({ id }) => Number.isInteger(id) && id >= 0 && id <= 255)).toBe(true);
    expect(new Set(keys.map(({ key }) => Buffer.from(key).toString('hex'))).size).toBe(256);
  });
});

describe('a day key', () => {
  it('is the same at every call of its day, and another on the next', () => {
    const dataDir = scratchDataDir();
    const key = dayKey(dataDir, day);
    expect(key).toHaveLength(16);
    expect(dayKey(dataDir, day)).toEqual(key);
    expect(dayKey(dataDir, '2026-11-24')).not.toEqual(key);
  });

  it('is the one that is given where there is none yet, and stays the old one where there is', () => {
    const dataDir = scratchDataDir();
    expect([...dayKey(dataDir, day, () => Buffer.alloc(16, 1))]).toEqual(Array(16).fill(1));
    expect([...dayKey(dataDir, day, () => Buffer.alloc(16, 2))]).toEqual(Array(16).fill(1));
  });

  it('is gone from the disk once it was destroyed, its bytes overwritten', () => {
    const dataDir = scratchDataDir();
    const key = dayKey(dataDir, day);
    expect([...key].some((byte) => byte !== 0)).toBe(true);
    const opened = openSync(dayFile(dataDir), 'r');
    destroyDayKey(dataDir, day);
    const left = Buffer.alloc(32, 0xff);
    const length = readSync(opened, left, 0, 32, 0);
    closeSync(opened);
    expect([...left.subarray(0, length)]).toEqual(Array(16).fill(0));
    expect(existsSync(dayFile(dataDir))).toBe(false);
    expect(daysWithKey(dataDir)).toEqual([]);
  });

  it('is found by its day, and other files beside it are none', () => {
    const dataDir = scratchDataDir();
    expect(daysWithKey(dataDir)).toEqual([]);
    dayKey(dataDir, day);
    writeFileSync(dayFile(dataDir, `${day}.4711.tmp`), 'x');
    writeFileSync(dayFile(dataDir, 'README'), 'x');
    expect(daysWithKey(dataDir)).toEqual([day]);
    expect(readFileSync(dayFile(dataDir))).toHaveLength(16);
  });
});
