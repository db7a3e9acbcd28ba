import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { signpost as commandLine } from '../server/processes/command-line.ts';
import { type Signpost, startSignpost } from '../support/signpost.ts';

const userAgent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
let backups: string;
let product: Signpost;
/** Each of these opens databases anew, some of them twice. */
const limitMs = 120_000;
const signpost = (args: readonly string[], settings: Record<string, string>) =>
  commandLine(args, settings, limitMs);
/** For commands: where to find the product. */
let env: Record<string, string>;

beforeAll(async () => {
  backups = mkdtempSync(join(tmpdir(), 'signpost-backups-'));
  product = await startSignpost({ env: { BACKUP_DIR: backups } });
  const port = (origin: string) => new URL(origin).port;
  env = {
    ...{ DATA_DIR: product.dataDir, BACKUP_DIR: backups },
    ...{ PORT: port(product.delivery), CONSOLE_PORT: port(product.console) },
  };
});
afterAll(async () => {
  await product?.dispose();
  rmSync(backups, { recursive: true, force: true });
});

async function view(address: string): Promise<void> {
  const answer = await fetch(`${product.delivery}/v1/page`, {
    method: 'POST',
    headers: { 'X-Forwarded-For': address, 'User-Agent': userAgent, 'Accept-Language': 'de' },
    body: JSON.stringify({ zone: 1, url: 'https://news.example/', referrer: '', id: address }),
  });
  expect(answer.status).toBe(204);
}

/** What there is to lose, as the API has it. */
async function state() {
  const query = 'from=2026-01-01&to=2030-01-01&dimensions=country';
  const { rows, totals } = await product.json<{ rows: unknown; totals: unknown }>(
    `/reports/visitors?${query}`,
  );
  const traffic = await product.json<{ rows: unknown; totals: unknown }>(
    `/reports/traffic?${query},lineItem,zone`,
  );
  const inventory = await Promise.all(
    ['advertisers', 'campaigns', 'line-items', 'creatives', 'sites', 'zones'].map((kind) =>
      product.json<{ items: unknown[] }>(`/${kind}`),
    ),
  );
  return { rows, totals, traffic: [traffic.rows, traffic.totals], inventory };
}

test('what is backed up comes back after all data is lost, to the last number', async () => {
  for (const address of ['168.95.1.1', '168.95.1.2', '138.244.1.1']) await view(address);
  await product.shipped();
  const full = await signpost(['backup'], env);
  expect(full).toMatchObject({ code: 0, stderr: '' });
  expect(full.stdout).toMatch(/^Made and tried: \S+-full\n$/);

  // More of both, for the one that builds on it.
  await product.json('/advertisers', { method: 'POST', body: { name: 'Later' } });
  for (const address of ['168.95.1.3', '138.244.1.2']) await view(address);
  await product.shipped();
  const dryRun = await signpost(['jobs', 'run', 'backup', '--dry-run'], env);
  expect(dryRun.stdout).toMatch(/^backup would do: full 0, incremental 1, /);
  const next = await signpost(['backup'], env);
  expect(next.stdout).toMatch(/-incremental\n$/);
  const before = await state();
  expect(before.totals).toMatchObject({ pageViews: 5 });
  expect(JSON.stringify(before.inventory)).toContain('Later');
  expectNoDayKeys();

  const history = await signpost(['jobs', 'history', 'backup'], env);
  expect(history.stdout).toMatch(/succeeded {2}full 0, bytes \d+, removed 0, incremental 1\n.*full 1, /);
  const readiness = (await (await fetch(`${product.console}/readyz`)).json()) as {
    ready: boolean;
    checks: unknown[];
  };
  expect(readiness.ready).toBe(true);
  expect(readiness.checks).toContainEqual(expect.objectContaining({ name: 'jobs', ok: true }));

  const whileItRuns = await signpost(['restore'], env);
  expect(whileItRuns).toMatchObject({ code: 1, stderr: expect.stringContaining('[data_dir_in_use]') });
  await product.stop();
  const ontoData = await signpost(['restore'], env);
  expect(ontoData).toMatchObject({ code: 1, stderr: expect.stringContaining('[conflict]') });

  // The older one by force, then the newest into nothing.
  const [older] = readdirSync(backups).sort();
  expect(await signpost(['restore', String(older), '--force'], env)).toMatchObject({
    ...{ code: 0, stderr: '' },
    stdout: expect.stringMatching(/^Restored \S+-full, made .*, 3 events\.\n$/),
  });
  rmSync(product.dataDir, { recursive: true });
  expect(await signpost(['restore'], env)).toMatchObject({
    ...{ code: 0, stderr: '' },
    stdout: expect.stringMatching(/^Restored \S+-incremental, made .*, 5 events\.\n$/),
  });
  await product.restart();
  expect(await state()).toEqual(before);
  await view('168.95.1.9');
  await product.shipped();
  expect((await state()).totals).toMatchObject({ pageViews: 6 });
}, 400_000);

/** Neither of the two that are in use. */
function expectNoDayKeys(): void {
  const folder = join(product.dataDir, 'keys/day');
  const keys = readdirSync(folder).map((day) => readFileSync(join(folder, day)));
  expect(keys.length).toBeGreaterThan(0);
  for (const entry of readdirSync(backups, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const content = readFileSync(join(entry.parentPath, entry.name));
    for (const key of keys) {
      const forms = [key, Buffer.from(key.toString('hex')), Buffer.from(key.toString('base64'))];
      expect(forms.map((form) => content.includes(form))).toEqual([false, false, false]);
    }
  }
}
