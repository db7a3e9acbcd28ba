import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

/** The browser's own variant of the language, like en-GB, whose dates and numbers the person is used to. */
export function localeOf(language: string): string {
  const base = language.split('-')[0] ?? language;
  return navigator.languages.find((own) => own.split('-')[0] === base) ?? language;
}

function namesOf(locale: string, type: 'region' | 'language'): (code: string) => string {
  const names = new Intl.DisplayNames(locale, { type, fallback: 'code' });
  return (code) => {
    try {
      return names.of(code) ?? code;
    } catch {
      return code;
    }
  };
}

/** Everything that is written as people of the language write it. Dates are in `timeZone`; default: the browser's. */
export function makeFormat(language: string, timeZone?: string) {
  const locale = localeOf(language);
  const zone = timeZone === undefined ? {} : { timeZone };
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
  const compact = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 });
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  const change = new Intl.NumberFormat(locale, {
    style: 'percent',
    maximumFractionDigits: 1,
    signDisplay: 'exceptZero',
  });
  const date = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', ...zone });
  const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', ...zone });
  const weekdays = {
    long: new Intl.DateTimeFormat(locale, { weekday: 'long', timeZone: 'UTC' }),
    short: new Intl.DateTimeFormat(locale, { weekday: 'short', timeZone: 'UTC' }),
  };
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  return {
    locale,
    number: (value: number) => number.format(value),
    /** 12,345 as 12.3K. */
    compact: (value: number) => compact.format(value),
    /** 0.123 as 12.3 %. */
    percent: (value: number) => percent.format(value),
    /** As percent, with its sign. */
    change: (value: number) => change.format(value),
    date: (value: Date | string | number) => date.format(new Date(value)),
    dateTime: (value: Date | string | number) => dateTime.format(new Date(value)),
    /** Name of a day of the week: 1 is Monday, 7 is Sunday. */
    weekday: (day: number, length: 'long' | 'short' = 'long') =>
      // A January that began with a Monday.
      weekdays[length].format(Date.UTC(2024, 0, day)),
    /** Like "5 minutes ago". */
    ago: (value: Date | string | number) => relativeTo(relative, new Date(value).getTime() - Date.now()),
    /** Millionths of a currency (ISO 4217); short: without what is below its unit, and 12,345 as 12K. */
    money: (micros: number, currency: string, short = false) =>
      new Intl.NumberFormat(locale, {
        ...{ style: 'currency', currency },
        ...(short ? { notation: 'compact', maximumFractionDigits: 1 } : {}),
      }).format(micros / 1_000_000),
    /** Milliseconds as minutes and seconds, like 2:05. */
    duration: (ms: number) => {
      const seconds = Math.round(ms / 1000);
      return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
    },
    /** Milliseconds in the unit that fits, like 350 ms, 12 sec, 3 hr. */
    span: (ms: number) => inUnit(locale, ms, spans),
    /** Like 1.5 GB; a kilobyte is 1,000 bytes. */
    bytes: (value: number) => inUnit(locale, value, sizes),
    /** Name of a country (ISO 3166-1 alpha-2). */
    country: namesOf(locale, 'region'),
    /** Name of a language, like zh-tw. */
    language: namesOf(locale, 'language'),
  };
}

export type Format = ReturnType<typeof makeFormat>;

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** The largest first. */
const spans = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
  ['millisecond', 1],
] as const;
const sizes = [
  ['terabyte', 1e12],
  ['gigabyte', 1e9],
  ['megabyte', 1e6],
  ['kilobyte', 1000],
  ['byte', 1],
] as const;

/** In the largest unit of which there is one at least. */
function inUnit(locale: string, value: number, choices: readonly (readonly [string, number])[]): string {
  const [unit, size] = choices.find(([, least]) => value >= least) ?? choices.at(-1) ?? ['byte', 1];
  const digits = { maximumFractionDigits: value / size < 10 && size > 1 ? 1 : 0 };
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short', ...digits }).format(
    value / size,
  );
}

function relativeTo(format: Intl.RelativeTimeFormat, ms: number): string {
  for (const [unit, unitMs] of units) {
    if (Math.abs(ms) >= unitMs) return format.format(Math.round(ms / unitMs), unit);
  }
  return format.format(0, 'second');
}

export function useFormat(timeZone?: string): Format {
  const { i18n } = useTranslation();
  return useMemo(() => makeFormat(i18n.language, timeZone), [i18n.language, timeZone]);
}
