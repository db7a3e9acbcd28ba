import { verify } from '@node-rs/argon2';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { ask, type Harness, startApi } from '../api/harness.ts';

// Time itself is not measured: what takes the time is counted.
vi.mock('@node-rs/argon2', async (original) => {
  const argon2 = await original<typeof import('@node-rs/argon2')>();
  return { ...argon2, verify: vi.fn(argon2.verify) };
});

const password = 'three words and a number';
let api: Harness;

beforeAll(async () => {
  api = await startApi();
  const make = async (name: string, hasPassword: boolean) => {
    const user = { name, email: `${name}@example.com`, role: 'adops' };
    const id = (await api.call('POST', '/users', user)).body.id;
    const { body } = await api.call('POST', `/users/${id}/password-links`);
    if (hasPassword) await post('/passwords', { token: body['token'], password });
    return id;
  };
  await make('known', true);
  await make('invited', false);
  await api.call('DELETE', `/users/${await make('archived', true)}`);
});
afterAll(() => api.close());

const post = (path: string, body: object) =>
  ask(`${api.url}${path}`, {
    ...{ method: 'POST', headers: { 'Content-Type': 'application/json' } },
    body: JSON.stringify(body),
  });

it('computes one hash of the same cost whoever signs in in vain, and tells all the same', async () => {
  const answers = new Set<string>();
  for (const name of ['known', 'invited', 'archived', 'nobody']) {
    vi.mocked(verify).mockClear();
    const { status, text } = await post('/sessions', { email: `${name}@example.com`, password: 'wrong one' });
    answers.add(`${status} ${text}`);
    const costs = vi
      .mocked(verify)
      .mock.calls.map(([hash]) => /^\$argon2id\$v=19\$[^$]+/.exec(String(hash))?.[0]);
    expect([name, costs]).toEqual([name, ['$argon2id$v=19$m=19456,t=2,p=1']]);
  }
  expect(answers.size).toBe(1);
});

it('writes the same line into the audit log, but for whom it was about', async () => {
  await post('/sessions', { email: 'known@example.com', password: 'wrong one' });
  await post('/sessions', { email: 'nobody@example.com', password: 'wrong one' });
  const { body } = await api.call('GET', '/audit?limit=2');
  const lines = (body.items ?? []) as unknown as { action: string; actor: string; after: unknown }[];
  for (const line of lines) {
    expect(line).toMatchObject({ action: 'sign_in_failed', actor: 'nobody', userId: null, after: null });
  }
});
