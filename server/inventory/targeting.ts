import { z } from 'zod';

interface Dimension {
  readonly pattern: RegExp;
  readonly what: string;
  readonly example: string;
}

const id = { pattern: /^[1-9]\d{0,9}$/, example: '12' };
const name = { pattern: /^[^\p{Cc}]{1,100}$/u };

/** What a line item can be targeted by with a list of values, and the form of each value. */
export const targetingDimensions = {
  continent: {
    pattern: /^(AF|AN|AS|EU|NA|OC|SA)$/,
    what: 'a continent: AF AN AS EU NA OC SA',
    example: 'EU',
  },
  country: { pattern: /^[A-Z]{2}$/, what: 'an ISO 3166-1 alpha-2 code in capitals', example: 'TW' },
  eu: { pattern: /^(yes|no)$/, what: 'yes or no: member of the European Union', example: 'yes' },
  region: { pattern: /^[A-Z]{2}-[A-Z0-9]{1,3}$/, what: 'an ISO 3166-2 code in capitals', example: 'DE-BY' },
  city: {
    pattern: /^[A-Z]{2}\/[^\p{Cc}]{1,100}$/u,
    what: "a country's code and the city's English name",
    example: 'DE/Munich',
  },
  postalCode: {
    pattern: /^[A-Z]{2}\/[A-Za-z0-9 -]{1,12}$/,
    what: "a country's code and a postal code",
    example: 'DE/80331',
  },
  timeZone: { pattern: /^[A-Za-z0-9_+/-]{1,60}$/, what: 'an IANA time zone', example: 'Asia/Taipei' },
  asn: { pattern: /^AS[1-9]\d{0,9}$/, what: 'an autonomous system number', example: 'AS15169' },
  connectionType: {
    pattern: /^(cable_dsl|cellular|corporate|satellite|dialup)$/,
    what: 'one of cable_dsl, cellular, corporate, satellite, dialup',
    example: 'cellular',
  },
  browser: { ...name, what: "a browser's name as in the reports", example: 'Mobile Safari' },
  os: { ...name, what: "an operating system's name as in the reports", example: 'Windows' },
  device: {
    pattern: /^(desktop|mobile|tablet|tv|console|wearable)$/,
    what: 'one of desktop, mobile, tablet, tv, console, wearable',
    example: 'mobile',
  },
  language: {
    pattern: /^[a-z]{2,3}(-[a-z0-9]{2,8})*$/,
    what: 'a language in lower case, with those that refine it: zh is zh-tw too',
    example: 'zh-tw',
  },
  site: { ...id, what: "a site's id" },
  zone: { ...id, what: "a zone's id" },
  referrer: {
    pattern: /^([a-z0-9-]{1,63}\.)*[a-z0-9-]{1,63}$/,
    what: 'a host name in lower case, with those below it',
    example: 'search.example',
  },
  page: {
    pattern: /^[^\s\p{Cc}]{1,1000}$/u,
    what: 'the address of a page without query string, * standing for anything',
    example: 'https://news.example/sport/*',
  },
  segment: { pattern: /^[a-z0-9_-]{1,60}$/, what: "a segment's name", example: 'sport' },
  advertiserValue: {
    pattern: /^[\x21-\x7e]{1,64}$/,
    what: "a value that the line item's own advertiser keeps for a visitor, * at its end standing for anything",
    example: 'cart:*',
  },
} as const satisfies Record<string, Dimension>;
export type TargetingDimension = keyof typeof targetingDimensions;

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof weekdays)[number];

/** Whose clock: the visitor's, where the location database knows it, or that of an IANA time zone. */
export type Clock = 'visitor' | (string & {});

/** Values that are in a list, or not: of a dimension, or of one of the zone's or page's own keys. */
export type ListLeaf = (
  | { readonly on: TargetingDimension }
  | { readonly on: 'keyValue'; readonly key: string }
) &
  ({ readonly in: readonly string[] } | { readonly notIn: readonly string[] });

/** Versions from `from` up to and with `to`, compared part by part: 17 is from 17.0 to 17.9. */
export interface VersionLeaf {
  readonly on: 'browserVersion' | 'osVersion';
  /** Name of the browser or the operating system. */
  readonly of: string;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Within so many kilometres, the accuracy of the visitor's place included where the database tells it. */
export interface RadiusLeaf {
  readonly on: 'radius';
  readonly latitude: number;
  readonly longitude: number;
  readonly km: number;
}

/** Days of the week and hours of the day; what is left out is any. */
export interface ScheduleLeaf {
  readonly on: 'schedule';
  readonly weekdays?: readonly Weekday[] | undefined;
  /** 0 to 23. */
  readonly hours?: readonly number[] | undefined;
  readonly clock: Clock;
}

/** From an instant, until just before another; either may be open. */
export interface DatesLeaf {
  readonly on: 'dates';
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export type TargetingLeaf = ListLeaf | VersionLeaf | RadiusLeaf | ScheduleLeaf | DatesLeaf;

/**
 * A rule: a leaf looks at one thing; groups combine rules. Unknown is unknown: a leaf does not match what is not
 * known, except `notIn`, which does.
 */
export type Targeting =
  | TargetingLeaf
  | { readonly and: readonly Targeting[] }
  | { readonly or: readonly Targeting[] }
  | { readonly not: Targeting };

const on = z.enum(Object.keys(targetingDimensions) as [TargetingDimension, ...TargetingDimension[]]);
const values = z.array(z.string()).min(1).max(1000);

interface Listed {
  on: TargetingDimension;
  in?: readonly string[];
  notIn?: readonly string[];
}

function checkValues(rule: Listed, context: z.RefinementCtx): void {
  const { pattern, what, example } = targetingDimensions[rule.on];
  const key = rule.in === undefined ? 'notIn' : 'in';
  (rule.in ?? rule.notIn ?? []).forEach((value, index) => {
    if (pattern.test(value)) return;
    const message = `"${value.slice(0, 60)}" is not ${what}, like ${example}`;
    context.addIssue({ code: 'custom', path: [key, index], message });
  });
}

const version = z.string().regex(/^\d{1,5}(\.\d{1,5}){0,3}$/, 'has to be a version, like 17 or 10.15');
const instant = z.iso.datetime({ offset: true });
const key = z
  .string()
  .regex(/^[A-Za-z0-9_.-]{1,40}$/, 'has to be a key of letters, digits, dot, dash and underscore');
const keyValues = z.array(z.string().min(1).max(100)).min(1).max(1000);
const clock = z.string().refine((text) => text === 'visitor' || isTimeZone(text), {
  message: 'has to be "visitor" or an IANA time zone, like Asia/Taipei',
});

function isTimeZone(text: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}

const oneBound = { message: 'give from, to or both' };
const leaves = [
  z.strictObject({ on, in: values }).superRefine(checkValues),
  z.strictObject({ on, notIn: values }).superRefine(checkValues),
  z.strictObject({ on: z.literal('keyValue'), key, in: keyValues }),
  z.strictObject({ on: z.literal('keyValue'), key, notIn: keyValues }),
  z
    .strictObject({
      on: z.enum(['browserVersion', 'osVersion']),
      of: z.string().min(1).max(100),
      from: version.optional(),
      to: version.optional(),
    })
    .refine(({ from, to }) => from !== undefined || to !== undefined, oneBound),
  z.strictObject({
    on: z.literal('radius'),
    latitude: z.number().min(-90).max(90),
    longitude: z.number().min(-180).max(180),
    km: z.number().positive().max(20_000),
  }),
  z
    .strictObject({
      on: z.literal('schedule'),
      weekdays: z.array(z.enum(weekdays)).min(1).max(7).optional(),
      hours: z.array(z.int().min(0).max(23)).min(1).max(24).optional(),
      clock,
    })
    .refine(({ weekdays: days, hours }) => days !== undefined || hours !== undefined, {
      message: 'give weekdays, hours or both',
    }),
  z
    .strictObject({ on: z.literal('dates'), from: instant.optional(), to: instant.optional() })
    .refine(({ from, to }) => from !== undefined || to !== undefined, oneBound),
] as const;

export const targetingSchema: z.ZodType<Targeting> = z
  .lazy(() =>
    z.union([
      ...leaves,
      z.strictObject({ and: z.array(targetingSchema).min(1).max(50) }),
      z.strictObject({ or: z.array(targetingSchema).min(1).max(50) }),
      z.strictObject({ not: targetingSchema }),
    ]),
  )
  .meta({
    id: 'Targeting',
    description:
      'A targeting rule: {"on":"region","in":["DE-BY"]}, or and/or/not of rules; see docs/targeting.md.',
  });

/** Every leaf of a rule. */
export function leavesOf(rule: Targeting): readonly TargetingLeaf[] {
  if ('and' in rule) return rule.and.flatMap(leavesOf);
  if ('or' in rule) return rule.or.flatMap(leavesOf);
  if ('not' in rule) return leavesOf(rule.not);
  return [rule];
}
