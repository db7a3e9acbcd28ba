import { held, type LineItemLedger } from './ledger.ts';

/** A worker that has not been seen to use anything may hold this much. */
const firstLease = 100;
/** Nobody holds more than this many times what it used in a slice. */
const slicesHeld = 3;
/** How fast the memory of what a worker used fades, for each round. */
const fade = 0.9;

/**
 * Shares the room among the workers, by what each of them has used lately; whole ads, at most `ads` together. What is
 * too little to be divided goes round, so that every worker gets its turn.
 * @param round counts up: whose turn it is
 * @returns in the order of `workers`
 */
export function grantsFor(
  ledger: LineItemLedger,
  workers: readonly string[],
  ads: number,
  round: number,
): number[] {
  const accounts = workers.map((worker) => ledger.account(worker));
  for (const account of accounts) account.pull *= fade;
  const grants = new Array<number>(workers.length).fill(0);
  if (ads < 1 || workers.length === 0) return grants;
  // Everybody counts a little, or who has nothing could never show that it would use it.
  const floor = Math.max(1, accounts.reduce((sum, { pull }) => sum + pull, 0) * 0.02);
  const pulls = accounts.map(({ pull }) => pull + floor);
  const sum = pulls.reduce((total, pull) => total + pull, 0);
  const all = ads + accounts.reduce((total, account) => total + held(account), 0);
  let rest = ads;
  const most = accounts.map((account) => Math.max(firstLease, slicesHeld * account.pull) - held(account));
  for (const [at, account] of accounts.entries()) {
    const due = Math.floor((all * (pulls[at] as number)) / sum - held(account));
    const grant = Math.max(0, Math.min(due, Math.floor(most[at] as number), rest));
    grants[at] = grant;
    rest -= grant;
  }
  for (let turn = 0; turn < workers.length && rest >= 1; turn++) {
    const at = (turn + round) % workers.length;
    if ((grants[at] as number) > 0 || held(accounts[at] ?? noAccount) > 0) continue;
    grants[at] = 1;
    rest--;
  }
  return grants;
}

const noAccount = { granted: 0, used: 0, returned: 0, lost: 0 };
