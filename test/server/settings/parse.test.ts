import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { parseTrustedProxies } from '../../../geo-db/index.ts';
import { AppError } from '../../../server/errors.ts';
import { parseSettings, settingsSchema } from '../../../server/settings/index.ts';

function refusal(source: Record<string, string | undefined>): AppError {
  try {
    parseSettings(source);
  } catch (error) {
    expect(error).toBeInstanceOf(AppError);
    return error as AppError;
  }
  throw new Error(`accepted: ${JSON.stringify(source)}`);
}

describe('settings', () => {
  it('have defaults that run everything on one machine', () => {
    expect(parseSettings({})).toEqual({
      AUDIT_LOG_DAYS: 730,
      CREATIVE_APPROVAL: 'off',
      DATA_DIR: './data',
      HOST: '127.0.0.1',
      PORT: 8080,
      K_ANONYMITY: 10,
      CURRENCY: 'USD',
      S3_REGION: 'auto',
      CONSOLE_PORT: 8090,
      WORKERS: Math.max(1, availableParallelism() - 1),
      TRUST_PROXY: 'loopback',
      PRIVACY_SCAN_MINUTES: 10,
      PROCESS_LOGS: undefined,
      PUBLIC_URL: undefined,
      GEO_DB: undefined,
      GEO_DB_URL: undefined,
      MAXMIND_ACCOUNT_ID: undefined,
      MAXMIND_LICENSE_KEY: undefined,
      MAXMIND_EDITIONS: 'GeoLite2-City,GeoLite2-ASN',
      MAXMIND_DOWNLOAD_URL: 'https://download.maxmind.com',
      GEO_WEB_SERVICE: 'off',
      GEO_WEB_SERVICE_HOST: 'geoip.maxmind.com',
      DATABASE_URL: undefined,
      CLICKHOUSE_URL: undefined,
      LOG_LEVEL: 'info',
      SPOOL_SYNC: 'interval',
      SPOOL_SYNC_MS: 1000,
      SPOOL_SEGMENT_BYTES: 64 * 1024 * 1024,
      SPOOL_SEGMENT_MS: 2000,
      SPOOL_MAX_BYTES: 10 * 1024 ** 3,
      LOG_ARCHIVE_DAYS: 30,
      METRICS_NETWORKS: 'loopback',
      INTERNAL_NETWORKS: 'none',
      HOSTING_ASNS: 'shipped',
      CLICK_RATES: '1/1m,3/10m,10/1h,25/1d',
      IMPRESSION_RATES: '5/5m',
      NETWORK_CLICK_RATES: '20/1m,60/10m,200/1h,500/1d',
      JOBS_TIME_ZONE: 'UTC',
      EVENTS_DAYS: 400,
      ROLLUP_DAYS: 3660,
      BACKUP_AT: '02:30',
      BACKUP_DIR: undefined,
      BACKUP_KEEP_DAYS: 7,
      BACKUP_KEEP_WEEKS: 4,
      BACKUP_KEEP_MONTHS: 3,
      CLICKHOUSE_BACKUP_DISK: undefined,
      DEMO_TRAFFIC: 'off',
      JOB_HISTORY_DAYS: 30,
      CONSENT_BY_REGION: 'EEA=none,GB=none,CH=none,BR=none,TW=none,US=measurement,US-CA=measurement,*=none',
      CONSENT_DNT: 'off',
      CONSENT_KEEP_REFUSAL: 'off',
      CONSENT_TCF_VENDOR: undefined,
      INTEREST_HALF_LIFE_DAYS: 14,
      INTEREST_SENSITIVE: 'refused',
      AD_MARK: 'by-law',
    });
  });

  it.each(Object.keys(settingsSchema.shape))('count %s as unset where it is empty or blank', (key) => {
    expect(parseSettings({ [key]: '' })).toEqual(parseSettings({}));
    expect(parseSettings({ [key]: ' \t ' })).toEqual(parseSettings({}));
  });

  it('keep sums no shorter than the events that they are made of', () => {
    expect(parseSettings({ EVENTS_DAYS: '30', ROLLUP_DAYS: '30' })).toMatchObject({ ROLLUP_DAYS: 30 });
    expect(() => parseSettings({ EVENTS_DAYS: '31', ROLLUP_DAYS: '30' })).toThrow(
      'ROLLUP_DAYS="30": must not be less than EVENTS_DAYS',
    );
  });

  it.each([
    ['JOBS_TIME_ZONE', 'Europe/Atlantis'],
    ['BACKUP_AT', '24:00'],
    ['BACKUP_AT', 'daily'],
    ['EVENTS_DAYS', '0'],
    ['DEMO_TRAFFIC', 'yes'],
  ])('refuse %s=%s', (key, value) => {
    expect(() => parseSettings({ [key]: value })).toThrow(`${key}="${value}"`);
  });

  it('cannot be changed afterwards', () => {
    const settings = parseSettings({});
    expect(Object.isFrozen(settings)).toBe(true);
    expect(() => Object.assign(settings, { PORT: 1 })).toThrow(TypeError);
  });

  it('leave out what is no setting, and blanks around values', () => {
    expect(parseSettings({ PATH: '/bin', PORT: ' 81 ' })).toEqual({ ...parseSettings({}), PORT: 81 });
  });

  it('take the whole range of each number', () => {
    expect(parseSettings({ PORT: '1', CONSOLE_PORT: '65535', WORKERS: '128' })).toMatchObject({
      PORT: 1,
      CONSOLE_PORT: 65535,
      WORKERS: 128,
    });
  });

  it('have no slash at the end of the public address', () => {
    expect(parseSettings({ PUBLIC_URL: 'https://ads.example.com//' }).PUBLIC_URL).toBe(
      'https://ads.example.com',
    );
  });

  it.each([
    ['PORT', '65536'],
    ['PORT', '0'],
    ['PORT', '-1'],
    ['PORT', '80.5'],
    ['PORT', 'http'],
    ['CONSOLE_PORT', '99999'],
    ['WORKERS', '0'],
    ['WORKERS', '129'],
    ['TRUST_PROXY', 'loopback, nonsense'],
    ['TRUST_PROXY', '10.0.0.0/33'],
    ['PUBLIC_URL', 'ads.example.com'],
    ['PUBLIC_URL', 'ftp://ads.example.com'],
    ['PUBLIC_URL', 'javascript:alert(1)'],
    ['DATABASE_URL', 'mysql://db/signpost'],
    ['CLICKHOUSE_URL', 'tcp://clickhouse:9000'],
    ['GEO_DB_URL', 'ftp://files.example.com/city.mmdb'],
    ['MAXMIND_EDITIONS', 'GeoLite2-City-CSV'],
    ['MAXMIND_EDITIONS', '../../etc/passwd'],
    ['MAXMIND_DOWNLOAD_URL', 'download.maxmind.com'],
    ['GEO_WEB_SERVICE', 'yes'],
    ['GEO_WEB_SERVICE_HOST', 'https://geoip.maxmind.com/'],
    ['LOG_LEVEL', 'loud'],
    ['SPOOL_SYNC', 'sometimes'],
    ['SPOOL_SYNC_MS', '9'],
    ['SPOOL_SEGMENT_BYTES', '4095'],
    ['SPOOL_SEGMENT_BYTES', '268435457'],
    ['SPOOL_SEGMENT_MS', '99'],
    ['INTERNAL_NETWORKS', '10.0.0.0/33'],
    ['CLICK_RATES', '1/2d'],
    ['IMPRESSION_RATES', 'many'],
    ['NETWORK_CLICK_RATES', '0/1m'],
  ])('are refused with key and value for %s=%s', (key, value) => {
    const error = refusal({ [key]: value });
    expect(error.code).toBe('settings_invalid');
    expect(error.fields.map(({ path }) => path)).toEqual([key]);
    expect(error.message).toContain(`${key}="${value}": `);
  });

  it('need the account and the key of MaxMind together, and both for the web service', () => {
    const missing = (source: Record<string, string>) => refusal(source).fields.map(({ path }) => path);
    expect(missing({ MAXMIND_ACCOUNT_ID: '42' })).toEqual(['MAXMIND_LICENSE_KEY']);
    expect(missing({ MAXMIND_LICENSE_KEY: 'hunter2' })).toEqual(['MAXMIND_ACCOUNT_ID']);
    expect(missing({ GEO_WEB_SERVICE: 'on' })).toEqual(['MAXMIND_ACCOUNT_ID', 'MAXMIND_LICENSE_KEY']);
    expect(refusal({ MAXMIND_LICENSE_KEY: 'hunter2' }).message).not.toContain('hunter2');
    parseSettings({ MAXMIND_ACCOUNT_ID: '42', MAXMIND_LICENSE_KEY: 'k', GEO_WEB_SERVICE: 'on' });
  });

  it('hide what the query of a URL holds', () => {
    const { message } = refusal({ GEO_DB_URL: 'files.example.com/city.mmdb?token=hunter2' });
    expect(message).toContain('files.example.com/city.mmdb?***');
    expect(message).not.toContain('hunter2');
  });

  it('are refused with all their problems at once', () => {
    const bad = { PORT: 'x', WORKERS: '0', LOG_LEVEL: 'loud', DATABASE_URL: 'mysql://db', HOST: 'fine' };
    const error = refusal(bad);
    expect(error.fields.map(({ path }) => path).sort()).toEqual([
      'DATABASE_URL',
      'LOG_LEVEL',
      'PORT',
      'WORKERS',
    ]);
    for (const key of ['PORT', 'WORKERS', 'LOG_LEVEL', 'DATABASE_URL'] as const) {
      expect(error.message).toContain(`${key}="${bad[key]}"`);
    }
    expect(error.message).not.toContain('HOST');
  });

  it('say what is allowed', () => {
    expect(refusal({ DATABASE_URL: 'db' }).message).toMatch(/postgres:\/\/ or postgresql:\/\//);
    expect(refusal({ LOG_LEVEL: 'loud' }).message).toMatch(/fatal.*silent/);
    expect(refusal({ TRUST_PROXY: 'all' }).message).toMatch(/CIDR range/);
    expect(refusal({ CURRENCY: 'EURO' }).message).toMatch(/ISO 4217/);
  });

  it.each([
    'mysql://signpost:hunter2@db/ads',
    'mysql://signpost:hunter2@with@hunter2@db/ads',
    'mysql://signpost:hun ter2@db/ads',
    'mysql://signpost:/hunter2@db/ads',
    'mysql://:hunter2@db',
    'signpost:hunter2@db/ads',
    'postgres:signpost:hunter2@db/ads',
    'postgres:/signpost:hunter2@db/ads',
  ])('hide the password of %s in the message', (url) => {
    for (const key of ['DATABASE_URL', 'CLICKHOUSE_URL']) {
      const error = refusal({ [key]: url });
      const told = error.message + JSON.stringify(error.fields);
      expect(told).not.toMatch(/hun ?ter2/);
      expect(told).toContain(':***@db');
    }
  });

  it.each([
    'none',
    'loopback',
    'loopback, linklocal,uniquelocal',
    '10.1.0.0/16, 2001:db8::/32',
    '127.0.0.1/129',
    'localhost',
    '10.1.0.0/',
    '::1/64 10.0.0.1',
  ])('take the proxies "%s" where the reader of forwarded addresses does', (value) => {
    const accepted = (read: () => unknown) => {
      try {
        read();
        return true;
      } catch {
        return false;
      }
    };
    expect(accepted(() => parseSettings({ TRUST_PROXY: value }))).toBe(
      accepted(() => parseTrustedProxies(value)),
    );
  });
});
