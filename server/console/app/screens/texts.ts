import type account from './account/texts/en.json';
import type campaigns from './campaigns/texts/en.json';
import type invalidTraffic from './invalid-traffic/texts/en.json';
import type jobs from './jobs/texts/en.json';
import type sites from './sites/texts/en.json';
import type system from './system/texts/en.json';
import type targeting from './targeting/texts/en.json';
import type why from './why/texts/en.json';

/** What each screen's texts are: a line for each folder that has some. */
export interface ScreenTexts {
  account: typeof account;
  'invalid-traffic': typeof invalidTraffic;
  jobs: typeof jobs;
  system: typeof system;
  campaigns: typeof campaigns;
  sites: typeof sites;
  targeting: typeof targeting;
  why: typeof why;
}
