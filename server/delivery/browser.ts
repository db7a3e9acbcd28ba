import { UAParser } from 'ua-parser-js';
import { type BrowserFacts, browserFields } from '../../analytics/index.ts';
import { type BrowserTraits, browserTraits } from './invalid-traffic/browser-traits.ts';
import { SipKey, sipHash, sipResult } from './sip-hash.ts';
import { TwoGenerationCache } from './two-generation-cache.ts';

/** What a User-Agent header says, with the parts of a log line and of a visitor number that are made of it. */
export interface Browser {
  /** Tells browsers apart: a small number, the same for the same object, never used for two. */
  readonly serial: number;
  readonly facts: BrowserFacts;
  /** Log fields, as UTF-8. */
  readonly fields: Buffer;
  /** 64 bits that stand for the header's text, as two unsigned halves. */
  readonly hashHigh: number;
  readonly hashLow: number;
  readonly traits: BrowserTraits;
}

/** Longer headers are cut before they are read: the longest of real browsers are under 300 characters. */
const maxLength = 512;

const desktopSystems = new Set([
  'Windows',
  'Mac OS',
  'Linux',
  'Ubuntu',
  'Debian',
  'Fedora',
  'Chromium OS',
  'FreeBSD',
  'OpenBSD',
]);

const deviceTypes: Readonly<Record<string, string>> = {
  mobile: 'mobile',
  tablet: 'tablet',
  smarttv: 'tv',
  console: 'console',
  wearable: 'wearable',
};

/** Only spreads texts over 64 bits; what makes it a secret is the day's key, when a visitor number is made of it. */
const spread = new SipKey(Buffer.from('signpost browser'));

/** Reads User-Agent headers, each text once: reading takes 20 µs, finding it again 0.1 µs. */
export class BrowserReader {
  readonly #known = new TwoGenerationCache<Browser>(10_000);

  read(userAgent: string | undefined): Browser {
    const text = (userAgent ?? '').slice(0, maxLength);
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const browser = parse(text);
    this.#known.set(text, browser);
    return browser;
  }
}

let nextSerial = 0;

function parse(text: string): Browser {
  const { browser, os, device } = new UAParser(text).getResult();
  const major = Number.parseInt(browser.version ?? '', 10);
  const facts: BrowserFacts = {
    browser: browser.name ?? '',
    browserVersion: major >= 0 && major <= 65_535 ? major : 0,
    os: os.name ?? '',
    osVersion: os.version ?? '',
    device: deviceTypes[device.type ?? ''] ?? (desktopSystems.has(os.name ?? '') ? 'desktop' : ''),
  };
  const bytes = Buffer.from(text, 'utf8');
  sipHash(spread, bytes, bytes.length);
  return {
    serial: nextSerial++,
    facts,
    fields: Buffer.from(browserFields(facts)),
    hashHigh: sipResult.high,
    hashLow: sipResult.low,
    traits: browserTraits(text, facts.browser),
  };
}

/** The first language of an Accept-Language header in lower case, like `zh-tw`; empty where it names none. */
export function primaryLanguage(header: string | undefined): string {
  if (header === undefined) return '';
  let end = 0;
  while (end < header.length && end < 36 && isTagCharacter(header.charCodeAt(end))) end++;
  const tag = header.slice(0, end).toLowerCase();
  return end >= 2 && end <= 35 ? tag : '';
}

function isTagCharacter(code: number): boolean {
  const lower = code | 32;
  return (lower >= 97 && lower <= 122) || (code >= 48 && code <= 57) || code === 45;
}
