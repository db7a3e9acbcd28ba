import type account from './account/texts/en.json';

/** What each screen's texts are: a line for each folder that has some. */
export interface ScreenTexts {
  account: typeof account;
}
