import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createOnce } from './key-files.ts';

/** Of AES-256. */
export const sealingKeyBytes = 32;
const version = 1;
const idBytes = 4;
const nonceBytes = 12;
const tagBytes = 16;
const headBytes = 1 + idBytes + nonceBytes;

/**
 * Keeps secrets that have to be known again: what reads the database alone cannot open them. AES-256-GCM; in front of the
 * sealed bytes are a version, the key's id and a nonce. What was sealed for one purpose, like `second_factor 12`, opens for no
 * other, so that nobody can put one row's secret into another.
 */
export interface Sealer {
  seal(purpose: string, plain: Uint8Array): Buffer;
  /** undefined where no key opens it, it was changed, or is for another purpose. */
  open(purpose: string, sealed: Uint8Array): Buffer | undefined;
  /** Whether it is not of the key that seals now. */
  isOld(sealed: Uint8Array): boolean;
}

/** @param keys the first one seals, all open */
export function sealerOf(keys: readonly Uint8Array[]): Sealer {
  const byId = new Map(keys.map((key) => [keyId(key), key]));
  const [current] = keys;
  if (current === undefined) throw new Error('A sealer needs a key.');
  return {
    seal(purpose, plain) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', current, nonce).setAAD(Buffer.from(purpose));
      const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
      const head = Buffer.from([version, ...Buffer.from(keyId(current), 'hex')]);
      return Buffer.concat([head, nonce, sealed, cipher.getAuthTag()]);
    },
    open(purpose, sealed) {
      const key = byId.get(idOf(sealed));
      if (key === undefined || sealed[0] !== version || sealed.length < headBytes + tagBytes)
        return undefined;
      const nonce = sealed.subarray(1 + idBytes, headBytes);
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
        .setAAD(Buffer.from(purpose))
        .setAuthTag(sealed.subarray(-tagBytes));
      try {
        return Buffer.concat([decipher.update(sealed.subarray(headBytes, -tagBytes)), decipher.final()]);
      } catch {
        return undefined;
      }
    },
    isOld: (sealed) => idOf(sealed) !== keyId(current),
  };
}

/** Tells keys apart, and says nothing of them. */
const keyId = (key: Uint8Array): string =>
  createHash('sha256')
    .update('signpost sealing key')
    .update(key)
    .digest('hex')
    .slice(0, 2 * idBytes);

const idOf = (sealed: Uint8Array): string => Buffer.from(sealed.subarray(1, 1 + idBytes)).toString('hex');

/** The keys of a text: base64, separated by commas. undefined where one of them is none. */
export function parseSealingKeys(text: string): readonly Uint8Array[] | undefined {
  const keys = text.split(',').map((part) => Buffer.from(part.trim(), 'base64'));
  return keys.every((key) => key.length === sealingKeyBytes) ? keys : undefined;
}

/** The sealing keys of this data directory, made where there are none; processes that race get the same. */
export function localSealingKeys(dataDir: string): readonly Uint8Array[] {
  const path = join(dataDir, 'keys', 'sealing');
  createOnce(path, () => `${randomBytes(sealingKeyBytes).toString('base64')}\n`);
  const keys = parseSealingKeys(readFileSync(path, 'utf8'));
  if (keys === undefined) throw new Error(`${path} has to hold 32 bytes in base64.`);
  return keys;
}
