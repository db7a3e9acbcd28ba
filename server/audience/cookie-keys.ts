import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { SipKey } from '../delivery/sip-hash.ts';
import type { SigningKey } from '../secrets/index.ts';

/** What is sealed, each with keys of its own. */
const sealedUses = ['interests', 'advertisers', 'handle', 'pixel'] as const;
export type SealedUse = (typeof sealedUses)[number];

interface ReadyKeys {
  readonly id: number;
  readonly signsFromMs: number;
  readonly verifyOnly: boolean;
  /** Signs visitor numbers. */
  readonly visitor: SipKey;
  /** Signs advertisers' numbers of visitors. */
  readonly pseudonym: SipKey;
  readonly sealing: Readonly<Record<SealedUse, KeyObject>>;
}

const ivBytes = 12;
const tagBytes = 16;
const cipher = 'aes-128-gcm';
const authTag = { authTagLength: tagBytes };

/** Keys of cookies, derived from those of their ring: shared by all workers, and living as long as the longest cookie. */
export class CookieKeys {
  readonly #byId = new Map<number, ReadyKeys>();
  readonly #signing: readonly ReadyKeys[];

  /** @param keys in the order in which they sign */
  constructor(keys: readonly SigningKey[]) {
    for (const { id, signsFromMs, verifyOnly, key } of keys) {
      const derive = (use: string) => new Uint8Array(hkdfSync('sha256', key, '', `signpost ${use}`, 16));
      this.#byId.set(id, {
        ...{ id, signsFromMs, verifyOnly },
        visitor: new SipKey(derive('visitor cookie')),
        pseudonym: new SipKey(derive('pseudonym')),
        sealing: Object.fromEntries(
          sealedUses.map((use) => [use, createSecretKey(derive(`sealed ${use}`))]),
        ) as Record<SealedUse, KeyObject>,
      });
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

  /**
   * Encrypts and authenticates (AES-128-GCM, a random nonce each time), as base64url text.
   * @param whose opens only with the same: for somebody else it is like any text that was never sealed
   */
  seal(plain: Uint8Array, nowMs: number, use: SealedUse, whose = ''): string {
    const { id, sealing: keys } = this.now(nowMs);
    const iv = randomBytes(ivBytes);
    const sealing = createCipheriv(cipher, keys[use], iv, authTag);
    sealing.setAAD(Buffer.from(whose));
    const sealed = Buffer.concat([sealing.update(plain), sealing.final()]);
    return Buffer.concat([Uint8Array.of(id), iv, sealed, sealing.getAuthTag()]).toString('base64url');
  }

  /** What was sealed; undefined where the text was altered, is for somebody else, or its key is gone. */
  open(text: string, use: SealedUse, whose = ''): Buffer | undefined {
    const bytes = Buffer.from(text, 'base64url');
    if (bytes.length < 1 + ivBytes + tagBytes) return undefined;
    const key = this.#byId.get(bytes[0] as number);
    if (key === undefined) return undefined;
    const opening = createDecipheriv(cipher, key.sealing[use], bytes.subarray(1, 1 + ivBytes), authTag);
    if (whose !== '') opening.setAAD(Buffer.from(whose));
    opening.setAuthTag(bytes.subarray(bytes.length - tagBytes));
    try {
      const plain = opening.update(bytes.subarray(1 + ivBytes, bytes.length - tagBytes));
      // Throws where the tag is another; in this mode nothing comes after what `update` gave.
      opening.final();
      return plain;
    } catch {
      return undefined;
    }
  }
}
