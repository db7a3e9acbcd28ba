import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hash, verify } from '@node-rs/argon2';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { Attempts } from '../../../server/accounts/index.ts';
import type { Database } from '../../../server/database/index.ts';
import { MemberKeys, type MemberServices } from '../../../server/members/index.ts';
import {
  activate,
  askNewPassword,
  checkSignIn,
  makeMember,
  register,
} from '../../../server/members/member-accounts.ts';
import { getMember } from '../../../server/members/member-store.ts';
import { sealerOf } from '../../../server/secrets/index.ts';
import { openMigratedDatabase } from '../../support/migrated-database.ts';

// Time itself is not measured: what takes the time is counted.
vi.mock('@node-rs/argon2', async (original) => {
  const argon2 = await original<typeof import('@node-rs/argon2')>();
  return { ...argon2, hash: vi.fn(argon2.hash), verify: vi.fn(argon2.verify) };
});

const password = 'three words and a number';
const names = ['known', 'unverified', 'unknown'] as const;
let scratch: string;
let database: Database;
let services: MemberServices;
let site: number;
/** What was asked of the database, in order. */
const statements: string[] = [];
const wakeMails = vi.fn();

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'signpost-member-timing-'));
  database = await openMigratedDatabase();
  const keys = await MemberKeys.open({
    ...{ directory: join(scratch, 'keys'), copyDirectory: join(scratch, 'copy') },
    sealer: sealerOf([randomBytes(32)]),
  });
  const db = database.db.withPlugin({
    transformQuery({ node }) {
      const table = 'into' in node ? node.into : 'from' in node ? node.from : undefined;
      statements.push(`${node.kind} ${/"name":"(\w+)"/.exec(JSON.stringify(table ?? ''))?.[1] ?? ''}`);
      return node;
    },
    transformResult: async ({ result }) => result,
  });
  services = { db, keys, attempts: new Attempts(), keptAddress: 'masked', wakeMails };
  const made = await db
    .insertInto('sites')
    .values({ name: 'Shop', domain: 'shop.example' })
    .returning('id')
    .executeTakeFirstOrThrow();
  site = made.id;
  for (const name of ['known', 'unverified']) {
    const id = await makeMember(services, site, registrationOf(name));
    const member = await getMember(services, id);
    if (name === 'known') await db.transaction().execute((inside) => activate(services, inside, member));
  }
});
afterAll(async () => {
  await services.keys.close();
  await database.close();
  rmSync(scratch, { recursive: true, force: true });
});
beforeEach(() => {
  (services as { attempts: Attempts }).attempts = new Attempts();
});

const emailOf = (name: string) => `${name}@example.com`;
const registrationOf = (name: string) => ({
  ...{ email: emailOf(name), password, name: null, profile: {}, preferences: { language: 'en' } },
});
const at = () => ({
  ...{ site, address: '192.0.2.1', country: null, region: null, browser: '', visitor: null },
});
const costOf = (text: unknown) => /^\$argon2id\$v=19\$[^$]+/.exec(String(text))?.[0];

/** What is done of each kind, and how often. */
async function workOf(asked: () => Promise<unknown>) {
  statements.length = 0;
  for (const mock of [vi.mocked(hash), vi.mocked(verify), wakeMails]) mock.mockClear();
  const answer = await asked();
  return {
    answer,
    statements: [...statements],
    hashed: vi.mocked(hash).mock.calls.map(([, cost]) => cost),
    verified: vi.mocked(verify).mock.calls.map(([stored]) => costOf(stored)),
    mails: wakeMails.mock.calls.length,
  };
}

it.each([
  {
    what: 'signing in in vain',
    ask: (name: string) => checkSignIn(services, at(), { email: emailOf(name), password: 'wrong words' }),
    work: { verified: ['$argon2id$v=19$m=19456,t=2,p=1'], hashed: [], mails: 0, answer: undefined },
    of: 'SelectQueryNode member_lookups',
  },
  {
    what: 'registering',
    ask: (name: string) => register(services, at(), registrationOf(name)),
    work: {
      ...{ verified: [], hashed: [expect.objectContaining({ memoryCost: 19_456, timeCost: 2 })] },
      ...{ mails: 1, answer: undefined },
    },
    of: 'InsertQueryNode mails',
  },
  {
    what: 'asking for a new password',
    ask: (name: string) => askNewPassword(services, at(), emailOf(name)),
    work: { verified: [], hashed: [], mails: 1, answer: undefined },
    of: 'InsertQueryNode mails',
  },
])('$what is the same work, whether the address is known or not', async ({ ask, work, of }) => {
  // The first of all makes the hash that nobody's passwords are compared with.
  await ask('first');
  const done = [];
  for (const name of names) done.push(await workOf(() => ask(name)));
  const [first] = done;
  expect(first).toMatchObject(work);
  expect(first?.statements).toContain(of);
  for (const other of done) expect(other).toEqual(first);
});
