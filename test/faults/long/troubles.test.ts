import { expect, it } from 'vitest';
import { pick, seededRandom } from '../../support/random.ts';
import { expectTroublesSurvived } from '../expectations.ts';
import { type Trouble, troubleRounds, troubles } from '../troubles.ts';

const rounds = Number(process.env['TROUBLE_ROUNDS'] ?? 200);
/** Which, separated by commas; default: all. */
const among = (process.env['TROUBLES']?.split(',') as Trouble[] | undefined) ?? troubles;
/** On a slow machine: the last round begins before so many minutes are over. */
const minutes = Number(process.env['TROUBLE_MINUTES'] ?? Number.POSITIVE_INFINITY);
const seed = Number(process.env['TROUBLE_SEED'] ?? Date.now() % 1_000_000);

it(`counts each acknowledged event once over ${rounds} rounds of troubles`, {
  timeout: rounds * 60_000,
}, async () => {
  const random = seededRandom(seed);
  let done = 0;
  const outcome = await troubleRounds({
    troubles: Array.from({ length: rounds }, (_, round) => among[round] ?? pick(among, random)),
    workers: 2,
    mostMs: 2500,
    stopAfterMs: minutes * 60_000,
    onRound: (round) => process.stderr.write(`${++done}: ${JSON.stringify(round)}\n`),
    random,
  });
  const { rounds: seen, log, ...rest } = outcome;
  console.log(`TROUBLE_SEED=${seed}`, JSON.stringify(rest, undefined, 1));
  console.table(seen);
  if (process.env['TROUBLE_LOG'] !== undefined) console.log(log);
  expectTroublesSurvived(outcome);
  // Delivery never waits for ClickHouse; the bound is wide, because kills fall into both.
  expect(outcome.p99Ms.down).toBeLessThan(3 * outcome.p99Ms.up + 50);
});
