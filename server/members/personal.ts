import { createHmac, timingSafeEqual } from 'node:crypto';
import { sealerOf } from '../secrets/sealed.ts';

export type MemberValue = string | number | boolean;
export type MemberValues = Readonly<Record<string, MemberValue>>;

/** What of a member is personal, and encrypted with the member's own key. */
export interface Personal {
  readonly email: string;
  readonly name: string | null;
  readonly profile: MemberValues;
  readonly preferences: MemberValues & { readonly language: string };
  /** argon2id as PHC string; null: none yet. */
  readonly password: string | null;
  /** Visitor numbers that signed in, each 16 hex digits, the last one last. */
  readonly visitors: readonly { readonly number: string; readonly since: string }[];
}

/** What is kept of a sign-in, encrypted. */
export interface SignInDetails {
  /** In full, as a network, or null, as the operator chose. */
  readonly address: string | null;
  readonly country: string | null;
  readonly region: string | null;
  readonly browser: string;
}

/** Encrypts for one member and one use (AES-256-GCM). */
export function sealFor(key: Uint8Array, use: string, value: unknown): Buffer {
  return sealerOf([key]).seal(use, Buffer.from(JSON.stringify(value)));
}

/** undefined where the key is another. */
export function openFor<Value>(key: Uint8Array, use: string, sealed: Uint8Array): Value | undefined {
  const plain = sealerOf([key]).open(use, sealed);
  return plain === undefined ? undefined : (JSON.parse(plain.toString('utf8')) as Value);
}

export const uses = {
  member: (id: number) => `member ${id}`,
  signIn: (id: number) => `sign-in of member ${id}`,
  email: (id: number) => `new address of member ${id}`,
} as const;

/** By which a member of a site is found; without the key nobody can try addresses. */
export function lookupOf(lookupKey: Uint8Array, siteId: number, email: string): Buffer {
  const address = email.normalize('NFC').toLowerCase();
  return createHmac('sha256', lookupKey).update(`member of ${siteId}\n${address}`).digest();
}

const numberBytes = 4;
const macBytes = 16;

/** What an unsubscribe link has: the member's number, and that it is from here. It never expires. */
export function unsubscribeToken(lookupKey: Uint8Array, member: number): string {
  const number = Buffer.alloc(numberBytes);
  number.writeUInt32BE(member);
  return Buffer.concat([number, unsubscribeMac(lookupKey, number)]).toString('base64url');
}

/** The member's number; undefined where the token is none of ours. */
export function unsubscribedMember(lookupKey: Uint8Array, token: string): number | undefined {
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length !== numberBytes + macBytes) return undefined;
  const number = bytes.subarray(0, numberBytes);
  const same = timingSafeEqual(unsubscribeMac(lookupKey, number), bytes.subarray(numberBytes));
  return same ? number.readUInt32BE() : undefined;
}

function unsubscribeMac(lookupKey: Uint8Array, number: Uint8Array): Buffer {
  return createHmac('sha256', lookupKey).update('unsubscribe').update(number).digest().subarray(0, macBytes);
}
