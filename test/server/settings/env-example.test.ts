import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parseSettings, settingsSchema } from '../../../server/settings/index.ts';

/** Where the default depends on the machine, or is that there is none, the file shows no value. */
const withoutFixedDefault = [
  'WORKERS',
  'PUBLIC_URL',
  'CONSOLE_URL',
  'SEALING_KEYS',
  'GEO_DB',
  'GEO_DB_URL',
  'MAXMIND_ACCOUNT_ID',
  'MAXMIND_LICENSE_KEY',
  'DATABASE_URL',
  'CLICKHOUSE_URL',
  'SMTP_URL',
  'MAIL_FROM',
  'REPORTS_DIR',
  'S3_URL',
  'S3_ACCESS_KEY_ID',
  'S3_SECRET_ACCESS_KEY',
  'BACKUP_DIR',
  'CLICKHOUSE_BACKUP_DISK',
  'LOG_ARCHIVE_STORE',
  'CONSENT_TCF_VENDOR',
  'OFFICE_URL',
  'MEMBER_KEYS_DIR',
  'MEMBER_PAGES',
  'PROCESS_LOGS',
];

const text = readFileSync(new URL('../../../.env.example', import.meta.url), 'utf8');

interface Entry {
  readonly key: string;
  readonly value: string;
  readonly description: string;
}

/** `# KEY=default` lines, each with the comment right above it. */
function entriesOf(file: string): Entry[] {
  const entries: Entry[] = [];
  let comment: string[] = [];
  for (const line of file.split('\n')) {
    const setting = /^# ([A-Z][A-Z0-9_]*)=(.*)$/.exec(line);
    if (setting !== null) {
      entries.push({
        key: setting[1] as string,
        value: setting[2] as string,
        description: comment.join(' '),
      });
      comment = [];
    } else if (line.startsWith('# ')) comment.push(line.slice(2));
    else comment = [];
  }
  return entries;
}

const expected: Entry[] = Object.entries(settingsSchema.shape).map(([key, field]) => {
  const value = withoutFixedDefault.includes(key) ? undefined : field.parse(undefined);
  return { key, value: value === undefined ? '' : String(value), description: field.description ?? '' };
});

describe('.env.example', () => {
  it('lists every setting in the order of the schema, with its default and its description', () => {
    expect(entriesOf(text)).toEqual(expected);
  });

  it('sets nothing as it stands, so that a copy of it changes nothing', () => {
    expect(parseEnv(text)).toEqual({});
  });

  it('shows values that are taken, and are the defaults, when they are uncommented', () => {
    const uncommented = parseEnv(text.replaceAll(/^# (?=[A-Z][A-Z0-9_]*=)/gm, ''));
    expect(Object.keys(uncommented).sort()).toEqual(Object.keys(settingsSchema.shape).sort());
    expect(parseSettings(uncommented)).toEqual(parseSettings({}));
  });

  it('is readable without scrolling sideways', () => {
    expect(text.split('\n').filter((line) => line.length > 110)).toEqual([]);
    expect(text.endsWith('\n')).toBe(true);
  });
});

describe('the schema', () => {
  it('describes every setting in sentences', () => {
    for (const [key, { description }] of Object.entries(settingsSchema.shape)) {
      expect(description, key).toMatch(/^[A-Z].{10,}\.$/s);
    }
  });

  it('has a fixed default for every setting but those that depend on the machine or are off without', () => {
    for (const [key, field] of Object.entries(settingsSchema.shape)) {
      const value: unknown = field.parse(undefined);
      if (!withoutFixedDefault.includes(key)) expect(value, key).toBeDefined();
      else if (key !== 'WORKERS') expect(value, key).toBeUndefined();
    }
  });
});
