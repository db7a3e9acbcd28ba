import type { Dimension } from './report.ts';
import { timeExpressions } from './time-zone.ts';

const text = (expression: string, definition: string, label?: string): Dimension => ({
  ...(label === undefined ? {} : { label }),
  type: 'text',
  definition,
  expression,
  filterType: 'String',
});
const number = (type: 'id' | 'number', expression: string, definition: string): Dimension => ({
  type,
  definition,
  expression,
  filterType: 'UInt32',
});

/** What time dimensions tell apart, at the least: no row of a source may reach across one. */
export const timeUnits = { hour: 'hour', day: 'day', hourOfDay: 'hour', weekday: 'day' } as const;
export type TimeDimension = keyof typeof timeUnits;

export function isTimeDimension(name: string): name is TimeDimension {
  return Object.hasOwn(timeUnits, name);
}

/** Hours and days of an instant that a report's source has. */
export function timeDimensions(instant: string): Readonly<Record<TimeDimension, Dimension>> {
  const { day, hour, hourOrder, hourOfDay, weekday } = timeExpressions(instant);
  return {
    hour: {
      type: 'hour',
      definition: "Hour of the event, in the report's time zone.",
      expression: hour,
      order: hourOrder,
    },
    day: {
      type: 'day',
      definition: "Day of the event, in the report's time zone.",
      expression: day,
      order: day,
    },
    hourOfDay: {
      ...number(
        'number',
        hourOfDay,
        "Hour of the day, 0 to 23, in the report's time zone: of all days together.",
      ),
      order: hourOfDay,
    },
    weekday: {
      ...number(
        'number',
        weekday,
        "Day of the week, 1 (Monday) to 7 (Sunday), in the report's time zone: of all weeks together.",
      ),
      order: weekday,
    },
  };
}

/** What events are about, by the names that reports give it: the same in every report. */
export const eventDimensions = {
  ...timeDimensions('bucket'),
  site: number('id', 'site', 'Site of the zone or page.'),
  zone: number('id', 'zone', 'Zone that the ad was asked for; 0 for page views.'),
  advertiser: number('id', 'advertiser', 'Advertiser of the ad; 0 where there was none.'),
  campaign: number('id', 'campaign', 'Campaign of the ad; 0 where there was none.'),
  lineItem: number('id', 'line_item', 'Line item of the ad; 0 where there was none.'),
  creative: number('id', 'creative', 'The ad itself; 0 where there was none.'),
  noFillReason: text(
    'no_fill',
    'Why an ad request got no ad; empty where it got one, and for all other events.',
    'No-fill reason',
  ),
  country: text('country', "Country of the visitor's address (ISO 3166-1 alpha-2)."),
  region: text('region', "Region of the visitor's address (ISO 3166-2)."),
  city: text('city', "City of the visitor's address. Ask for it together with country: names repeat."),
  browser: text('browser', "Browser's name."),
  browserVersion: number(
    'number',
    'browser_version',
    "Browser's major version; 0 where unknown. Ask for it together with browser.",
  ),
  os: text('os', 'Operating system.', 'Operating system'),
  osVersion: text(
    'os_version',
    "Operating system's version. Ask for it together with os.",
    'Operating system version',
  ),
  device: text('device', 'Device type: desktop, mobile, tablet, tv, console or wearable.'),
  language: text('language', "Browser's first language, lower case, like zh-tw."),
  page: text('page', 'Page without query string; of page views and ad requests.'),
  referrer: text('referrer', "Host name of the page's referrer; of page views."),
} as const satisfies Record<string, Dimension>;
export type EventDimension = keyof typeof eventDimensions;

/** Some of them, in the order of the names. */
export function dimensionsOf(names: readonly EventDimension[]): Readonly<Record<string, Dimension>> {
  return Object.fromEntries(names.map((name) => [name, eventDimensions[name]]));
}
