import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Signpost, startSignpost } from '../../support/signpost.ts';
import { signpost as command } from './command-line.ts';

let running: Signpost;
beforeAll(async () => {
  running = await startSignpost({ env: { WORKERS: '1' } });
});
afterAll(() => running?.dispose());

const signpost = (...args: string[]) =>
  command(args, { DATA_DIR: running.dataDir, CONSOLE_PORT: new URL(running.console).port });
const post = (path: string, body: object) =>
  fetch(`${running.console}/api/v1${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
const tokenIn = (text: string) => /\/welcome#token=(sp[al]_[\w-]{43})$/m.exec(text)?.[1];
const password = 'three words and a number';

test('the first administrator comes by a printed link, and invites others', async () => {
  const printed = tokenIn(running.output());
  expect(running.output()).toContain(`  ${running.console}/welcome#token=spa_`);
  const asked = await signpost('admin-link');
  const token = tokenIn(asked.stdout);
  expect(asked).toMatchObject({ code: 0, stderr: '' });
  const claim = { password, name: 'Ruth', email: 'ruth@example.com' };
  expect((await post('/passwords', { ...claim, token: printed })).status).toBe(422);
  expect((await post('/passwords', { ...claim, token })).status).toBe(204);
  expect((await signpost('admin-link')).stderr).toMatch(/\[conflict\]\n$/);

  const invited = await signpost('users', 'invite', 'kim@example.com', '--role', 'analyst');
  expect((await post('/passwords', { password, token: tokenIn(invited.stdout) })).status).toBe(204);
  expect((await post('/sessions', { email: 'kim@example.com', password })).status).toBe(201);
  const { stdout } = await signpost('users');
  expect(stdout).toMatch(/^ 1 {2}Ruth {2}ruth@example.com {2}admin/m);
  expect(stdout).toMatch(/^ 2 {2}kim {3}kim@example.com {3}analyst/m);
  expect(tokenIn((await signpost('users', 'link', 'KIM@example.com')).stdout)).toMatch(/^spl_/);
  expect((await signpost('users', 'link', '99')).stderr).toMatch(/There is no user 99\. \[not_found\]\n$/);
});

test('keys are made for scripts, and revoked', async () => {
  const { stdout } = await signpost('keys', 'add', 'Nightly', '--user', '1', '--scopes', 'reports:read');
  const status = async () => {
    const headers = { Authorization: `Bearer ${stdout.trim()}` };
    return (await fetch(`${running.console}/api/v1/reports`, { headers })).status;
  };
  expect(stdout).toMatch(/^sp_[\w-]{43}\n$/);
  expect(await status()).toBe(200);
  const id = /^ *(\d+) {2}Nightly/m.exec((await signpost('keys')).stdout)?.[1] ?? '';
  await signpost('keys', 'revoke', id);
  expect(await status()).toBe(401);
});
