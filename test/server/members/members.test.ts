import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { sql } from 'kysely';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type GeoDb, openGeoDb } from '../../../geo-db/index.ts';
import { Attempts, createApiKey, localIdentity, sendMails } from '../../../server/accounts/index.ts';
import { dumpDatabase } from '../../../server/backup/postgres-dump.ts';
import { restoreDatabase } from '../../../server/backup/postgres-restore.ts';
import { inMemory, openDatabase } from '../../../server/database/index.ts';
import {
  forgetMemberData,
  letterOf,
  MemberKeys,
  type MemberServices,
  memberRoutes,
  membersRouter,
  settleMembers,
} from '../../../server/members/index.ts';
import { findMember } from '../../../server/members/member-store.ts';
import { overdueInPostgres } from '../../../server/privacy/overdue.ts';
import { localSigningKeys } from '../../../server/secrets/index.ts';
import {
  regionalInventory,
  type TestDelivery,
  testAddresses,
  testDelivery,
  testGeoDbFile,
} from '../../support/delivery.ts';
import { userAgents } from '../../support/user-agents.ts';
import { ask, type Harness, startApi } from '../api/harness.ts';
import { MailServer } from '../reporting/schedules/mail-server.ts';

const logger = pino({ level: 'silent' });
const password = 'three words and a number';
const origin = 'https://www.shop.example';
const [chrome = ''] = userAgents(1);
let scratch: string;
let api: Harness;
let mailServer: MailServer;
let office: Server;
let services: MemberServices;
let delivery: TestDelivery;
let geo: GeoDb;
let shop: number;
let news: number;

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'signpost-members-'));
  mailServer = await MailServer.start();
  geo = await openGeoDb({ files: [testGeoDbFile(scratch)] });
  api = await startApi((db) => {
    // The keys need the harness' sealer, which is there a moment later.
    services = { db, keptAddress: 'masked', attempts: new Attempts(), wakeMails: () => undefined } as never;
    return memberRoutes({
      services: new Proxy(services, { get: (_, name) => services[name as keyof MemberServices] }),
      ...{ publicUrl: 'https://ads.example.com', kAnonymity: 3 },
      geo: async () => geo,
    });
  });
  services = { ...services, keys: await openKeys() };
  const site = async (domain: string) =>
    Number((await api.call('POST', '/sites', { name: domain, domain })).body.id);
  shop = await site('shop.example');
  news = await site('news.example');
  const app = express();
  app.use('/v1/members', membersRouter({ services, logger, keys: () => localSigningKeys(delivery.dataDir) }));
  office = await new Promise<Server>((resolve) => {
    const listening = app.listen(0, '127.0.0.1', () => resolve(listening));
  });
  const sites = [
    { id: shop, domain: 'shop.example' },
    { id: news, domain: 'news.example' },
  ];
  delivery = await testDelivery(
    { ...regionalInventory(), sites },
    {
      env: { OFFICE_URL: `http://127.0.0.1:${(office.address() as AddressInfo).port}` },
      ...{ publicUrl: 'https://ads.example.com', now: Date.now },
    },
  );
});
afterAll(async () => {
  await delivery.close();
  geo.close();
  office.closeAllConnections();
  office.close();
  await services.keys.close();
  await mailServer.close();
  await api.close();
  rmSync(scratch, { recursive: true, force: true });
});
beforeEach(() => {
  mailServer.mails.length = 0;
  (services as { attempts: Attempts }).attempts = new Attempts();
});

const openKeys = (name = 'keys') =>
  MemberKeys.open({
    directory: join(scratch, name),
    copyDirectory: join(scratch, 'backups', 'member-keys'),
    sealer: api.sealer,
  });

interface Asked {
  readonly body?: unknown;
  readonly cookie?: string;
  readonly from?: keyof typeof testAddresses;
  readonly headers?: Record<string, string>;
  readonly origin?: string | null;
}

async function call(method: string, path: string, asked: Asked = {}) {
  const { body, cookie, from = 'taipei', headers = {} } = asked;
  const from0 = asked.origin === undefined ? origin : asked.origin;
  const response = await delivery.fetch(`/v1/members${path}`, {
    ...{ method, from: testAddresses[from] },
    headers: {
      ...{ 'User-Agent': chrome, 'Accept-Language': 'en' },
      ...(from0 === null ? {} : { Origin: from0 }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(cookie === undefined ? {} : { Cookie: cookie }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  // biome-ignore lint/suspicious/noExplicitAny: each call answers in a form of its own
  const parsed: any = text === '' ? undefined : JSON.parse(text);
  const set = response.headers.getSetCookie();
  return { status: response.status, headers: response.headers, text, body: parsed, set };
}

async function deliverMails() {
  const pageOf = (page: string, { token = '' }: { token?: string }) =>
    `https://ads.example.com/${page}#${token}`;
  const parts = {
    ...{ db: services.db, mail: { url: mailServer.url, from: 'ads@example.com' }, urlOf: () => '' },
    memberLetter: (queued: never, nowMs: number) => letterOf({ ...services, pageOf }, queued, nowMs),
  };
  await sendMails(parts, { logger, signal: new AbortController().signal, now: () => Date.now() + 1000 });
  return mailServer.mails.map(({ to, text }) => ({
    to: to.join(),
    text,
    token: /(spm_[\w-]+)/.exec(text.replaceAll('=\r\n', ''))?.[1] ?? '',
  }));
}

const cookieOf = (set: readonly string[]) =>
  set.find((each) => each.includes('signpost-member='))?.split(';')[0] ?? '';

async function signIn(email: string, asked: Asked = {}) {
  return call('POST', '/sessions', { body: { email, password }, ...asked });
}

/** Registers, verifies and signs in. */
async function member(email: string, fields: object = {}) {
  const registered = await call('POST', '', { body: { email, password, ...fields } });
  expect([registered.status, registered.body]).toEqual([202, { status: 'verify' }]);
  const mail = (await deliverMails()).find(({ to }) => to.includes(email));
  expect((await call('POST', '/verify', { body: { token: mail?.token } })).status).toBe(200);
  mailServer.mails.length = 0;
  const signed = await signIn(email);
  expect(signed.status).toBe(201);
  return { id: Number(signed.body.member.id), cookie: cookieOf(signed.set), signed };
}

describe('a member', () => {
  it('registers, verifies, signs in, changes things and signs out', async () => {
    await call('POST', '', { body: { email: 'mei@example.com', password, name: '美' } });
    expect((await signIn('mei@example.com')).status).toBe(401);
    const [mail] = await deliverMails();
    expect(mail?.to).toContain('mei@example.com');
    expect((await call('POST', '/verify', { body: { token: mail?.token } })).status).toBe(200);
    const again = await call('POST', '/verify', { body: { token: mail?.token } });
    expect([again.status, again.body.errors[0].path]).toEqual([422, '/token']);

    const signed = await signIn('MEI@example.com');
    expect(signed.body.member).toMatchObject({ email: 'mei@example.com', name: '美', site: shop });
    expect(signed.set.join()).toMatch(
      /^__Host-signpost-member=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; Secure; Partitioned; SameSite=None$/,
    );
    const cookie = cookieOf(signed.set);
    const patched = await call('PATCH', '/me', {
      cookie,
      body: { name: null, profile: { city: 'Taipei' }, preferences: { language: 'zh-TW', dark: true } },
    });
    expect(patched.body).toMatchObject({
      ...{ name: null, profile: { city: 'Taipei' }, preferences: { language: 'zh-TW', dark: true } },
    });
    const less = await call('PATCH', '/me', { cookie, body: { profile: { city: null } } });
    expect(less.body.profile).toEqual({});
    expect((await call('GET', '/me', { cookie })).headers.get('access-control-allow-origin')).toBe(origin);

    const exported = await call('GET', '/me/export', { cookie });
    expect(exported.body).toMatchObject({
      member: { email: 'mei@example.com' },
      signIns: [{ address: '1.0.0.0/24', country: 'TW', region: 'TW-TPE' }],
      lastSignIn: { country: 'TW', region: 'TW-TPE' },
    });
    const out = await call('DELETE', '/sessions/current', { cookie });
    expect([out.status, out.set.join()]).toEqual([204, expect.stringContaining('Max-Age=0')]);
    expect((await call('GET', '/me', { cookie })).status).toBe(401);
  });

  it('changes the password, and that ends the other sessions; a forgotten one is set by mail', async () => {
    const { cookie } = await member('pw@example.com');
    const other = cookieOf((await signIn('pw@example.com')).set);
    const next = 'four other words to know';
    const wrong = await call('PUT', '/me/password', { cookie, body: { current: 'wrong', password: next } });
    expect([wrong.status, wrong.body.errors[0].path]).toEqual([422, '/current']);
    const put = await call('PUT', '/me/password', { cookie, body: { current: password, password: next } });
    expect(put.status).toBe(204);
    expect((await call('GET', '/me', { cookie })).status).toBe(200);
    expect((await call('GET', '/me', { cookie: other })).status).toBe(401);
    await call('POST', '/password-resets', { body: { email: 'pw@example.com' } });
    const [mail] = await deliverMails();
    const body = { token: mail?.token, password };
    expect((await call('POST', '/passwords', { body })).status).toBe(204);
    expect((await call('POST', '/passwords', { body })).status).toBe(422);
    expect((await call('GET', '/me', { cookie })).status).toBe(401);
    expect((await signIn('pw@example.com')).status).toBe(201);
  });

  it('takes a new address once it is verified', async () => {
    const { cookie } = await member('old@example.com');
    await call('PUT', '/me/email', { cookie, body: { email: 'new@example.com', password } });
    expect((await signIn('new@example.com')).status).toBe(401);
    const [mail] = await deliverMails();
    expect(mail?.to).toContain('new@example.com');
    expect((await call('POST', '/verify', { body: { token: mail?.token } })).status).toBe(200);
    expect((await signIn('new@example.com')).status).toBe(201);
    expect((await signIn('old@example.com')).status).toBe(401);
  });

  it('is warned of a sign-in from a new country, and of no other', async () => {
    await member('far@example.com', { preferences: { language: 'de' } });
    await signIn('far@example.com');
    expect(await deliverMails()).toEqual([]);
    await signIn('far@example.com', { from: 'munich' });
    const [mail] = await deliverMails();
    expect(mail?.text).toContain('Content-Language: de');
    expect(mail?.text).toContain('Deutschland');
  });
});

describe('nobody can tell from outside', () => {
  it('whether an address is known: answers and letters to its owner alone differ', async () => {
    await member('known@example.com');
    for (const email of ['known@example.com', 'unknown@example.com']) {
      const answers = [
        await call('POST', '', { body: { email, password } }),
        await call('POST', '/password-resets', { body: { email } }),
        await call('POST', '/sessions', { body: { email, password: 'wrong words it is' } }),
      ];
      expect(answers.map(({ status, text }) => `${status} ${text}`)).toEqual([
        '202 {"status":"verify"}',
        '202 {}',
        expect.stringMatching(/^401 .*password is wrong/),
      ]);
    }
    const mails = await deliverMails();
    expect(mails.map(({ to, text }) => [to, /Subject: (.*)\r/.exec(text)?.[1]]).sort()).toEqual(
      [
        ['<known@example.com>', 'Choose a new password'],
        ['<known@example.com>', 'You have an account already'],
        ['<unknown@example.com>', 'Please confirm your e-mail address'],
      ].map(([to = '', subject]) => [expect.stringContaining(to.slice(1, -1)), subject]),
    );
  });

  it('a password by guessing', async () => {
    const tries: number[] = [];
    for (let i = 0; i < 11; i++) tries.push((await signIn('guessed@example.com')).status);
    expect(tries.slice(-2)).toEqual([401, 429]);
  });
});

describe('pages and members that are others', () => {
  it('get nothing', async () => {
    const { cookie, id } = await member('own@example.com');
    const evil = await call('GET', '/me', { cookie, origin: 'https://evil.example' });
    expect([evil.status, evil.headers.get('access-control-allow-origin')]).toEqual([403, null]);
    // The session is of one site.
    expect((await call('GET', '/me', { cookie, origin: 'https://news.example' })).status).toBe(401);
    expect((await call('GET', '/me', { cookie, origin: 'http://www.shop.example' })).status).toBe(403);
    const crossSite = { 'Sec-Fetch-Site': 'cross-site' };
    expect((await call('DELETE', '/me', { cookie, origin: null, headers: crossSite })).status).toBe(403);
    for (const forged of [
      { id: 1 },
      { site: news },
      { news: { optedIn: true } },
      { email: 'x@example.com' },
    ]) {
      expect((await call('PATCH', '/me', { cookie, body: forged })).status).toBe(422);
    }
    const proto = await call('PATCH', '/me', { cookie, body: '{"profile":{"__proto__":"x"}}' });
    expect(proto.body.profile).toEqual({});
    const long = { profile: Object.fromEntries(Array.from({ length: 51 }, (_, at) => [`k${at}`, 1])) };
    expect((await call('PATCH', '/me', { cookie, body: long })).status).toBe(422);
    expect((await call('PATCH', '/me', { cookie, body: { name: 'x'.repeat(40_000) } })).status).toBe(413);
    const injected = { email: 'a@example.com\r\nBcc: b@example.com', password };
    expect((await call('POST', '', { body: injected })).status).toBe(422);
    // The back office listens to workers alone.
    const { port } = office.address() as AddressInfo;
    const direct = await fetch(`http://127.0.0.1:${port}/v1/members/me`, { headers: { Cookie: cookie } });
    expect(direct.status).toBe(403);
    expect(id).toBeGreaterThan(0);
  });

  it('of publishers see the members of their own sites alone', async () => {
    const { id } = await member('tenant@example.com');
    const made = await api.call('POST', '/users', { name: 'P', role: 'publisher', sites: [news] });
    const { key } = await createApiKey(services.db, localIdentity, { name: 'k', userId: made.body.id ?? 0 });
    const init = { headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' } };
    for (const [method, path, body] of [
      ['GET', `/members/${id}`],
      ['PATCH', `/members/${id}`, { name: 'Mine' }],
      ['GET', `/members/${id}/export`],
      ['GET', `/members/${id}/proofs`],
      ['PUT', `/members/${id}/news`, { optIn: true, wording: 'x' }],
      ['DELETE', `/members/${id}`],
    ] as const) {
      const answer = await ask(`${api.url}${path}`, {
        ...{ ...init, method },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      expect([method, path, answer.status]).toEqual([method, path, 404]);
    }
    const { status, body } = await ask(`${api.url}/members/sign-ins`, {
      ...{ ...init, method: 'POST' },
      body: JSON.stringify({ siteId: shop, email: 'tenant@example.com', password, address: '192.0.2.1' }),
    });
    expect([status, body.errors]).toEqual([422, [expect.objectContaining({ path: '/siteId' })]]);
    const listed = await ask(`${api.url}/members?siteId=${shop}`, init);
    expect(listed.body.items).toEqual([]);
    const found = await ask(`${api.url}/members?siteId=${shop}&email=tenant@example.com`, init);
    expect(found.body.items).toEqual([]);
  });

  it('hear that members are away while the back office is', async () => {
    const alone = await testDelivery(
      { ...regionalInventory(), sites: [{ id: shop, domain: 'shop.example' }] },
      { env: { OFFICE_URL: 'http://127.0.0.1:9' }, publicUrl: 'https://ads.example.com', now: Date.now },
    );
    const answer = await alone.fetch('/v1/members/me', { headers: { Origin: origin } });
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([
      503,
      'members_unavailable',
    ]);
    expect((await alone.fetch('/v1/ad?zone=12')).status).toBe(200);
    await alone.close();
  });
});

describe('news and offers', () => {
  it('are agreed to with proof, listed by region, exported safely, and ended by one click', async () => {
    const { id } = await member('reader@example.com', {
      name: '=HYPERLINK("http://evil")',
      news: { wording: 'Yes, send me news' },
    });
    await member('none@example.com');
    const list = await api.call('GET', `/member-lists/news?siteId=${shop}&region=TW-TPE`);
    expect(list.body.items).toMatchObject([{ id, email: 'reader@example.com', country: 'TW' }]);
    expect((await api.call('GET', '/member-lists/news?country=DE')).body.items).toEqual([]);
    const csv = await api.call('GET', `/member-lists/news.csv?siteId=${shop}`);
    const [head, line = ''] = csv.text.split('\r\n');
    expect(head).toBe('email,name,language,country,region,opted_in_at,unsubscribe_url');
    expect(line).toContain(`"'=HYPERLINK(""http://evil"")"`);
    const url = new URL(line.slice(line.lastIndexOf(',') + 1));
    const click = await delivery.fetch(url.pathname + url.search, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'List-Unsubscribe=One-Click',
    });
    expect(click.status).toBe(200);
    expect((await api.call('GET', `/member-lists/news?siteId=${shop}`)).body.items).toEqual([]);
    const { body } = await api.call('GET', `/members/${id}/proofs`);
    expect(body.items).toMatchObject([
      {
        action: 'opt_in',
        wording: 'Yes, send me news',
        source: 'registration',
        confirmedAt: expect.any(String),
      },
      { action: 'opt_out', source: 'unsubscribe_link' },
    ]);
    expect((await call('POST', '/unsubscribe?token=AAAA')).status).toBe(422);
  });

  it('and members by region tell nothing of few', async () => {
    await services.db.updateTable('members').set({ country: 'TW', region: 'TW-TPE' }).execute();
    const one = await services.db
      .selectFrom('members')
      .select('id')
      .where('status', '=', 'active')
      .executeTakeFirstOrThrow();
    await services.db
      .updateTable('members')
      .set({ country: 'DE', region: 'DE-BY' })
      .where('id', '=', one.id)
      .execute();
    const { body } = await api.call('GET', '/members/by-region');
    expect(body.items).toMatchObject([{ other: true }]);
  });
});

describe('the server of a site', () => {
  const byServer = (fields: object) =>
    api.call('POST', '/members/sign-ins', {
      ...{ siteId: shop, email: 'served@example.com', password, address: testAddresses.munich },
      ...fields,
    });

  it('signs members in, as the pages do', async () => {
    const { id, cookie } = await member('served@example.com');
    const { status, body } = await byServer({ browser: 'Lynx/2.9' });
    expect([status, body]).toEqual([200, expect.objectContaining({ id, country: 'DE', region: 'DE-BY' })]);
    const signIns = await call('GET', '/me/sign-ins', { cookie });
    expect(signIns.body.items[0]).toMatchObject({ country: 'DE', browser: 'Lynx/2.9' });
    expect(signIns.body.items[0].address).toMatch(/\.0\/24$/);
    const [mail] = await deliverMails();
    expect(mail?.text).toContain('Germany');
  });

  it('hears the same of a wrong password, of nobody, and of who is of another site', async () => {
    await call('POST', '', { body: { email: 'unverified@example.com', password } });
    const answers = await Promise.all([
      byServer({ password: 'wrong' }),
      byServer({ email: 'nobody@example.com' }),
      byServer({ email: 'unverified@example.com' }),
      byServer({ siteId: news }),
    ]);
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 422, body: { errors: [{ path: '/password' }] } });
    expect((await byServer({ address: 'not one' })).body.errors).toMatchObject([{ path: '/address' }]);
  });

  it('has guessing slowed down together with the pages', async () => {
    for (let i = 0; i < 9; i++) await byServer({ email: 'both@example.com' });
    expect((await signIn('both@example.com')).status).toBe(401);
    expect((await byServer({ email: 'both@example.com' })).body.code).toBe('too_many_attempts');
    expect((await byServer({})).status).toBe(200);
  });
});

describe('erasure', () => {
  it('leaves nothing readable in the live stores, nor in a backup that is restored', async () => {
    const gone = await member('gone@example.com', { name: 'Gone Person', news: { wording: 'Yes' } });
    const stays = await member('stays@example.com', { name: 'Staying Person' });
    const backup = join(scratch, 'dump');
    const contents = await dumpDatabase(services.db, backup);
    for (const file of readdirSync(backup)) {
      expect(readFileSync(join(backup, file), 'utf8')).not.toMatch(/gone@example|Gone Person|stays@example/);
    }
    expect(Object.keys(contents.tables)).not.toContain('member_lookups');

    const wrong = await call('DELETE', '/me', { cookie: gone.cookie, body: { password: 'wrong' } });
    expect(wrong.status).toBe(422);
    const erased = await call('DELETE', '/me', { cookie: gone.cookie, body: { password } });
    expect(erased.body).toMatchObject({ erased: true, removed: { key: 1, sessions: 1, signIns: 1 } });
    expect(erased.set.map((each) => each.split('=')[0])).toEqual(
      ['member', 'visitor', 'interests', 'ads', 'advertisers'].map((kind) => `__Host-signpost-${kind}`),
    );
    expect((await call('GET', '/me', { cookie: gone.cookie })).status).toBe(401);
    expect((await signIn('gone@example.com')).status).toBe(401);
    for (const table of ['members', 'member_sessions', 'member_sign_ins', 'member_links', 'mails']) {
      const column = table === 'members' ? 'id' : 'member_id';
      const left = await sql`SELECT FROM ${sql.table(table)} WHERE ${sql.ref(column)} = ${gone.id}`.execute(
        services.db,
      );
      expect([table, left.rows.length]).toEqual([table, 0]);
    }
    const requests = await api.call('GET', `/member-requests?siteId=${shop}&email=gone@example.com`);
    expect([requests.status, requests.text]).toEqual([200, expect.any(String)]);
    expect(requests.body.items).toMatchObject([
      { kind: 'erasure', source: 'member', status: 'done', verifiedBy: 'password', memberId: gone.id },
    ]);

    // A machine that has lost everything but the backups.
    const restored = await openDatabase({ url: undefined, dataDir: inMemory, logger, migrate: false });
    await restoreDatabase(restored.db, logger, contents, backup);
    const keys = await openKeys('keys of a new machine');
    const rows = () => restored.db.selectFrom('members').select('id').orderBy('id').execute();
    expect((await rows()).map(({ id }) => id)).toContain(gone.id);
    expect(await findMember({ db: restored.db, keys }, gone.id)).toBeUndefined();
    const readable = await findMember({ db: restored.db, keys }, stays.id);
    expect(readable?.personal.name).toBe('Staying Person');
    const settled = await settleMembers({ db: restored.db, keys });
    expect(settled.removed).toBe(1);
    expect(settled.found).toBeGreaterThan(0);
    expect((await rows()).map(({ id }) => id)).not.toContain(gone.id);
    await keys.close();
    await restored.close();
  });

  it('holds also against an old copy of the keys themselves', async () => {
    const { id, cookie } = await member('copied@example.com');
    cpSync(join(scratch, 'keys'), join(scratch, 'old keys'), { recursive: true });
    expect((await call('DELETE', '/me', { cookie, body: { password } })).status).toBe(200);
    const keys = await openKeys('old keys');
    expect(await keys.of(id)).toBeUndefined();
    await expect(keys.create(id)).rejects.toThrow('had a key before');
    await keys.close();
  });

  it('is carried out for who asks by letter, and the list says so', async () => {
    const { id } = await member('letter@example.com');
    const entered = await api.call('POST', '/member-requests', {
      ...{ siteId: shop, kind: 'erasure', email: 'letter@example.com' },
      ...{ receivedAt: '2026-11-03T09:00:00Z', evidence: 'Letter of 3 November, called back' },
    });
    expect(entered.body).toMatchObject({ status: 'open', memberId: id, dueAt: '2026-12-03T09:00:00.000Z' });
    const done = await api.call('POST', `/member-requests/${entered.body.id}/fulfil`);
    expect(done.body).toMatchObject({ status: 'done', removed: { key: 1 }, doneAt: expect.any(String) });
    expect((await api.call('POST', `/member-requests/${entered.body.id}/fulfil`)).status).toBe(409);
    expect((await api.call('GET', `/members/${id}`)).status).toBe(404);
  });
});

it('what is over is forgotten, so that nothing is overdue', async () => {
  await member('forgotten@example.com', { news: { wording: 'Yes' } });
  await call('POST', '', { body: { email: 'never@example.com', password } });
  await call('POST', '/password-resets', { body: { email: 'forgotten@example.com' } });
  await deliverMails();
  const nowMs = Date.now() + 2000 * 86_400_000;
  const forgotten = await forgetMemberData({ ...services, signInDays: 90, proofDays: 1095 }, nowMs);
  expect(Object.entries(forgotten).filter(([, count]) => count === 0)).toEqual([['found', 0]]);
  const kept = {
    ...{ eventsDays: 400, rollupsDays: 3660, archiveDays: 30, auditDays: 730, runsDays: 30 },
    ...{ memberSignInDays: 90, memberProofDays: 1095, backups: { days: 7, weeks: 4, months: 3 } },
  };
  const overdue = (await overdueInPostgres(services.db, kept, nowMs)).map(({ place }) => place);
  expect(overdue.filter((place) => place.startsWith('member'))).toEqual([]);
  expect((await signIn('forgotten@example.com')).status).toBe(201);
});

it('a consented visitor’s number is linked at sign-in, and no other', async () => {
  const { cookie } = await member('linked@example.com');
  const page = await delivery.fetch('/v1/ad?zone=12&consent=measurement', {
    headers: { 'User-Agent': chrome, Origin: origin },
  });
  const visitor = page.headers
    .getSetCookie()
    .find((each) => each.includes('signpost-visitor'))
    ?.split(';')[0];
  const numbers = async () =>
    (await call('GET', '/me/export', { cookie })).body.visitorNumbers.map(
      (each: { number: string }) => each.number,
    );
  await signIn('linked@example.com', { cookie: visitor ?? '' });
  expect(await numbers()).toEqual([]);
  const body = { email: 'linked@example.com', password };
  await call('POST', '/sessions?consent=measurement', { body, cookie: visitor ?? '' });
  expect(await numbers()).toEqual([expect.stringMatching(/^[0-9a-f]{16}$/)]);
});
