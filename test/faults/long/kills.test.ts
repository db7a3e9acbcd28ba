import { expect, it } from 'vitest';
import { pick, seededRandom } from '../../support/random.ts';
import { expectNothingLost } from '../expectations.ts';
import { killRounds, victims } from '../kills.ts';

const rounds = Number(process.env['KILL_ROUNDS'] ?? 24);
const seed = Number(process.env['KILL_SEED'] ?? Date.now() % 1_000_000);

it(`counts each acknowledged event once over ${rounds} kills`, { timeout: rounds * 60_000 }, async () => {
  const random = seededRandom(seed);
  const outcome = await killRounds({
    victims: Array.from({ length: rounds }, (_, round) => victims[round] ?? pick(victims, random)),
    workers: 2,
    mostBetween: 5000,
    random,
  });
  const { rounds: seen, log, ...rest } = outcome;
  console.log(`KILL_SEED=${seed}`, rest);
  console.table(seen);
  if (process.env['KILL_LOG'] !== undefined) console.log(log);
  expectNothingLost(outcome);
  for (const { victim, adsAfterMs, failed } of seen) {
    if (victim === 'worker' || victim === 'office') expect(adsAfterMs).toBeLessThan(2000);
    if (victim === 'office') expect(failed).toBe(0);
  }
});
