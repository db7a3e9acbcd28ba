import { randomBytes, randomInt } from 'node:crypto';
import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A key of a ring: the last one whose time has come signs, all verify. */
export interface SigningKey {
  /** 0 to 255, carried in each token. */
  readonly id: number;
  readonly signsFromMs: number;
  /** Never signs: a key that a machine made for itself before it could reach the others. */
  readonly verifyOnly: boolean;
  /** 16 bytes. */
  readonly key: Uint8Array;
}

/** Signing keys as they are kept, in files and in the database; the key itself is base64. */
export interface StoredKeys {
  readonly keys: readonly (Omit<SigningKey, 'key'> & { readonly key: string })[];
}

export function storedKeys(keys: readonly SigningKey[]): StoredKeys {
  return { keys: keys.map((key) => ({ ...key, key: Buffer.from(key.key).toString('base64') })) };
}

export function restoredKeys({ keys }: StoredKeys): readonly SigningKey[] {
  return keys.map((key) => ({ ...key, key: Buffer.from(key.key, 'base64') }));
}

const dayMs = 86_400_000;

/** Keys that follow each other. */
export interface KeyRing {
  /** In the folder of the keys. */
  readonly file: string;
  /** Of the row in `secrets` by which machines share them. */
  readonly secret: string;
  /** For so long a key signs before there is a new one. */
  readonly signsMs: number;
  /** For so long it verifies after it last signed. */
  readonly verifiesMs: number;
}

/** Tokens live a week; a key verifies for that long, and some. */
export const tokenRing: KeyRing = {
  file: 'signing.json',
  secret: 'signing_keys',
  signsMs: 30 * dayMs,
  verifiesMs: 14 * dayMs,
};

/** Of cookies: a key lives as long as the longest of them, and some. */
export const cookieRing: KeyRing = {
  file: 'cookies.json',
  secret: 'cookie_keys',
  signsMs: 30 * dayMs,
  verifiesMs: 367 * dayMs,
};

export const keyRings: readonly KeyRing[] = [cookieRing, tokenRing];

const signingFile = (dataDir: string, ring = tokenRing) => join(dataDir, 'keys', ring.file);
const dayFolder = (dataDir: string) => join(dataDir, 'keys', 'day');

/** Where the signing keys are kept, for who watches the file. */
export { signingFile as signingKeysFile };

/** The signing keys of this machine in the order in which they sign; none where it has none yet. */
export function localSigningKeys(dataDir: string, ring = tokenRing): readonly SigningKey[] {
  try {
    return restoredKeys(JSON.parse(readFileSync(signingFile(dataDir, ring), 'utf8')) as StoredKeys);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** As `localSigningKeys`, but makes one where there is none; processes that race get the same. */
export function readSigningKeys(dataDir: string, ring = tokenRing): readonly SigningKey[] {
  createOnce(signingFile(dataDir, ring), () => signingText([newSigningKey([], Date.now())]));
  return localSigningKeys(dataDir, ring);
}

/** Replaces the signing keys; `keys` is in the order of their making. */
export function writeSigningKeys(dataDir: string, keys: readonly SigningKey[], ring = tokenRing): void {
  const path = signingFile(dataDir, ring);
  const draft = `${path}.${process.pid}.tmp`;
  mkdirSync(join(dataDir, 'keys'), { recursive: true, mode: 0o700 });
  writeFileSync(draft, signingText(keys), { mode: 0o600 });
  renameSync(draft, path);
}

/** A fresh key with an id that none of `existing` has; at random, so that machines that start apart rarely meet in one. */
export function newSigningKey(existing: readonly SigningKey[], signsFromMs: number): SigningKey {
  const taken = new Set(existing.map(({ id }) => id));
  const free = Array.from({ length: 256 }, (_, id) => id).filter((id) => !taken.has(id));
  return { id: free[randomInt(free.length)] as number, signsFromMs, verifyOnly: false, key: randomBytes(16) };
}

function signingText(keys: readonly SigningKey[]): string {
  return JSON.stringify(storedKeys(keys));
}

/**
 * The key of visitor numbers for one UTC day, like `2026-11-23`: 16 random bytes. Made where it does not exist yet;
 * all processes of a machine get the same.
 */
export function dayKey(
  dataDir: string,
  day: string,
  make: () => Uint8Array = () => randomBytes(16),
): Uint8Array {
  const path = join(dayFolder(dataDir), day);
  createOnce(path, make);
  return readFileSync(path);
}

/** Days that have a key on this machine. */
export function daysWithKey(dataDir: string): readonly string[] {
  try {
    return readdirSync(dayFolder(dataDir)).filter((name) => /^\d{4}-\d\d-\d\d$/.test(name));
  } catch {
    return [];
  }
}

/** Destroys the key of a day: its bytes are overwritten, then the file is removed. */
export function destroyDayKey(dataDir: string, day: string): void {
  const path = join(dayFolder(dataDir), day);
  writeFileSync(path, Buffer.alloc(16), { flag: 'r+', flush: true });
  rmSync(path, { force: true });
}

/** Creates a file whole or not at all, and leaves one that is there: a link either takes the name or fails. */
export function createOnce(path: string, content: () => string | Uint8Array): void {
  try {
    readFileSync(path);
    return;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  mkdirSync(join(path, '..'), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;
  writeFileSync(draft, content(), { mode: 0o600, flush: true });
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}
