import { AppError } from '../errors.ts';

/** Failed attempts that are let through at once, and how long it takes until one more is. */
interface Allowance {
  readonly failures: number;
  readonly everyMs: number;
}

const ofAccount: Allowance = { failures: 10, everyMs: 60_000 };
const ofAddress: Allowance = { failures: 30, everyMs: 10_000 };
/** More accounts or addresses than these are forgotten, the oldest first. */
const mostKept = 20_000;

/**
 * Slows down guessing, by account and by address, whether the account exists or not. It is kept in memory alone: no
 * address of anybody is stored.
 */
export class Attempts {
  readonly #now: () => number;
  /** By key, when the last of its failures will be forgotten. */
  readonly #until = new Map<string, number>();

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /**
   * Counts an attempt, of an account where one is named, as failed until `succeeded` is called, so that many at once count too.
   * @throws AppError `too_many_attempts`
   */
  begin(account: string | undefined, address: string): { succeeded(): void } {
    const keys: [string, Allowance][] = [[`address ${address}`, ofAddress]];
    if (account !== undefined) keys.push([`account ${account.toLowerCase()}`, ofAccount]);
    const now = this.#now();
    for (const [key, { failures, everyMs }] of keys) {
      const waitMs = (this.#until.get(key) ?? 0) - now - (failures - 1) * everyMs;
      if (waitMs <= 0) continue;
      const seconds = Math.ceil(waitMs / 1000);
      throw new AppError('too_many_attempts', `Too many attempts have failed. Try again in ${seconds} s.`);
    }
    for (const [key, { everyMs }] of keys) this.#set(key, Math.max(now, this.#until.get(key) ?? 0) + everyMs);
    return {
      succeeded: () => {
        for (const [key, { everyMs }] of keys) this.#set(key, (this.#until.get(key) ?? 0) - everyMs);
      },
    };
  }

  #set(key: string, until: number): void {
    this.#until.delete(key);
    this.#until.set(key, until);
    const oldest = this.#until.keys().next();
    if (this.#until.size > mostKept && oldest.done !== true) this.#until.delete(oldest.value);
  }
}
