import type { Parameters } from '../clickhouse/sql-text.ts';

/** Texts and numbers that an ad request was stored with. */
type TextColumn = 'country' | 'region' | 'browser' | 'os' | 'device' | 'language' | 'page';
type NumberColumn = 'site' | 'zone' | 'asn' | 'browser_version';

/**
 * A condition on stored ad requests. `unknown` is what is not stored: it makes what it stands in unknown too, unless the
 * rest settles it.
 */
export type RequestCondition =
  | { readonly column: TextColumn; readonly in: readonly string[] }
  | { readonly column: NumberColumn; readonly in: readonly number[] }
  /** Country and city, like `TW/Taipei`. */
  | { readonly column: 'place'; readonly in: readonly string[] }
  | { readonly column: 'segments'; readonly in: readonly string[] }
  /** These languages and those that refine them. */
  | { readonly column: 'language_tree'; readonly in: readonly string[] }
  /** Patterns of SQL's LIKE for the page's address. */
  | { readonly column: 'page'; readonly like: readonly string[] }
  | {
      readonly column: 'browser_version' | 'os_version';
      readonly of: string;
      /** Numbers of a version, compared as far as they go. */
      readonly from?: readonly number[] | undefined;
      readonly to?: readonly number[] | undefined;
    }
  /** ISO weekdays (1 is Monday) and hours, of a time zone. */
  | {
      readonly column: 'local_time';
      readonly timeZone: string;
      readonly weekdays?: readonly number[] | undefined;
      readonly hours?: readonly number[] | undefined;
    }
  | { readonly and: readonly RequestCondition[] }
  | { readonly or: readonly RequestCondition[] }
  | { readonly not: RequestCondition }
  | 'unknown';

/** Parameters of a statement under construction: each value gets a name of its own. */
export class ParameterList {
  readonly values: Record<string, Parameters[string]> = {};

  /** @returns the placeholder */
  add(type: string, value: Parameters[string]): string {
    const name = `c${Object.keys(this.values).length}`;
    this.values[name] = value;
    return `{${name}:${type}}`;
  }
}

/** SQL over columns of `events`: 1, 0, or NULL where it is not known. */
export function requestConditionSql(condition: RequestCondition, parameters: ParameterList): string {
  if (condition === 'unknown') return 'CAST(NULL AS Nullable(UInt8))';
  if ('and' in condition) return joined(condition.and, ' AND ', '1', parameters);
  if ('or' in condition) return joined(condition.or, ' OR ', '0', parameters);
  if ('not' in condition) return `(NOT ${requestConditionSql(condition.not, parameters)})`;
  return `(${leafSql(condition, parameters)})`;
}

function joined(
  parts: readonly RequestCondition[],
  operator: string,
  none: string,
  parameters: ParameterList,
): string {
  if (parts.length === 0) return none;
  return `(${parts.map((part) => requestConditionSql(part, parameters)).join(operator)})`;
}

type Leaf = Exclude<RequestCondition, 'unknown' | { and: unknown } | { or: unknown } | { not: unknown }>;

function leafSql(leaf: Leaf, parameters: ParameterList): string {
  switch (leaf.column) {
    case 'site':
    case 'zone':
    case 'asn':
      return `has(${parameters.add('Array(UInt32)', leaf.in)}, ${leaf.column})`;
    case 'place':
      return `has(${parameters.add('Array(String)', leaf.in)}, concat(toString(country), '/', toString(city)))`;
    case 'segments':
      return `hasAny(arrayMap(s -> toString(s), segments), ${parameters.add('Array(String)', leaf.in)})`;
    case 'language_tree':
      return `arrayExists(l -> language = l OR startsWith(toString(language), concat(l, '-')), ${parameters.add('Array(String)', leaf.in)})`;
    case 'local_time':
      return localTimeSql(leaf, parameters);
    case 'browser_version':
    case 'os_version':
      return 'in' in leaf ? textIn(leaf, parameters) : versionSql(leaf, parameters);
    case 'page':
      if ('in' in leaf) return textIn(leaf, parameters);
      return leaf.like.map((pattern) => `page LIKE ${parameters.add('String', pattern)}`).join(' OR ') || '0';
    default:
      return textIn(leaf, parameters);
  }
}

function textIn(
  leaf: { column: string; in: readonly (string | number)[] },
  parameters: ParameterList,
): string {
  return `has(${parameters.add('Array(String)', leaf.in.map(String))}, toString(${leaf.column}))`;
}

function versionSql(
  {
    column,
    of,
    from,
    to,
  }: { column: string; of: string; from?: readonly number[] | undefined; to?: readonly number[] | undefined },
  parameters: ParameterList,
): string {
  const name = column === 'os_version' ? 'os' : 'browser';
  const parts =
    column === 'os_version'
      ? `arrayMap(p -> toUInt32OrZero(p), splitByChar('.', toString(os_version)))`
      : '[toUInt32(browser_version)]';
  const known = column === 'os_version' ? `match(toString(os_version), '^[0-9]')` : 'browser_version != 0';
  const bound = (numbers: readonly number[] | undefined, sign: string) =>
    numbers === undefined
      ? []
      : [
          `arrayResize(${parts}, ${numbers.length}, toUInt32(0)) ${sign} ${parameters.add('Array(UInt32)', numbers)}`,
        ];
  return [`${name} = ${parameters.add('String', of)}`, known, ...bound(from, '>='), ...bound(to, '<=')].join(
    ' AND ',
  );
}

function localTimeSql(
  {
    timeZone,
    weekdays,
    hours,
  }: { timeZone: string; weekdays?: readonly number[] | undefined; hours?: readonly number[] | undefined },
  parameters: ParameterList,
): string {
  // A time zone has to be a constant: its name is checked by who makes the condition, and holds no quotes.
  if (!/^[A-Za-z0-9_+/-]{1,60}$/.test(timeZone)) throw new TypeError('This is no time zone.');
  const conditions = [
    ...(weekdays === undefined
      ? []
      : [`has(${parameters.add('Array(UInt8)', weekdays)}, toDayOfWeek(toTimeZone(time, '${timeZone}')))`]),
    ...(hours === undefined
      ? []
      : [`has(${parameters.add('Array(UInt8)', hours)}, toHour(toTimeZone(time, '${timeZone}')))`]),
  ];
  return conditions.join(' AND ') || '1';
}
