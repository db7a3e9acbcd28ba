import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Signpost, startSignpost } from '../../support/signpost.ts';
import { signpost } from './command-line.ts';

const addresses = { TW: ['168.95.1.1', '168.95.1.2'], DE: ['138.244.1.1'] } as const;
const metrics = ['--metrics', 'pageViews,visits,visitors'];
const taipei = ['report', 'visitors', '--by', 'country', '--tz', 'Asia/Taipei', ...metrics];

describe('signpost report', () => {
  let product: Signpost;
  /** For commands: where to find the product. */
  let env: Record<string, string>;

  beforeAll(async () => {
    product = await startSignpost();
    const port = (origin: string) => new URL(origin).port;
    env = {
      DATA_DIR: product.dataDir,
      PORT: port(product.delivery),
      CONSOLE_PORT: port(product.console),
    };
    for (const address of [...addresses.TW, ...addresses.DE]) await view(address);
    await product.shipped();
  });
  afterAll(() => product?.dispose());

  const view = async (address: string) => {
    const answer = await fetch(`${product.delivery}/v1/page`, {
      method: 'POST',
      headers: { 'X-Forwarded-For': address, 'User-Agent': 'Mozilla/5.0 Firefox/140.0' },
      body: JSON.stringify({ zone: 1, url: 'https://news.example/', referrer: '', id: address }),
    });
    expect(answer.status).toBe(204);
  };

  const csv = 'country,pageViews,visits,visitors\r\nTW,2,2,2\r\nDE,1,1,1\r\n';
  const table = new RegExp(
    [
      String.raw`^Visitors, \d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d \(Asia/Taipei\)`,
      '',
      'country     pageViews  visits  visitors',
      '──────────  ─────────  ──────  ────────',
      'TW Taiwan           2       2         2',
      'DE Germany          1       1         1',
      'Total               3       3         3',
      '',
      String.raw`Final until \d{4}-\d\d-\d\d \d\d:\d\d\.`,
      String.raw`Visitors who did not consent [^\n]*`,
      '$',
    ].join('\n'),
  );

  test('prints a table, CSV or JSON of what the back office that runs says', async () => {
    const [asTable, asCsv, asJson] = [
      await signpost(taipei, env),
      await signpost([...taipei, '--format', 'csv'], env),
      await signpost([...taipei, '--format', 'json'], env),
    ];
    for (const result of [asTable, asCsv, asJson]) expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(asTable.stdout).toMatch(table);
    expect(asCsv.stdout).toBe(csv);
    expect(JSON.parse(asJson.stdout)).toMatchObject({
      name: 'visitors',
      timeZone: 'Asia/Taipei',
      rows: [
        { country: 'TW', visitors: 2 },
        { country: 'DE', visitors: 1 },
      ],
      totals: { pageViews: 3, visits: 3, visitors: 3 },
      truncated: false,
    });
  });

  test('compares, sorts and filters, and writes files of the format of their name', async () => {
    const more = [
      '--sort',
      'country',
      '--filter',
      'country!=FR',
      '--compare',
      'previous',
      '--metrics',
      'pageViews',
    ];
    const { code, stdout } = await signpost([...taipei, ...more], env);
    expect(code).toBe(0);
    expect(stdout).toMatch(/ \(Asia\/Taipei\), before: \d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d\n/);
    expect(stdout).toMatch(/\nDE Germany +1 +0 +–\nTW Taiwan +2 +0 +–\nTotal +3 +0 +–\n/);
    const file = `${product.dataDir}/visitors.ndjson`;
    const written = await signpost([...taipei, '--metrics', 'visitors', '--output', file], env);
    expect(written).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(readFileSync(file, 'utf8')).toBe('{"country":"TW","visitors":2}\n{"country":"DE","visitors":1}\n');
  });

  test('schedules reports, sends them and says what was sent', async () => {
    const none = await signpost(['schedules'], env);
    expect(none).toEqual({ code: 0, stdout: 'There are no scheduled reports.\n', stderr: '' });
    const what = ['--name', 'Daily', '--report', 'visitors', '--by', 'country', '--every', 'day'];
    const added = await signpost(
      ['schedules', 'add', ...what, '--folder', 'daily', '--wait-hours', '0'],
      env,
    );
    expect(added).toMatchObject({ code: 0, stderr: '' });
    expect(added.stdout).toMatch(/^ 1 {2}Daily +visitors +every day, 06:00 UTC +csv +folder daily +active$/m);
    const sent = await signpost(['schedules', 'send', '1'], env);
    expect(sent.stdout).toMatch(/^\d{4}-\d\d-\d\d +folder +delivered(, provisional)? +1 /m);
    expect(readdirSync(`${product.dataDir}/reports/daily`)).toEqual([
      expect.stringMatching(/^visitors-\d{4}-\d\d-\d\d\.csv$/),
    ]);
    expect((await signpost(['schedules', 'history', '1'], env)).stdout).toBe(sent.stdout);
    const paused = await signpost(['schedules', 'change', '1', '--status', 'paused'], env);
    expect(paused.stdout).toMatch(/paused$/m);
    expect((await signpost(['schedules', 'remove', '1'], env)).stdout).toContain('its history stays');
    const bad = await signpost(['schedules', 'add', ...what, '--email', 'a@example.com'], env);
    expect(bad).toMatchObject({ code: 1, stderr: expect.stringMatching(/^signpost: .*SMTP_URL.*\n$/) });
  });

  test('says what reports there are, and what one has', async () => {
    const all = await signpost(['reports'], env);
    expect(all.stdout).toMatch(/^visitors +Page views, visits .*\.$/m);
    const one = await signpost(['reports', 'traffic'], env);
    expect(one.stdout).toMatch(/^country +dimension +text +\S.*\.$/m);
    expect(one.stdout).toMatch(/^clickRate +metric +ratio +\S.*\.$/m);
  });

  test.concurrent.each([
    { wrong: 'an unknown report', args: ['report', 'weather'], says: /"weather".*visitors, traffic/ },
    { wrong: 'a bad time zone', args: ['report', 'visitors', '--tz', 'Mars/Base'], says: /time zone/ },
    { wrong: 'a bad dimension', args: ['report', 'visitors', '--by', 'planet'], says: /"planet".*country/ },
    { wrong: 'a bad date', args: ['report', 'visitors', '--from', '2026-02-30'], says: /from.*date/ },
    { wrong: 'a filter that is no JSON', args: ['report', 'traffic', '--filter', '{'], says: /filter.*JSON/ },
    { wrong: 'a bad filter', args: ['report', 'traffic', '--filter', 'country'], says: /filter.*name=value/ },
    { wrong: 'an unknown filter', args: ['report', 'traffic', '--filter', 'a=b'], says: /filter\/a "a"/ },
    { wrong: 'a bad sort', args: ['report', 'traffic', '--sort', 'luck'], says: /sort.*"luck"/ },
    {
      wrong: 'a file that cannot be',
      args: ['report', 'traffic', '--output', '/none/here.csv'],
      says: /here.csv cannot be written/,
    },
    { wrong: 'a bad limit', args: ['report', 'traffic', '--limit', 'all'], says: /limit.*whole number/ },
  ])('says in one line what is wrong with $wrong', async ({ args, says }) => {
    const { code, stdout, stderr } = await signpost(args, env);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^signpost: [^\n]+\n$/);
    expect(stderr).toMatch(says);
  });

  test('explain prints who is decided among, and how goals stand', async () => {
    const make = async (path: string, body: object) =>
      (await product.json<{ id: number }>(path, { method: 'POST', body })).id;
    const advertiserId = await make('/advertisers', { name: 'Tea House' });
    const campaignId = await make('/campaigns', { advertiserId, name: 'Tea' });
    const goal = { metric: 'impressions', amount: 1000, per: 'day' };
    const lineItemId = await make('/line-items', { campaignId, name: 'Tea', type: 'standard', goal });
    const text = { type: 'text', width: 300, height: 250, headline: 'Tea', clickUrl: 'https://tea.example/' };
    await make('/creatives', { lineItemId, name: 'Tea', ...text });
    const zones = await product.json<{ items: { id: number; sizes: number[][] }[] }>('/zones');
    const zone = zones.items.find(({ sizes }) => sizes[0]?.[0] === 300)?.id;
    const { code, stdout, stderr } = await signpost(['explain', '--zone', String(zone)], env);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /^Zone \d+ at .*: nothing is known of the visitor\n\nid +line item +type +chance +why\n/,
    );
    expect(stdout).toMatch(/\n +\d+ +Tea +standard +\S+ +matches/);
    expect(stdout).toMatch(
      /\n\nid +line item +of +amount +delivered +planned +state +leased +more +need \(s\)\n[─ ]+\n *\d+ +Tea +impressions a day +1,000 +0 +[\d,]+ /,
    );
  });

  test('says where it looked when Signpost runs and does not answer there', async () => {
    const elsewhere = { ...env, CONSOLE_PORT: '1' };
    const { code, stderr } = await signpost(taipei, elsewhere);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^signpost: .*does not answer at http:\/\/127\.0\.0\.1:1\..*CONSOLE_PORT.*\n$/);
  });

  test('opens the databases itself when nothing runs', async () => {
    await product.stop();
    const asCsv = await signpost([...taipei, '--format', 'csv'], env);
    expect(asCsv).toEqual({ code: 0, stdout: csv, stderr: '' });
    const { stderr, ...bad } = await signpost(['report', 'weather'], env);
    expect(bad).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^signpost: There is no report "weather"[^\n]*\n$/);
  });

  test('makes no new installation where there is none', async () => {
    const { code, stdout, stderr } = await signpost(taipei, { DATA_DIR: `${product.dataDir}-none` });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^signpost: There is no data directory .*signpost start.*\n$/);
  });
});
