import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { signpost as command } from '../server/processes/command-line.ts';
import { type Signpost, startSignpost, until } from '../support/signpost.ts';

let outside: string;
let output: string;
let running: Signpost;
beforeAll(async () => {
  outside = mkdtempSync(path.join(tmpdir(), 'signpost-output-'));
  output = path.join(outside, 'signpost.log');
  running = await startSignpost({
    env: { WORKERS: '1', DEMO_TRAFFIC: 'on', LOG_LEVEL: 'info', PROCESS_LOGS: output },
  });
});
afterAll(async () => {
  await running?.dispose();
  rmSync(outside, { recursive: true, force: true });
});

const signpost = (...args: string[]) =>
  command(['privacy', ...args], { DATA_DIR: running.dataDir, CONSOLE_PORT: new URL(running.console).port });
const run = (job: string) => running.json<{ outcome: string }>(`/jobs/${job}/runs`, { method: 'POST' });
const check = async () => {
  const { checks } = (await (await fetch(`${running.console}/readyz`)).json()) as {
    checks: { name: string; warnings?: string[] }[];
  };
  return checks.find(({ name }) => name === 'privacy')?.warnings ?? [];
};

test('has nothing that should not be there after traffic, and says so', { timeout: 120_000 }, async () => {
  for (let visits = 0; visits < 5; visits++) await run('demo-traffic');
  // An invitation and a refused sign-in leave what they leave, too.
  await running.json('/users', {
    method: 'POST',
    body: { name: 'Kim', email: 'kim@example.org', role: 'analyst' },
  });
  const wrong = { email: 'kim@example.org', password: 'is not the password' };
  await fetch(`${running.console}/api/v1/sessions`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Forwarded-For': '203.0.113.9' },
    body: JSON.stringify(wrong),
  });
  await running.shipped();
  for (const job of ['log-archive', 'backup']) expect((await run(job)).outcome).toBe('succeeded');
  writeFileSync(output, running.log());
  const { code, stdout, stderr } = await signpost('report');
  expect({ stdout, stderr: stderr.replace(/\r.*\r/s, '') }).toMatchObject({
    stdout: expect.stringContaining('Nothing was found that should not be there.'),
  });
  expect(code).toBe(0);
  expect(stdout).toMatch(/backups +\d+ of \d+/);
  expect(await check()).toEqual([]);
});

test('fails loudly where there is something: command, readiness and metrics', {
  timeout: 120_000,
}, async () => {
  await running.json('/users', { method: 'POST', body: { name: 'eve@example.org', role: 'analyst' } });
  const day = path.join(running.dataDir, 'archive', new Date().toISOString().slice(0, 10));
  mkdirSync(day, { recursive: true });
  writeFileSync(
    path.join(day, `${Date.now()}_9.jsonl`),
    '{"type":"click","page":"https://x.example/203.0.113.77"}\n',
  );
  const { code, stdout } = await signpost('report', '--format', 'json');
  expect(code).toBe(1);
  const { findings } = JSON.parse(stdout) as { findings: { store: string; place: string; sample: string }[] };
  const places = findings.map(({ store, place, sample }) => `${store} ${place} ${sample}`);
  expect(places.sort()).toEqual([
    'log events.page 203.x.x.x',
    'postgres audit_log.after.name e…@….org',
    'postgres users.name e…@….org',
  ]);
  expect(stdout).not.toContain('203.0.113.77');
  expect(stdout).not.toContain('eve@example.org');
  expect(await check()).toEqual([
    'There is something that should not be there: see "signpost privacy report".',
  ]);
  await until('the metric tells it', 10_000, async () =>
    /^signpost_privacy_problems\{[^}]*\} 3$/m.test(await (await fetch(`${running.console}/metrics`)).text()),
  );
  expect((await signpost('report', '--last')).stdout).toMatch(/PROBLEMS: 3\n$/);
});

test('the policy is printed in both languages', async () => {
  expect((await signpost('policy')).stdout).toContain('# Privacy policy\n');
  expect((await signpost('policy', '--language', 'zh-TW')).stdout).toContain('# 隱私權政策\n');
});
