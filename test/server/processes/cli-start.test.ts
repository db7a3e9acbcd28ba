import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { copyMigratedDatabase } from '../../support/migrated-database.ts';
import { freePort, type Signpost, startSignpost } from '../../support/signpost.ts';
import { type CommandResult, signpost } from './command-line.ts';

// Where a start fails, `signpost` itself fails the test if a process is left behind.
describe.concurrent('signpost start, where it cannot', () => {
  let directory: string;
  /** Takes a port, as another program does. */
  let other: Server;
  let takenPort: string;
  let running: Signpost;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'signpost-start-'));
    other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    takenPort = String((other.address() as AddressInfo).port);
    running = await startSignpost();
  });
  afterAll(async () => {
    other?.close();
    await running?.dispose();
    await rm(directory, { recursive: true });
  });

  const start = async (name: string, env: Record<string, string>) =>
    signpost(['start'], {
      DATA_DIR: join(directory, name),
      PORT: String(await freePort()),
      CONSOLE_PORT: String(await freePort()),
      LOG_LEVEL: 'warn',
      ...env,
    });
  /** Nothing but the one message, and nothing that says it runs. */
  const failsWith = ({ code, stdout, stderr }: CommandResult, message: RegExp) => {
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^\s+at |node:|Error:/m);
  };

  test('reports every bad setting with key and value at once, and keeps passwords to itself', async () => {
    const result = await start('settings', {
      PORT: '99999',
      CONSOLE_PORT: 'abc',
      WORKERS: '0',
      LOG_LEVEL: 'loud',
      DATABASE_URL: 'mysql://ads:secret@db/ads',
      CLICKHOUSE_URL: 'clickhouse',
    });
    failsWith(result, /^signpost: Settings do not fit/);
    for (const setting of [
      'PORT="99999": ',
      'CONSOLE_PORT="abc": ',
      'WORKERS="0": ',
      'LOG_LEVEL="loud": ',
      'DATABASE_URL="mysql://ads:***@db/ads": must be a URL that starts with postgres:// or postgresql://',
      'CLICKHOUSE_URL="clickhouse": must be a URL that starts with http:// or https://',
    ]) {
      expect(result.stderr).toContain(`\n  ${setting}`);
    }
    expect(result.stderr).not.toContain('secret');
  });

  test('names a proxy that is none', async () => {
    const result = await start('proxy', { TRUST_PROXY: 'loopback, banana' });
    failsWith(result, /^signpost: Settings do not fit:\n {2}TRUST_PROXY="loopback, banana": .*"banana".*\n$/);
  });

  test('names a location database that is missing', async () => {
    const file = join(directory, 'missing.mmdb');
    const result = await start('no-geo', { GEO_DB: file });
    failsWith(result, /^signpost: .*there is no such file.*\[geo_db_unusable\]\n$/);
    expect(result.stderr).toContain(file);
  });

  test('names a location database that is broken', async () => {
    const file = join(directory, 'broken.mmdb');
    await writeFile(file, randomBytes(5000));
    const result = await start('broken-geo', { GEO_DB: file });
    failsWith(result, /^signpost: .*not a usable MaxMind DB file.*\[geo_db_unusable\]\n$/);
    expect(result.stderr).toContain(file);
  });

  test('names the process that uses the data directory', async () => {
    const result = await start('', { DATA_DIR: running.dataDir });
    const [supervisor] = running.pids().supervisor;
    failsWith(
      result,
      new RegExp(`^signpost: .* is in use by process ${supervisor}\\b.*\\[data_dir_in_use\\]\n$`),
    );
    expect(await (await fetch(`${running.console}/demo`)).text()).toContain('Signpost');
  });

  test.each(['PORT', 'CONSOLE_PORT'])('names the setting of a port that is in use: %s', async (setting) => {
    copyMigratedDatabase(join(directory, setting));
    const result = await start(setting, { [setting]: takenPort });
    const said = `^signpost: 127\\.0\\.0\\.1:${takenPort} is in use.*set ${setting}\\. \\[port_in_use\\]\n$`;
    failsWith(result, new RegExp(said));
  });
});
