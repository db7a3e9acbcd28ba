import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { SipKey } from '../delivery/sip-hash.ts';
import type { SigningKey } from '../secrets/index.ts';

interface ReadyKeys {
  readonly id: number;
  readonly signsFromMs: number;
  readonly verifyOnly: boolean;
  /** Signs visitor numbers. */
  readonly visitor: SipKey;
  /** Seals interests: 16 bytes. */
  readonly interests: Uint8Array;
}

const ivBytes = 12;
const tagBytes = 16;
const cipher = 'aes-128-gcm';

/** Keys of cookies, derived from the signing keys: shared by all workers, and rotated with them. */
export class CookieKeys {
  readonly #byId = new Map<number, ReadyKeys>();
  readonly #signing: readonly ReadyKeys[];

  /** @param keys in the order in which they sign */
  constructor(keys: readonly SigningKey[]) {
    for (const { id, signsFromMs, verifyOnly, key } of keys) {
      const derive = (use: string) => new Uint8Array(hkdfSync('sha256', key, '', `signpost ${use}`, 16));
      const visitor = new SipKey(derive('visitor cookie'));
      this.#byId.set(id, { id, signsFromMs, verifyOnly, visitor, interests: derive('interests cookie') });
    }
    this.#signing = [...this.#byId.values()].filter(({ verifyOnly }) => !verifyOnly);
  }

  /** The key that signs now. */
  now(nowMs: number): ReadyKeys {
    let newest = this.#signing[0] as ReadyKeys;
    for (const key of this.#signing) if (key.signsFromMs <= nowMs) newest = key;
    return newest;
  }

  of(id: number): ReadyKeys | undefined {
    return this.#byId.get(id);
  }

  /** Encrypts and authenticates (AES-128-GCM, a random nonce each time), as base64url text. */
  seal(plain: Uint8Array, nowMs: number): string {
    const { id, interests } = this.now(nowMs);
    const iv = randomBytes(ivBytes);
    const sealing = createCipheriv(cipher, interests, iv, { authTagLength: tagBytes });
    const sealed = Buffer.concat([sealing.update(plain), sealing.final()]);
    return Buffer.concat([Uint8Array.of(id), iv, sealed, sealing.getAuthTag()]).toString('base64url');
  }

  /** What was sealed; undefined where the text was altered, or sealed with a key that is gone. */
  open(text: string): Buffer | undefined {
    const bytes = Buffer.from(text, 'base64url');
    if (bytes.length < 1 + ivBytes + tagBytes) return undefined;
    const key = this.#byId.get(bytes[0] as number);
    if (key === undefined) return undefined;
    const opening = createDecipheriv(cipher, key.interests, bytes.subarray(1, 1 + ivBytes), {
      authTagLength: tagBytes,
    });
    opening.setAuthTag(bytes.subarray(bytes.length - tagBytes));
    try {
      const plain = opening.update(bytes.subarray(1 + ivBytes, bytes.length - tagBytes));
      return Buffer.concat([plain, opening.final()]);
    } catch {
      return undefined;
    }
  }
}
