import { expect, it } from 'vitest';
import { seededRandom } from '../support/random.ts';
import { expectNothingLost } from './expectations.ts';
import { killRounds } from './kills.ts';

it('counts each acknowledged event once, whichever process is killed under load', {
  timeout: 120_000,
}, async () => {
  const outcome = await killRounds({
    victims: ['worker', 'office', 'supervisor', 'everything'],
    workers: 1,
    random: seededRandom(Date.now()),
  });
  expectNothingLost(outcome);
  expect(outcome.rounds.find(({ victim }) => victim === 'office')?.failed).toBe(0);
});
