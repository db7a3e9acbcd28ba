import { isbot } from 'isbot';
import { reasonBit } from '../../../analytics/index.ts';

/** What a User-Agent header says of how far a request can be believed. Made once for each text, kept with the browser. */
export interface BrowserTraits {
  /** A set of `reasonBit`: `bot` or `missing_headers`. */
  readonly marks: number;
  /** Whether a browser of this name puts Accept-Language on every request. */
  readonly sendsLanguage: boolean;
  /** Whether it is of another make than Chromium, and so has no client hints. */
  readonly withoutHints: boolean;
}

/**
 * Names as ua-parser-js gives them. Only browsers that are known to send the header always, images and beacons
 * included; views inside of apps, mail programs and consoles are left out, since each does as it likes.
 */
const sendLanguage = new Set([
  'Chrome',
  'Mobile Chrome',
  'Edge',
  'Firefox',
  'Mobile Firefox',
  'Opera',
  'Safari',
  'Mobile Safari',
  'Samsung Internet',
]);

/** Gecko and WebKit have not implemented User-Agent Client Hints, on any system. */
const withoutHints = new Set(['Firefox', 'Mobile Firefox', 'Safari', 'Mobile Safari']);

/** @param name the browser's, as it was read from the header */
export function browserTraits(userAgent: string, name: string): BrowserTraits {
  let marks = 0;
  if (userAgent.trim() === '') marks = reasonBit.missing_headers;
  else if (isbot(userAgent)) marks = reasonBit.bot;
  return { marks, sendsLanguage: sendLanguage.has(name), withoutHints: withoutHints.has(name) };
}
