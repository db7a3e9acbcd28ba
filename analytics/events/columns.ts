/** What can happen; the words are those of docs/architecture.md. Values are stored: never renumber, only append. */
export const eventTypes = {
  ad_request: 1,
  impression: 2,
  viewable: 3,
  click: 4,
  page_view: 5,
  conversion: 6,
} as const;
export type EventType = keyof typeof eventTypes;

interface Column {
  /** Type of the field in a log line (JSONEachRow). A missing field has the type's zero value. */
  readonly line: string;
  /** Type of the stored column, with its codec. */
  readonly stored: string;
  /** How the stored value is made of the line's; default: taken as it is. */
  readonly expression?: string;
}

/**
 * Impressions, viewable impressions and clicks count when they come within this time of their decision, in
 * milliseconds; later ones are kept with `not_counted` = `late`. So no counted event has `time - origin` above it.
 */
export const countedForMs = 2 * 3_600_000;

const hex64 = (field: string) => `reinterpretAsUInt64(reverse(unhex(${field})))`;
const enumOf = (values: Readonly<Record<string, number>>) =>
  `Enum8(${Object.entries(values)
    .map(([name, value]) => `'${name}' = ${value}`)
    .join(', ')})`;

/**
 * The event, once: the fields of a log line and the columns of `events` that they become, in this order. Log lines,
 * the insert that ships them and the migration's test are all made from it.
 */
export const eventColumns = {
  type: { line: 'String', stored: enumOf(eventTypes) },
  /** 16 hex digits. Events of one decision share its id; (type, id) is unique, and a repetition is a duplicate. */
  id: { line: 'String', stored: 'UInt64', expression: hex64('id') },
  /** When it happened: milliseconds since 1970, UTC. */
  time: {
    line: 'UInt64',
    stored: "DateTime64(3, 'UTC')",
    expression: "fromUnixTimestamp64Milli(toInt64(time), 'UTC')",
  },
  /**
   * When the decision was made that the event belongs to, or the page was opened by the browser's clock; missing where
   * that is `time`. All repetitions of an event share it, so that they always meet in the same counting period.
   */
  origin: {
    line: 'UInt64',
    stored: "DateTime64(3, 'UTC')",
    expression: "fromUnixTimestamp64Milli(toInt64(if(origin = 0, time, origin)), 'UTC')",
  },
  /** 16 hex digits. */
  visitor: { line: 'String', stored: 'UInt64', expression: hex64('visitor') },
  /** Empty where the event has no visitor. */
  visitor_kind: { line: 'String', stored: "Enum8('' = 0, 'daily' = 1, 'cookie' = 2)" },
  site: { line: 'UInt32', stored: 'UInt32' },
  zone: { line: 'UInt32', stored: 'UInt32' },
  advertiser: { line: 'UInt32', stored: 'UInt32' },
  campaign: { line: 'UInt32', stored: 'UInt32' },
  line_item: { line: 'UInt32', stored: 'UInt32' },
  creative: { line: 'UInt32', stored: 'UInt32' },
  /** Reason, or empty where an ad was chosen. */
  no_fill: { line: 'String', stored: 'LowCardinality(String)' },
  /** Why an event is kept but not counted, such as `late`; empty where it counts. */
  not_counted: { line: 'String', stored: 'LowCardinality(String)' },
  country: { line: 'String', stored: 'LowCardinality(String)' },
  region: { line: 'String', stored: 'LowCardinality(String)' },
  city: { line: 'String', stored: 'LowCardinality(String)' },
  /** The visitor's network: the address masked to /24 (IPv4) or /48 (IPv6). */
  network: { line: 'String', stored: 'String' },
  /** Build date of the location database as a number, like 20260605. */
  geo_build: { line: 'UInt32', stored: 'UInt32' },
  browser: { line: 'String', stored: 'LowCardinality(String)' },
  browser_version: { line: 'UInt16', stored: 'UInt16' },
  os: { line: 'String', stored: 'LowCardinality(String)' },
  os_version: { line: 'String', stored: 'LowCardinality(String)' },
  /** desktop, mobile, tablet, tv, console, wearable, or empty. */
  device: { line: 'String', stored: 'LowCardinality(String)' },
  /** Primary language, lower case, like `zh-tw`. */
  language: { line: 'String', stored: 'LowCardinality(String)' },
  /** The page without query string and fragment, like `https://example.com/a`. */
  page: { line: 'String', stored: 'String' },
  /** The referrer's host name, or empty. */
  referrer: { line: 'String', stored: 'LowCardinality(String)' },
  /** Reasons of invalid traffic that the worker found, as `invalidField` writes them; empty where it found none. */
  invalid: { line: 'String', stored: 'LowCardinality(String)' },
  /** The address's autonomous system; 0 where unknown. */
  asn: { line: 'UInt32', stored: 'UInt32' },
  /** Of conversions: the conversion action; 0 otherwise. */
  conversion_action: { line: 'UInt32', stored: 'UInt32' },
  /** Of conversions: what it was worth, and in which currency (ISO 4217; empty: the action's). */
  value_micros: { line: 'UInt64', stored: 'UInt64' },
  currency: { line: 'String', stored: 'LowCardinality(String)' },
  /** Of conversions that name the click they follow: its id, in 16 hex digits, and its decision's time. */
  decision: { line: 'String', stored: 'UInt64', expression: hex64('decision') },
  decision_time: {
    line: 'UInt64',
    stored: "DateTime64(3, 'UTC')",
    expression: "fromUnixTimestamp64Milli(toInt64(decision_time), 'UTC')",
  },
  /** Of a click on a creative with several links: the link's name; empty is the creative's own landing. */
  link: { line: 'String', stored: 'LowCardinality(String)' },
  /**
   * What the event costs its advertiser, in billionths of the account's currency: of the event that the line item is
   * paid for, at the price it was decided with; 0 of all others. A price in micros for a thousand is as many billionths
   * for one.
   */
  price_nanos: { line: 'UInt64', stored: 'UInt64' },
  /** What the visitor consented to; empty where nothing is known. */
  consent: { line: 'String', stored: 'LowCardinality(String)' },
  /** The visitor's segments at the time. */
  segments: { line: 'Array(String)', stored: 'Array(LowCardinality(String))' },
  /**
   * Of conversions, and of clicks and impressions whose visitor is of kind `cookie`: a hash, in 16 hex digits, of the
   * day's visitor number and the advertiser under the key of the day. By it, and by nothing else, one finds the other.
   */
  pairing: { line: 'String', stored: 'UInt64', expression: hex64('pairing') },
} as const satisfies Record<string, Column>;

export type EventColumn = keyof typeof eventColumns;

const entries = Object.entries(eventColumns) as [EventColumn, Column][];

/** The structure argument for `file()` and `input()`: the fields of a log line. */
export const lineStructure = entries.map(([name, column]) => `${name} ${column.line}`).join(', ');

/**
 * The select list that turns a log line's fields into the columns of `events`, in their order. Without aliases: an
 * `AS time` would take the place of the field `time` in the expression of `origin`, which then lies in 1970.
 */
export const lineSelect = entries.map(([name, column]) => column.expression ?? name).join(', ');

/** Column definitions for `CREATE TABLE events`. */
export const storedColumns = entries.map(([name, column]) => `  ${name} ${column.stored}`).join(',\n');

/** The columns' names in their order. */
export const columnNames: readonly EventColumn[] = entries.map(([name]) => name);
