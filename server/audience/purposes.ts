/**
 * What a visitor can consent to, and what each consent allows: the one table. Reading consent, cookies, the privacy
 * page, the tag and docs/privacy.md all go by it. What is not in it is not done.
 */
export const purposes = {
  necessary: {
    /** Of a set of purposes; 0: needs no consent. */
    bit: 0,
    title: 'Necessary',
    cookies: ['choice', 'member'],
    storage: 'nothing',
    visitorNumber: 'daily',
    does: 'Banners by region, page and time; page views and events with a number of one day; keeping the choice itself; staying signed in as a member',
    tcf: [],
    /** Whether an opt-out of sale, sharing or targeted advertising, as of GPC and GPP, takes it away. */
    optOut: false,
  },
  measurement: {
    bit: 1,
    title: 'Measurement',
    cookies: ['visitor', 'ads'],
    storage: 'events that the network refused, with `data-storage`',
    visitorNumber: 'cookie',
    does: 'The same number on later days; how often a banner was shown to you (frequency caps)',
    tcf: [1, 7],
    optOut: false,
  },
  personalisation: {
    bit: 2,
    title: 'Personalisation',
    cookies: ['interests', 'ads'],
    storage: 'nothing',
    visitorNumber: 'daily',
    does: 'Interests learnt from the pages you visit, and banners chosen by them; hiding a banner for good',
    tcf: [1, 3, 4],
    optOut: true,
  },
  advertisers: {
    bit: 4,
    title: "Advertisers' own cookies",
    cookies: ['advertisers'],
    storage: 'nothing',
    visitorNumber: 'daily',
    does: 'An advertiser whose banner you were shown keeps a number and a short value of its own here, and chooses its banners by it',
    tcf: [1, 2, 3, 4],
    optOut: true,
  },
} as const;

export type Purpose = keyof typeof purposes;
/** One that needs consent. */
export type ConsentPurpose = Exclude<Purpose, 'necessary'>;

export const consentPurposes = ['measurement', 'personalisation', 'advertisers'] as const;
export const everything = 7;

/** What of `bits` is left after an opt-out of sale, sharing or targeted advertising. */
export const leftByOptOut = consentPurposes.reduce(
  (left, name) => (purposes[name].optOut ? left : left | purposes[name].bit),
  0,
);

/** The purposes, as bits, that IAB TCF purposes allow. @param has whether the TCF purpose has consent */
export function allowedByTcf(has: (tcfPurpose: number) => boolean): number {
  let bits = 0;
  for (const name of consentPurposes) if (purposes[name].tcf.every(has)) bits |= purposes[name].bit;
  return bits;
}

export type CookieKind = 'choice' | 'visitor' | 'interests' | 'ads' | 'advertisers' | 'member';

interface CookieRow {
  /** Without the prefix that a browser enforces over TLS. */
  readonly name: string;
  /** Any of them allows it. */
  readonly purposes: readonly Purpose[];
  readonly lifeDays: number;
  readonly holds: string;
  readonly readers: string;
}

const readers = 'this ad server; no page, no advertiser and no other host';

/** Every cookie there is. All are HttpOnly: no script reads them. */
export const cookieTable: Readonly<Record<CookieKind, CookieRow>> = {
  choice: {
    name: 'signpost-choice',
    purposes: ['necessary'],
    lifeDays: 180,
    holds:
      'What you consented to. After a refusal only where the law lets the site assume consent, or the site keeps refusals',
    readers,
  },
  visitor: {
    name: 'signpost-visitor',
    purposes: ['measurement'],
    lifeDays: 365,
    holds: 'A random number, the day it was made, and a signature',
    readers,
  },
  interests: {
    name: 'signpost-interests',
    purposes: ['personalisation'],
    lifeDays: 90,
    holds: 'Your interests, encrypted, at most 500 bytes',
    readers,
  },
  ads: {
    name: 'signpost-ads',
    purposes: ['measurement', 'personalisation'],
    lifeDays: 30,
    holds: 'When you were shown which banner, and the banners that you hid',
    readers,
  },
  advertisers: {
    name: 'signpost-advertisers',
    purposes: ['advertisers'],
    lifeDays: 90,
    holds:
      'For each of at most 12 advertisers a random number and a value of at most 64 characters, encrypted',
    readers: 'this ad server; it tells each advertiser what is its own, and nobody else',
  },
  member: {
    name: 'signpost-member',
    purposes: ['necessary'],
    lifeDays: 30,
    holds:
      'A random text that stands for your being signed in; set when you sign in, removed when you sign out',
    readers,
  },
};

export const cookieKinds = Object.keys(cookieTable) as readonly CookieKind[];

/** What needs no consent is allowed by this bit, which every set of purposes is taken to have. */
const always = everything + 1;

/** By cookie, the bits that allow it. */
const allowing = Object.fromEntries(
  cookieKinds.map((kind) => [
    kind,
    cookieTable[kind].purposes.reduce((bits, name) => bits | (purposes[name].bit || always), 0),
  ]),
) as Readonly<Record<CookieKind, number>>;

/** Whether a set of purposes allows the cookie. */
export function allowsCookie(bits: number, kind: CookieKind): boolean {
  return ((bits | always) & allowing[kind]) !== 0;
}
