import type reportView from '../parts/report-view/texts/en.json';
import type account from './account/texts/en.json';
import type audit from './audit/texts/en.json';
import type campaigns from './campaigns/texts/en.json';
import type interests from './interests/texts/en.json';
import type invalidTraffic from './invalid-traffic/texts/en.json';
import type jobs from './jobs/texts/en.json';
import type memberRequests from './member-requests/texts/en.json';
import type members from './members/texts/en.json';
import type overview from './overview/texts/en.json';
import type privacy from './privacy/texts/en.json';
import type reports from './reports/texts/en.json';
import type sites from './sites/texts/en.json';
import type system from './system/texts/en.json';
import type targeting from './targeting/texts/en.json';
import type traffic from './traffic/texts/en.json';
import type users from './users/texts/en.json';
import type visitors from './visitors/texts/en.json';
import type why from './why/texts/en.json';

/** What each screen's texts are, and those of parts that have some: a line for each folder. */
export interface ScreenTexts {
  'report-view': typeof reportView;
  account: typeof account;
  audit: typeof audit;
  campaigns: typeof campaigns;
  interests: typeof interests;
  'invalid-traffic': typeof invalidTraffic;
  jobs: typeof jobs;
  'member-requests': typeof memberRequests;
  members: typeof members;
  overview: typeof overview;
  privacy: typeof privacy;
  reports: typeof reports;
  sites: typeof sites;
  system: typeof system;
  targeting: typeof targeting;
  traffic: typeof traffic;
  users: typeof users;
  visitors: typeof visitors;
  why: typeof why;
}
