import type account from './account/texts/en.json';
import type invalidTraffic from './invalid-traffic/texts/en.json';
import type jobs from './jobs/texts/en.json';
import type system from './system/texts/en.json';

/** What each screen's texts are: a line for each folder that has some. */
export interface ScreenTexts {
  account: typeof account;
  'invalid-traffic': typeof invalidTraffic;
  jobs: typeof jobs;
  system: typeof system;
}
