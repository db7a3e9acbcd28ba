import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Signpost, startSignpost, until } from '../../support/signpost.ts';
import { signpost } from './command-line.ts';

const views = 12;

describe('the log archive on the command line', () => {
  let product: Signpost;
  let env: Record<string, string>;
  const report = ['report', 'traffic', '--by', 'country', '--format', 'csv'];

  beforeAll(async () => {
    product = await startSignpost({ env: { SPOOL_SEGMENT_MS: '100', WORKERS: '1' } });
    const port = (origin: string) => new URL(origin).port;
    env = {
      DATA_DIR: product.dataDir,
      PORT: port(product.delivery),
      CONSOLE_PORT: port(product.console),
    };
    for (let view = 0; view < views; view++) {
      const answer = await fetch(`${product.delivery}/v1/page`, {
        method: 'POST',
        headers: {
          'X-Forwarded-For': '168.95.1.1',
          'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
          'Accept-Language': 'en',
        },
        body: JSON.stringify({
          zone: 1,
          url: `https://news.example/${view}`,
          referrer: '',
          id: `archive-view-${view}`,
        }),
      });
      expect(answer.status).toBe(204);
    }
    await product.shipped();
  });
  afterAll(() => product?.dispose());

  it('finds lines while all runs, newest first, and says how much it has searched', async () => {
    const { code, stdout, stderr } = await signpost(['logs', '--type', 'page_view', '--limit', '5'], env);
    expect(code).toBe(0);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { page: string; time: number });
    expect(lines.map(({ page }) => page)).toEqual(
      [11, 10, 9, 8, 7].map((view) => `https://news.example/${view}`),
    );
    expect(stderr).toMatch(/^5 of \d+ lines searched in \d+ files \(\d+ kB\), in \d+\.\d s\n$/);
    const one = await signpost(['logs', '--text', 'example/3"', '--oldest'], env);
    expect(one.stdout.trim().split('\n')).toHaveLength(1);
    expect(await signpost(['logs', '--type', 'viewed'], env)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('must be one of ad_request'),
    });
  });

  it('ends without a word when its reader has enough', async () => {
    const archive = join(product.dataDir, 'many');
    const begun = Date.UTC(2026, 0, 1);
    mkdirSync(join(archive, '2026-01-01'), { recursive: true });
    const line = `{"type":"click","id":"${'0'.repeat(16)}","time":${begun}}\n`;
    writeFileSync(join(archive, '2026-01-01', `${begun}_1_1_ab_1.jsonl`), line.repeat(100_000));
    const cli = resolve(import.meta.dirname, '../../../dist/server/processes/cli.js');
    const command = `"${process.execPath}" "${cli}" logs --limit 100000 --folder "${archive}" | head -n 2`;
    const shell = spawn('sh', ['-c', command], { env: { ...env, PATH: process.env['PATH'] } });
    const [out, error] = await Promise.all([text(shell.stdout), text(shell.stderr)]);
    expect(out).toBe(line.repeat(2));
    expect(error).not.toMatch(/EPIPE|at /);
    rmSync(archive, { recursive: true });
  });

  it('rebuilds ClickHouse from the archive alone, and the report says the same', async () => {
    const before = await signpost(report, env);
    expect(before.stdout).toContain(`TW,${views},`);
    await product.stop();
    rmSync(join(product.dataDir, 'clickhouse'), { recursive: true });
    const first = await signpost(['replay'], env);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toMatch(
      /^(\d+) lines in \d+ files of the archive; \1 were missing and are there now\.\n$/,
    );
    await product.restart();
    expect((await signpost(report, env)).stdout).toBe(before.stdout);
    // And while all runs.
    expect((await signpost(['replay'], env)).stdout).toContain('; 0 were missing');
    expect((await signpost(report, env)).stdout).toBe(before.stdout);
    await until('nothing is left behind', 5000, () => !readdirSync(product.dataDir).includes('replay'));
  }, 90_000);
});
