import { it } from 'vitest';
import { seededRandom } from '../support/random.ts';
import { expectTroublesSurvived } from './expectations.ts';
import { troubleRounds } from './troubles.ts';

it('counts each acknowledged event once, whatever fails under load', { timeout: 120_000 }, async () => {
  const outcome = await troubleRounds({
    troubles: ['cutting', 'disk full', 'clock back', 'torn lines'],
    workers: 1,
    mostMs: 600,
    random: seededRandom(Date.now()),
  });
  expectTroublesSurvived(outcome);
});
