import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MmdbValue, mmdb } from '../../support/mmdb-writer.ts';
import { type CommandResult, signpost } from './command-line.ts';

describe.concurrent('signpost locate', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'signpost-locate-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  /** Lines of a readable answer, by their labels. */
  const labelled = ({ stdout }: CommandResult) =>
    Object.fromEntries(
      stdout
        .split('\n')
        .map((line) => [line.slice(0, 12).trim(), line.slice(12)])
        .filter(([label]) => label !== ''),
    );

  test.each([
    {
      kind: 'an IPv4 address',
      address: '168.95.1.1',
      shows: { Address: '168.95.1.1', Country: 'TW  Taiwan', Region: 'TW-TPE  Taipei', City: 'Taipei' },
    },
    {
      kind: 'an IPv6 address, in its short form',
      address: '2001:0b00:0000::00C0',
      shows: { Address: '2001:b00::c0', Scope: 'public' },
    },
    {
      kind: 'an IPv4 address mapped into IPv6 as the IPv4 address',
      address: '::ffff:138.244.1.1',
      shows: { Address: '138.244.1.1', Country: 'DE  Germany', Region: 'DE-BY  Bavaria' },
    },
    {
      kind: 'a private address without a place',
      address: '10.1.2.3',
      shows: { Scope: expect.stringMatching(/^private .*has no location$/), Location: 'unknown' },
    },
    {
      kind: 'a reserved address without a place',
      address: '192.0.2.7',
      shows: { Scope: expect.stringMatching(/^reserved /), Location: 'unknown' },
    },
    {
      kind: 'a private IPv6 address without a place',
      address: 'fd00::1',
      shows: { Scope: expect.stringMatching(/^private /), Location: 'unknown' },
    },
  ])('shows $kind', async ({ address, shows }) => {
    const result = await signpost(['locate', address]);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(labelled(result)).toMatchObject({
      ...shows,
      Database: expect.stringMatching(/of \d{4}-\d\d-\d\d/),
    });
    expect(result.stdout).not.toMatch(/undefined|null|NaN/);
    expect(result.stdout).toContain('IP geolocation by DB-IP (https://db-ip.com)');
  });

  test('answers in JSON where asked', async () => {
    const { code, stdout } = await signpost(['locate', '128.97.27.37', '--json']);
    expect(code).toBe(0);
    const answer = JSON.parse(stdout) as { location: { latitude: number } };
    expect(answer).toMatchObject({
      address: '128.97.27.37',
      scope: 'public',
      location: { country: 'US', region: 'US-CA', city: expect.stringMatching(/^Los Angeles/) },
    });
    expect(String(answer.location.latitude)).toMatch(/^34\.\d{1,4}$/);
    const nowhere = await signpost(['locate', '127.0.0.1', '--json']);
    expect(JSON.parse(nowhere.stdout)).toEqual({ address: '127.0.0.1', scope: 'loopback', location: {} });
  });

  test('shows what files side by side say of the network', async () => {
    const write = async (type: string, record: MmdbValue) => {
      const file = join(directory, `${type}.mmdb`);
      const networks = { '9.0.0.0/8': record };
      await writeFile(file, mmdb({ type, recordSize: 24, ipVersion: 6, networks }));
      return file;
    };
    const files = [
      await write('GeoLite2-City', { country: { iso_code: 'FR' } }),
      await write('GeoIP2-Connection-Type', { connection_type: 'Cable/DSL' }),
      await write('GeoIP2-ISP', { isp: 'Example Net', organization: 'Example School' }),
      await write('GeoIP2-Anonymous-IP', {
        is_anonymous: true,
        is_anonymous_vpn: true,
        is_tor_exit_node: true,
      }),
    ];
    const result = await signpost(['locate', '9.1.1.1'], { GEO_DB: files.join(', ') });
    expect(labelled(result)).toMatchObject({
      Continent: 'EU  Europe',
      Country: 'FR  France',
      'In the EU': 'yes',
      Connection: 'cable or DSL',
      Provider: 'Example Net',
      'Used by': 'Example School',
      Anonymous: 'VPN, Tor exit node',
    });
    expect(result.stdout).toContain('GeoLite data created by MaxMind');
    expect(result.stdout).not.toContain('DB-IP');
    const json = await signpost(['locate', '9.1.1.1', '--json'], { GEO_DB: files.join(',') });
    expect(JSON.parse(json.stdout)).toMatchObject({
      location: { continent: 'EU', isEu: true, connectionType: 'cable_dsl', anonymous: { vpn: true } },
    });
  });

  test('refuses what is no address', async () => {
    for (const address of ['300.1.1.1', 'example.com']) {
      expect(await signpost(['locate', address])).toEqual({
        code: 1,
        stdout: '',
        stderr: `signpost: "${address}" is not an IP address. [invalid_input]\n`,
      });
    }
  });

  test('names a location database that is missing or broken', async () => {
    const broken = join(directory, 'broken.mmdb');
    await writeFile(broken, randomBytes(5000));
    const missing = join(directory, 'missing.mmdb');
    for (const file of [missing, broken]) {
      const { code, stdout, stderr } = await signpost(['locate', '168.95.1.1'], { GEO_DB: file });
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/^signpost: .+ \[geo_db_unusable\]\n$/);
      expect(stderr).toContain(file);
    }
  });
});
