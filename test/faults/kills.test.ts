import { expect, it } from 'vitest';
import { seededRandom } from '../support/random.ts';
import { expectNothingLost } from './expectations.ts';
import { killRounds } from './kills.ts';

it('counts each acknowledged event once, whichever process is killed under load', {
  timeout: 300_000,
}, async () => {
  const outcome = await killRounds({
    victims: ['worker', 'office', 'supervisor', 'everything'],
    workers: 1,
    mostBetween: 2000,
    random: seededRandom(Date.now()),
  });
  expectNothingLost(outcome);
  // Two seconds on a machine with nothing else to do, as the long form demands.
  expect(outcome.rounds.find(({ victim }) => victim === 'worker')?.adsAfterMs).toBeLessThan(10_000);
  expect(outcome.rounds.find(({ victim }) => victim === 'office')?.failed).toBe(0);
});
