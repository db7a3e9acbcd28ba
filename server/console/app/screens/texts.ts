import type reportView from '../parts/report-view/texts/en.json';
import type account from './account/texts/en.json';
import type traffic from './traffic/texts/en.json';
import type visitors from './visitors/texts/en.json';

/** What each screen's texts are, and those of parts that have some: a line for each folder. */
export interface ScreenTexts {
  'report-view': typeof reportView;
  account: typeof account;
  traffic: typeof traffic;
  visitors: typeof visitors;
}
