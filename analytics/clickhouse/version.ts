import { AnalyticsError } from './errors.ts';

/** The oldest release whose deduplication through materialized views was checked: its defaults changed in 26.2. */
export const minimumVersion = { major: 26, minor: 3 } as const;

/** Throws `clickhouse_too_old` where a server's version, like `26.7.2.1`, is below the minimum. */
export function checkVersion(version: string): void {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(version) ?? [];
  if (major !== undefined && minor !== undefined) {
    const difference = Number(major) - minimumVersion.major || Number(minor) - minimumVersion.minor;
    if (difference >= 0) return;
  }
  const needed = `${minimumVersion.major}.${minimumVersion.minor}`;
  throw new AnalyticsError(
    'clickhouse_too_old',
    `The ClickHouse server has version ${version}, and ${needed} is the oldest one supported. ` +
      `Upgrade the server to ${needed} or later (packages: https://clickhouse.com/docs/install; those of ` +
      'Debian and Ubuntu are years old), or unset CLICKHOUSE_URL to use the embedded ClickHouse.',
  );
}
