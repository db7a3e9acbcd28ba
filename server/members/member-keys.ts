import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { createOnce } from '../secrets/key-files.ts';
import type { Sealer } from '../secrets/sealed.ts';

/** State, and the sealed key: version, key id, nonce, 32 bytes, tag. */
const slotBytes = 66;
const sealedBytes = slotBytes - 1;
const memberKeyBytes = 32;
/** Of slots: never used, with a key, with a key no more. */
const [unused, held, erased] = [0, 1, 2] as const;

const purposeOf = (member: number): string => `member_key ${member}`;

export interface MemberKeyPlaces {
  /** Where the keys are. Back offices that share a database need the same. */
  readonly directory: string;
  /** Where the one copy of their current state is, beside the backups. */
  readonly copyDirectory: string;
  readonly sealer: Sealer;
}

/**
 * The keys of members, each sealed by the operator's: in a file with a slot for each member's number, in no database. So no
 * database's backup, log or replica has them. A copy of the file has its current state and nothing else: a key that is
 * destroyed is overwritten in both, and its slot is never used again.
 */
export class MemberKeys {
  /** Keyed hashes of addresses are made with it. */
  readonly lookupKey: Uint8Array;
  readonly #files: readonly [FileHandle, FileHandle];
  readonly #sealer: Sealer;
  #highest: number;
  readonly #erased: Set<number>;

  private constructor(
    files: readonly [FileHandle, FileHandle],
    sealer: Sealer,
    lookupKey: Uint8Array,
    highest: number,
    erasedIds: Set<number>,
  ) {
    this.#files = files;
    this.#sealer = sealer;
    this.lookupKey = lookupKey;
    this.#highest = highest;
    this.#erased = erasedIds;
  }

  /**
   * Opens the keys, and makes file and copy the same: what was erased in one of them is erased in both. On a machine that
   * has none they come from the copy. What an older sealing key has sealed is sealed anew.
   */
  static async open({ directory, copyDirectory, sealer }: MemberKeyPlaces): Promise<MemberKeys> {
    const lookupKey = sharedLookupKey(directory, copyDirectory);
    const files = [await openSlots(directory), await openSlots(copyDirectory)] as const;
    const [own, copy] = [await files[0].readFile(), await files[1].readFile()];
    const slots = Math.ceil(Math.max(own.length, copy.length) / slotBytes);
    const merged = Buffer.alloc(slots * slotBytes);
    const erasedIds = new Set<number>();
    for (let id = 0; id < slots; id++) {
      const at = id * slotBytes;
      const states = [own[at] ?? unused, copy[at] ?? unused];
      if (states.includes(erased)) {
        merged[at] = erased;
        erasedIds.add(id);
      } else if (states.includes(held)) {
        const source = states[0] === held ? own : copy;
        source.copy(merged, at, at, at + slotBytes);
        const sealed = merged.subarray(at + 1, at + slotBytes);
        const key = sealer.isOld(sealed) ? sealer.open(purposeOf(id), sealed) : undefined;
        if (key !== undefined) sealer.seal(purposeOf(id), key).copy(merged, at + 1);
      }
    }
    for (const [file, bytes] of [
      [files[0], own],
      [files[1], copy],
    ] as const) {
      if (bytes.equals(merged)) continue;
      await file.write(merged, 0, merged.length, 0);
      await file.datasync();
    }
    return new MemberKeys(files, sealer, lookupKey, slots - 1, erasedIds);
  }

  /** The highest number that ever had a key here; at least 0. */
  get highest(): number {
    return Math.max(0, this.#highest);
  }

  /** Members whose keys were destroyed. */
  get erased(): ReadonlySet<number> {
    return this.#erased;
  }

  /** A new key. @throws Error where the number had one before */
  async create(member: number): Promise<Buffer> {
    const [state] = await this.#read(member);
    if (state !== unused) throw new Error(`Member ${member} had a key before.`);
    const key = randomBytes(memberKeyBytes);
    const slot = Buffer.concat([Uint8Array.of(held), this.#sealer.seal(purposeOf(member), key)]);
    await this.#write(member, slot);
    this.#highest = Math.max(this.#highest, member);
    return key;
  }

  /** undefined where it was destroyed, never was, or is sealed by a key that is not there. */
  async of(member: number): Promise<Buffer | undefined> {
    const slot = await this.#read(member);
    return slot[0] === held ? this.#sealer.open(purposeOf(member), slot.subarray(1)) : undefined;
  }

  /** Overwrites the key in the file and in its copy. Resolves when the disk has it. */
  async destroy(member: number): Promise<void> {
    const slot = Buffer.alloc(slotBytes);
    slot[0] = erased;
    await this.#write(member, slot);
    this.#erased.add(member);
  }

  async close(): Promise<void> {
    for (const file of this.#files) await file.close();
  }

  async #read(member: number): Promise<Buffer> {
    const slot = Buffer.alloc(slotBytes);
    await this.#files[0].read(slot, 0, slotBytes, member * slotBytes);
    return slot;
  }

  async #write(member: number, slot: Buffer): Promise<void> {
    if (slot.length !== 1 + sealedBytes) throw new Error('A slot of member keys has another size.');
    for (const file of this.#files) {
      await file.write(slot, 0, slotBytes, member * slotBytes);
      await file.datasync();
    }
  }
}

async function openSlots(directory: string): Promise<FileHandle> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, 'slots');
  createOnce(path, () => Buffer.alloc(0));
  return open(path, 'r+');
}

/** The same in both places. */
function sharedLookupKey(directory: string, copyDirectory: string): Uint8Array {
  const [path, copy] = [join(directory, 'lookup'), join(copyDirectory, 'lookup')];
  const read = (from: string) => {
    try {
      return readFileSync(from);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  };
  const key = read(path) ?? read(copy) ?? randomBytes(memberKeyBytes);
  createOnce(path, () => key);
  const made = readFileSync(path);
  createOnce(copy, () => made);
  return made;
}
