import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../server/database/index.ts';
import { MemberKeys } from '../../server/members/index.ts';
import { findMember } from '../../server/members/member-store.ts';
import { parseSealingKeys, sealerOf } from '../../server/secrets/index.ts';
import { silent } from '../analytics/clickhouse/support.ts';
import { signpost as commandLine } from '../server/processes/command-line.ts';
import { type Signpost, startSignpost } from '../support/signpost.ts';

const userAgent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
let backups: string;
let product: Signpost;
/** What seals the members' keys; it is in no data directory, so that it is there when that is lost. */
const sealingKey = randomBytes(32).toString('base64');
/** Each of these opens databases anew, some of them twice. */
const limitMs = 120_000;
const signpost = (args: readonly string[], settings: Record<string, string>) =>
  commandLine(args, settings, limitMs);
/** For commands: where to find the product. */
let env: Record<string, string>;

beforeAll(async () => {
  backups = mkdtempSync(join(tmpdir(), 'signpost-backups-'));
  product = await startSignpost({ env: { BACKUP_DIR: backups, SEALING_KEYS: sealingKey } });
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
  const gone = await makeMember('gone@shop.example', 'Gone Person');
  const stays = await makeMember('stays@shop.example', 'Staying Person');
  const full = await signpost(['backup'], env);
  expect(full).toMatchObject({ code: 0, stderr: '' });
  expect(full.stdout).toMatch(/^Made and tried: \S+-full\n$/);

  // More of both, for the one that builds on it.
  await product.json('/advertisers', { method: 'POST', body: { name: 'Later' } });
  await product.json(`/members/${stays}`, { method: 'PATCH', body: { name: 'Staying Longer' } });
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
  expectNowhere([backups], 'gone@shop.example', 'Gone Person', 'Staying');
  const keyOfGone = slotOf(gone);
  await product.json(`/members/${gone}`, { method: 'DELETE' });
  expectNowhere([backups, product.dataDir], keyOfGone);

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
  expect(await restoredMembers([gone, stays])).toEqual({
    rows: [gone, stays],
    names: [undefined, 'Staying Longer'],
  });
  await product.restart();
  expect(await state()).toEqual(before);
  const { items } = await product.json<{ items: unknown[] }>('/members');
  expect(items).toMatchObject([{ id: stays, email: 'stays@shop.example', name: 'Staying Longer' }]);
  await expect(product.api(`/members/${gone}`)).rejects.toThrow(': 404');
  // Nor does a new one get the number whose key was destroyed.
  expect(await makeMember('gone@shop.example', 'Somebody New')).toBeGreaterThan(stays);
  await view('168.95.1.9');
  await product.shipped();
  expect((await state()).totals).toMatchObject({ pageViews: 6 });
}, 400_000);

/** @returns the number */
async function makeMember(email: string, name: string): Promise<number> {
  const { items } = await product.json<{ items: { id: number }[] }>('/sites');
  const body = { siteId: items[0]?.id, email, name, verified: true };
  return (await product.json<{ id: number }>('/members', { method: 'POST', body })).id;
}

/** The key of a member, as it is sealed in the file that has them all and in its copy. */
function slotOf(member: number): Buffer {
  const [own, copy] = [join(product.dataDir, 'keys/members'), join(backups, 'member-keys')].map((folder) =>
    readFileSync(join(folder, 'slots')).subarray(member * 66 + 1, member * 66 + 66),
  );
  expect(own).toHaveLength(65);
  expect(own).toEqual(copy);
  return own as Buffer;
}

/** Before the product starts and tidies up: who has a row, and whose name can be read with the keys that are left. */
async function restoredMembers(ids: readonly number[]) {
  const { dataDir } = product;
  const database = await openDatabase({ url: undefined, dataDir, logger: silent, migrate: false });
  const keys = await MemberKeys.open({
    directory: join(dataDir, 'keys/members'),
    copyDirectory: join(backups, 'member-keys'),
    sealer: sealerOf(parseSealingKeys(sealingKey) ?? []),
  });
  try {
    const rows = await database.db.selectFrom('members').select('id').orderBy('id').execute();
    const parts = { db: database.db, keys };
    const members = await Promise.all(ids.map((id) => findMember(parts, id)));
    return { rows: rows.map(({ id }) => id), names: members.map((member) => member?.personal.name) };
  } finally {
    await keys.close();
    await database.close();
  }
}

/** Neither of the two that are in use. */
function expectNoDayKeys(): void {
  const folder = join(product.dataDir, 'keys/day');
  const keys = readdirSync(folder).map((day) => readFileSync(join(folder, day)));
  expect(keys.length).toBeGreaterThan(0);
  for (const key of keys) expectNowhere([backups], key, key.toString('hex'), key.toString('base64'));
}

/** In no file below these folders. */
function expectNowhere(folders: readonly string[], ...secrets: readonly (string | Buffer)[]): void {
  for (const folder of folders) {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      const content = readFileSync(path);
      expect([path, secrets.filter((secret) => content.includes(secret))]).toEqual([path, []]);
    }
  }
}
