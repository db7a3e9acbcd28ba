import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { parseRates } from '../../analytics/index.ts';
import { parseNetworks, parseTrustedProxies } from '../../geo-db/index.ts';
import { audienceSettings } from './audience-settings.ts';
import { optionalText, optionalUrl, readableBy } from './fields.ts';
import { checkLocationSettings, locationSettings } from './location-settings.ts';
import { memberSettings } from './member-settings.ts';
import { checkOperationSettings, operationSettings } from './operation-settings.ts';
import { checkReportSettings, reportSettings } from './report-settings.ts';

const port = z.coerce.number().int().min(1).max(65535);

/**
 * Every setting: key, default and meaning. `.env.example` lists the same keys with the same defaults, and a test
 * holds the two together.
 */
export const settingsSchema = z
  .object({
    DATA_DIR: z
      .string()
      .min(1)
      .default('./data')
      .describe('Where everything is kept: log, databases, keys, images.'),
    HOST: z.string().min(1).default('127.0.0.1').describe('Address that both ports listen on.'),
    PORT: port.default(8080).describe('Port of the delivery workers: tags, ads, beacons.'),
    CONSOLE_PORT: port.default(8090).describe('Port of the back office: API, console, demo page.'),
    WORKERS: z.coerce
      .number()
      .int()
      .min(1)
      .max(128)
      .default(Math.max(1, availableParallelism() - 1))
      .describe('Delivery worker processes. Default: one less than the processors.'),
    TRUST_PROXY: readableBy(parseTrustedProxies)
      .default('loopback')
      .describe(
        'Proxies whose X-Forwarded-For is believed, from the right: "none", or a comma-separated list of addresses, CIDR ranges and the words loopback, linklocal, uniquelocal.',
      ),
    PUBLIC_URL: optionalUrl(['http:', 'https:'])
      .transform((value) => value?.replace(/\/+$/, ''))
      .describe(
        'Where browsers reach the delivery port, like https://ads.example.com. Default: http://HOST:PORT.',
      ),
    CONSOLE_URL: optionalUrl(['http:', 'https:'])
      .transform((value) => value?.replace(/\/+$/, ''))
      .describe(
        'Where people reach the console, like https://console.example.com: goes into links. Default: http://HOST:CONSOLE_PORT.',
      ),
    ...locationSettings,
    DATABASE_URL: optionalUrl(['postgres:', 'postgresql:']).describe(
      'PostgreSQL server. Default: PGlite, embedded, in the data directory.',
    ),
    CLICKHOUSE_URL: optionalUrl(['http:', 'https:']).describe(
      'ClickHouse server, with user, password and database in the URL. Default: chDB, embedded, in the data directory.',
    ),
    LOG_LEVEL: z
      .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
      .default('info')
      .describe('What the processes log.'),
    SPOOL_SYNC: z
      .enum(['always', 'interval', 'never'])
      .default('interval')
      .describe(
        'When the event log is forced to the disk itself (fdatasync): before each answer, once in SPOOL_SYNC_MS, or when the operating system likes. A crash of a process loses nothing with any of them; a power cut does with the last two.',
      ),
    SPOOL_SYNC_MS: z.coerce
      .number()
      .int()
      .min(10)
      .max(60_000)
      .default(1000)
      .describe('Milliseconds between two fdatasync, with SPOOL_SYNC=interval.'),
    SPOOL_SEGMENT_BYTES: z.coerce
      .number()
      .int()
      .min(4096)
      .max(256 * 1024 * 1024)
      .default(64 * 1024 * 1024)
      .describe('Bytes after which a log segment is sealed.'),
    SPOOL_SEGMENT_MS: z.coerce
      .number()
      .int()
      .min(100)
      .max(600_000)
      .default(2000)
      .describe(
        'Milliseconds after which a log segment with events in it is sealed, so that it can be shipped.',
      ),
    SPOOL_MAX_BYTES: z.coerce
      .number()
      .int()
      .min(1024 * 1024)
      .default(10 * 1024 ** 3)
      .describe(
        'Bytes of the event log that may wait for ClickHouse on this machine. Past it, the oldest page views are given up first, and money events (requests, impressions, clicks, conversions) last.',
      ),
    LOG_ARCHIVE_DAYS: z.coerce
      .number()
      .int()
      .min(0)
      .max(36_500)
      .default(30)
      .describe('Days that the event log is kept, compressed, after ClickHouse has it; 0: not at all.'),
    LOG_ARCHIVE_STORE: optionalText.describe(
      'Folder that takes the log archive of older days, such as a mounted backup. Default: they are deleted.',
    ),
    METRICS_NETWORKS: readableBy(parseTrustedProxies)
      .default('loopback')
      .describe(
        'Addresses that may read /metrics without an API key: "none", or a comma-separated list like that of TRUST_PROXY. What comes through a proxy always needs a key.',
      ),
    CREATIVE_APPROVAL: z
      .enum(['off', 'on'])
      .default('off')
      .describe(
        'Whether new creatives, and those whose content changes, are shown only once somebody approved them.',
      ),
    INTERNAL_NETWORKS: readableBy(parseNetworks)
      .default('none')
      .describe(
        "The operator's own addresses, whose visits are marked as internal and not counted: a comma-separated list of addresses and CIDR ranges, or none.",
      ),
    HOSTING_ASNS: z
      .string()
      .default('shipped')
      .describe(
        'Autonomous systems whose visits are marked as coming from a data center: the list that is shipped, none, or a file with one number on each line.',
      ),
    CLICK_RATES: readableBy(parseRates)
      .default('1/1m,3/10m,10/1h,25/1d')
      .describe(
        'Most clicks of one visitor, in any minute, ten minutes, and so on (s, m, h, d); more are marked and not counted. Or none.',
      ),
    IMPRESSION_RATES: readableBy(parseRates)
      .default('5/5m')
      .describe(
        'Most impressions of one line item for one visitor; more are marked and not counted. Or none.',
      ),
    NETWORK_CLICK_RATES: readableBy(parseRates)
      .default('20/1m,60/10m,200/1h,500/1d')
      .describe(
        'Most clicks of one network (IPv4 /24, IPv6 /48); more are marked once the hour is over, and not counted. Or none.',
      ),
    ...reportSettings,
    ...operationSettings,
    ...audienceSettings,
    ...memberSettings,
  })
  .superRefine(checkLocationSettings)
  .superRefine(checkReportSettings)
  .superRefine(checkOperationSettings);

/** Settings whose values no message may show. */
export const secretSettings: ReadonlySet<string> = new Set([
  'MAXMIND_LICENSE_KEY',
  'SMTP_URL',
  'S3_SECRET_ACCESS_KEY',
  'SEALING_KEYS',
]);

export type Settings = Readonly<z.output<typeof settingsSchema>>;
export type SettingKey = keyof Settings;
