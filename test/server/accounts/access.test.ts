import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BackOffice, openBackOffice } from '../../../server/processes/open-back-office.ts';
import { parseSettings } from '../../../server/settings/index.ts';
import { hex, type Line, writeSegment } from '../../analytics/clickhouse/support.ts';
import { copyMigratedDatabase } from '../../support/migrated-database.ts';
import { type Answer, ask } from '../api/harness.ts';
import { apiTypesHash, hashOf, typedPart, writeApiTypes } from '../console/api-types.ts';
import {
  accessTable,
  type Cell,
  type Column,
  columns,
  creativeOf,
  publicEndpoints,
  type Stranger,
  type Subject,
  type Tenant,
  type Trial,
} from './access-table.ts';
import { documentedRequests } from './documented-examples.ts';

type Caller = (method: string, trial: Trial) => Promise<Answer>;

let dataDir: string;
let office: BackOffice;
let url: string;
let own: Tenant;
let foreign: Tenant;
let stranger: Stranger;
let subjects: {
  readonly name: string;
  readonly subject: Subject;
  readonly key: string;
  readonly call: Caller;
}[];
let admin: Caller;

beforeAll(async () => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'signpost-access-'));
  copyMigratedDatabase(dataDir);
  const settings = parseSettings({ DATA_DIR: dataDir, GEO_DB: path.join(dataDir, 'none.mmdb') });
  office = await openBackOffice({ settings, logger: pino({ level: 'silent' }), port: 0, scheduled: false });
  url = `http://127.0.0.1:${office.port}/api/v1`;
  admin = callerWith(office.localToken);
  own = await makeTenant();
  foreign = await makeTenant();
  const user = await makeUser('stranger', { role: 'analyst' });
  const key = await made('/api-keys', { name: 'key', userId: user });
  const { key: secret } = await create('/api-keys', { name: 'of the stranger', userId: user });
  stranger = {
    user,
    key,
    session: await makeSession('stranger'),
    ...(await makeReports(String(secret), 'visitors')),
  };
  subjects = [
    await makeSubject('admin', 'visitors', {}),
    await makeSubject('adops', 'visitors', {}),
    await makeSubject('advertiser', 'audience', { advertisers: [own.advertiser] }),
    await makeSubject('publisher', 'inventory', { sites: [own.site] }),
    await makeSubject('analyst', 'visitors', {}),
    await makeAdvertiserKey(),
  ];
});
afterAll(async () => {
  await office?.close();
  rmSync(dataDir, { recursive: true, force: true });
});

function callerWith(key: string): Caller {
  return (method, { path: address, body }) => {
    const isText = typeof body === 'string';
    const type = isText ? 'application/octet-stream' : 'application/json';
    return ask(`${url}${address}`, {
      method,
      headers: { Authorization: `Bearer ${key}`, ...(body === undefined ? {} : { 'Content-Type': type }) },
      ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
    });
  };
}

/** Makes something as administrator. */
async function create(address: string, body: object): Promise<Answer['body']> {
  const answer = await admin('POST', { path: address, body });
  expect([address, answer.status, answer.text]).toEqual([address, 201, expect.any(String)]);
  return answer.body;
}

const made = async (address: string, body: object): Promise<number> => (await create(address, body)).id ?? 0;

async function makeTenant(): Promise<Tenant> {
  const advertiser = await made('/advertisers', { name: 'A' });
  const campaign = await made('/campaigns', { advertiserId: advertiser, name: 'A' });
  const lineItem = await made('/line-items', { campaignId: campaign, name: 'A', type: 'standard' });
  const creative = await made('/creatives', creativeOf(lineItem));
  const conversionAction = await made('/conversion-actions', { advertiserId: advertiser, name: 'A' });
  const site = await made('/sites', { name: 'A', domain: 'a.example' });
  const zone = await made('/zones', { siteId: site, name: 'A', sizes: [[300, 250]] });
  const category = `a-${randomUUID()}`;
  const interestCategory = await made('/interest-categories', { name: category });
  const segment = await made('/segments', { name: category, categories: [category] });
  return {
    ...{ advertiser, campaign, lineItem, creative, conversionAction, site, zone },
    ...{ interestCategory, segment, knownCategory: category },
  };
}

const password = 'three words and a number';
const emailOf = (name: string) => `${name}@example.com`;

async function makeUser(name: string, fields: object): Promise<number> {
  const id = await made('/users', { name, email: emailOf(name), ...fields });
  const { token } = await create(`/users/${id}/password-links`, {});
  expect((await admin('POST', { path: '/passwords', body: { token, password } })).status).toBe(204);
  return id;
}

/** A saved report and a share link of whoever has the key. */
async function makeReports(key: string, report: string): Promise<{ savedReport: number; share: number }> {
  const call = callerWith(key);
  const saved = await call('POST', { path: '/saved-reports', body: { name: 'A', report, query: {} } });
  const share = await call('POST', { path: '/report-shares', body: { name: 'A', report, query: {} } });
  return { savedReport: Number(saved.body.id), share: Number(share.body.id) };
}

async function makeSession(name: string): Promise<number> {
  return Number((await create('/sessions', { email: emailOf(name), password }))['sessionId']);
}

async function makeSubject(column: Column, report: string, owned: object) {
  const user = await makeUser(column, { role: column, ...owned });
  const { key } = await create('/api-keys', { name: 'in use', userId: user });
  const spareKey = await made('/api-keys', { name: 'spare', userId: user });
  const session = await makeSession(column);
  const { share } = await makeReports(String(key), report);
  return subjectOf(column, { column, user, spareKey, session, report, share }, String(key));
}

/** A key that is an advertiser's own can do what the advertiser's users can. */
async function makeAdvertiserKey() {
  const owner = { advertiserId: own.advertiser };
  const { key } = await create('/api-keys', { name: 'in use', ...owner });
  const spareKey = await made('/api-keys', { name: 'spare', ...owner });
  const { share } = await makeReports(String(key), 'audience');
  const about = { user: null, spareKey, session: null, report: 'audience', share };
  const subject: Subject = { column: 'advertiser', ...about };
  return subjectOf("an advertiser's own key", subject, String(key));
}

const subjectOf = (name: string, subject: Subject, key: string) => ({
  ...{ name, subject, key },
  call: callerWith(key),
});

describe('reports', () => {
  const hourMs = 3_600_000;
  const total = async (call: Caller, address: string) => {
    const { text, body } = await call('GET', { path: `/reports/${address}` });
    return (body as { totals?: Record<string, number> }).totals ?? text;
  };
  const callOf = (name: string) => subjects.find((each) => each.name === name)?.call ?? admin;

  beforeAll(async () => {
    const time = Date.now() - hourMs;
    const event = (id: number, type: string, fields: Partial<Line>): Line => ({
      ...{ type, id: hex(id), time, visitor: hex(id), visitor_kind: 'daily', country: 'TW' },
      ...fields,
    });
    const ad = (tenant: Tenant) => ({
      ...{ advertiser: tenant.advertiser, campaign: tenant.campaign, line_item: tenant.lineItem },
      ...{ creative: tenant.creative, site: foreign.site, zone: foreign.zone },
    });
    writeSegment(path.join(dataDir, 'spool'), 'events', [
      event(1, 'page_view', { site: own.site }),
      event(2, 'page_view', { site: foreign.site }),
      event(3, 'page_view', { site: foreign.site }),
      event(4, 'impression', ad(own)),
      event(5, 'impression', ad(foreign)),
      event(6, 'impression', ad(foreign)),
    ]);
    const run = await admin('POST', { path: '/jobs/ship/runs' });
    expect(run.body).toMatchObject({ outcome: 'succeeded' });
  });

  it('count for advertisers what is theirs, whatever they ask for', async () => {
    for (const name of ['advertiser', "an advertiser's own key"]) {
      const call = callOf(name);
      expect(await total(call, 'delivery?metrics=impressions')).toEqual({ impressions: 1 });
      for (const filter of [
        `advertiser=${foreign.advertiser}`,
        `campaign=${foreign.campaign}`,
        encodeURIComponent(`{"advertiser":{"not_in":[${own.advertiser}]}}`),
      ]) {
        expect(await total(call, `delivery?metrics=impressions&filter=${filter}`)).toEqual({
          impressions: 0,
        });
      }
    }
    expect(await total(admin, 'delivery?metrics=impressions')).toEqual({ impressions: 3 });
  });

  it('count for publishers what is theirs', async () => {
    const call = callOf('publisher');
    for (const report of ['visitors', 'inventory']) {
      expect(await total(call, `${report}?metrics=pageViews`)).toEqual({ pageViews: 1 });
      const other = `${report}?metrics=pageViews&filter=site=${foreign.site}`;
      expect(await total(call, other)).toEqual({ pageViews: 0 });
    }
  });

  it('count for analysts all visitors and traffic', async () => {
    expect(await total(callOf('analyst'), 'visitors?metrics=pageViews')).toEqual({ pageViews: 3 });
    expect(await total(callOf('analyst'), 'traffic?metrics=pageViews')).toEqual({ pageViews: 3 });
  });

  it('hold for files and comparisons too', async () => {
    const call = callOf('advertiser');
    const query = 'delivery?dimensions=advertiser&metrics=impressions';
    const file = await call('GET', { path: `/reports/${query}&format=csv` });
    expect(file.text).toBe(`advertiser,impressions\r\n${own.advertiser},1\r\n`);
    const compared = await call('GET', { path: `/reports/${query}&compare=previous` });
    expect(compared.body).toMatchObject({ rows: [{ advertiser: own.advertiser, impressions: 1 }] });
  });

  it('tell advertisers where visitors are by the audience report alone', async () => {
    const call = callOf('advertiser');
    for (const asked of ['dimensions=country', 'filter=city=Taipei', 'dimensions=day,browser']) {
      const answer = await call('GET', { path: `/reports/delivery?metrics=impressions&${asked}` });
      expect([asked, answer.status, answer.body.code]).toEqual([asked, 422, 'invalid_input']);
    }
    const { body } = await call('GET', { path: '/reports' });
    const items = body.items as unknown as { name: string; dimensions: { name: string }[] }[];
    expect(items.map(({ name }) => name)).toEqual(['delivery', 'audience']);
    expect(items[0]?.dimensions.map(({ name }) => name)).not.toContain('country');
  });
});

describe('keys and users', () => {
  const keyOf = async (body: object) => callerWith(String((await create('/api-keys', body))['key']));
  const newUser = (role: string) => made('/users', { name: role, role });

  it('show a key once, and its last use later', async () => {
    const userId = await newUser('adops');
    const { key, id } = await create('/api-keys', { name: 'Script', userId });
    const listed = async () => {
      const { body, text } = await admin('GET', { path: '/api-keys?limit=200' });
      expect(text).not.toContain(String(key));
      return body.items?.find((item) => item.id === id);
    };
    expect(await listed()).toMatchObject({ name: 'Script', userId, lastUsedAt: null, revokedAt: null });
    await callerWith(String(key))('GET', { path: '/account' });
    expect(await listed()).toMatchObject({ lastUsedAt: expect.any(String) });
  });

  it('let nobody in once revoked, and nobody archived, from the next request on', async () => {
    const userId = await newUser('adops');
    const { key, id } = await create('/api-keys', { name: 'Script', userId });
    const status = async () => (await callerWith(String(key))('GET', { path: '/sites' })).status;
    expect(await status()).toBe(200);
    await admin('DELETE', { path: `/users/${userId}` });
    expect(await status()).toBe(401);
    await admin('PATCH', { path: `/users/${userId}`, body: { status: 'active' } });
    expect(await status()).toBe(200);
    await admin('PATCH', { path: `/users/${userId}`, body: { role: 'analyst' } });
    expect(await status()).toBe(403);
    for (const _ of [1, 2]) expect((await admin('DELETE', { path: `/api-keys/${id}` })).status).toBe(204);
    expect(await status()).toBe(401);
  });

  it('keep to their scopes, and so do the keys and users made with them', async () => {
    const userId = await newUser('admin');
    const scopes = ['inventory:read', 'accounts:write'];
    const call = await keyOf({ name: 'Narrow', userId, scopes });
    const status = async (method: string, address: string, body?: object, by = call) =>
      (await by(method, { path: address, ...(body === undefined ? {} : { body }) })).status;
    expect(await status('GET', '/sites')).toBe(200);
    expect(await status('POST', '/sites', { name: 'No', domain: 'no.example' })).toBe(403);
    expect(await status('GET', '/jobs')).toBe(403);
    expect(await status('GET', '/users')).toBe(200);
    for (const wider of [['inventory:write'], ['inventory:read', 'reports:read']]) {
      expect(await status('POST', '/api-keys', { name: 'Wider', scopes: wider })).toBe(422);
    }
    expect(await status('POST', `/users/${userId}/password-links`)).toBe(403);
    const { body } = await call('POST', { path: '/api-keys', body: { name: 'Alike' } });
    expect(body).toMatchObject({ scopes });
    const alike = callerWith(String(body['key']));
    expect(await status('GET', '/jobs', undefined, alike)).toBe(403);
    expect(await status('GET', '/sites', undefined, alike)).toBe(200);
  });

  it('tell whose key it is', async () => {
    const { call } = subjects[5] ?? { call: admin };
    expect((await call('GET', { path: '/account' })).body).toMatchObject({
      ...{ role: 'advertiser', user: null, advertisers: [own.advertiser], sites: [], scopes: null },
    });
    expect((await admin('GET', { path: '/account' })).body).toMatchObject({
      role: 'admin',
      advertisers: null,
    });
  });

  it('refuse what does not fit a role, fields that are not known, and an e-mail twice', async () => {
    const errors = async (body: object) =>
      (await admin('POST', { path: '/users', body })).body.errors?.map(({ path: field }) => field);
    const name = 'Kim';
    expect(await errors({ name, role: 'advertiser' })).toEqual(['/advertisers']);
    expect(await errors({ name, role: 'publisher', sites: [own.site, 999_999] })).toEqual(['/sites/1']);
    expect(await errors({ name, role: 'analyst', advertisers: [own.advertiser] })).toEqual(['/advertisers']);
    expect(await errors({ name, role: 'root' })).toEqual(['/role']);
    expect(await errors({ name, role: 'analyst', id: 7 })).toEqual(['/id']);
    await made('/users', { name, role: 'analyst', email: 'kim@example.com' });
    expect(await errors({ name, role: 'analyst', email: 'Kim@example.com' })).toEqual(['/email']);
  });

  it('never leave the installation without an administrator', async () => {
    const { body } = await admin('GET', { path: '/users?limit=200&status=active' });
    const admins = (body.items as unknown as { id: number; role: string }[]).filter(
      ({ role }) => role === 'admin',
    );
    const statuses: number[] = [];
    for (const { id } of admins) {
      statuses.push((await admin('PATCH', { path: `/users/${id}`, body: { role: 'adops' } })).status);
    }
    expect(statuses).toEqual([...admins.slice(1).map(() => 200), 409]);
    const last = admins.at(-1)?.id;
    expect((await admin('DELETE', { path: `/users/${last}` })).status).toBe(409);
    for (const { id } of admins) await admin('PATCH', { path: `/users/${id}`, body: { role: 'admin' } });
  });
});

describe('the table of access', () => {
  /** Nothing of these is in the audit log. */
  const changesNothing = ['POST /creatives/{id}/preview', 'POST /forecasts'];

  it('has every endpoint that there is, and no other', async () => {
    const { body } = await ask(`${url}/openapi.json`);
    const documented = Object.entries(body.paths ?? {}).flatMap(([address, methods]) =>
      Object.keys(methods as object).map((method) => `${method.toUpperCase()} ${address}`),
    );
    expect([...Object.keys(accessTable), ...publicEndpoints].sort()).toEqual(documented.sort());
  });

  it('and the typed client of the console are of the same document', async () => {
    const { body } = await ask(`${url}/openapi.json`);
    const document = typedPart(body);
    if (process.env['UPDATE_API_TYPES'] !== undefined) writeApiTypes(document);
    expect(apiTypesHash(), 'It is stale: npm run api-types').toBe(hashOf(document));
  });

  it.each(Object.keys(accessTable))('holds for %s', async (name) => {
    const endpoint = accessTable[name];
    if (endpoint === undefined) throw new Error('It is in the table.');
    const [method = ''] = name.split(' ');
    // Who gets least first: what administrators do may change what is there.
    for (const { subject, call, name: who } of [...subjects].reverse()) {
      const cell = endpoint.cells[columns.indexOf(subject.column)] ?? 'no';
      const [mine, theirs] = endpoint.trials(own, foreign, subject, stranger);
      const ok = typeof endpoint.ok === 'number' ? endpoint.ok : endpoint.ok(subject);
      const expected = statusesOf(cell, ok, endpoint.refused);
      const answer = await call(method, mine);
      expect([who, 'own', answer.status, answer.text]).toEqual([who, 'own', expected.own, answer.text]);
      if (method !== 'GET' && answer.status < 300 && !changesNothing.includes(name)) {
        const line = (await admin('GET', { path: '/audit?limit=1' })).body.items?.[0];
        expect([who, line]).toEqual([who, expect.objectContaining({ userId: subject.user })]);
      }
      if (cell === 'no') expect(answer.body.code).toBe('forbidden');
      if (endpoint.listed !== undefined && cell !== 'no') {
        const [ownItem, foreignItem] = endpoint.listed(own, foreign, subject, stranger);
        const items = (answer.body.items ?? []).map((item) =>
          'id' in item ? item.id : Reflect.get(item, 'name'),
        );
        if (ownItem !== null) expect(items).toContain(ownItem);
        expect([who, items.includes(foreignItem as number)]).toEqual([who, cell === 'all']);
      }
      if (theirs === undefined) continue;
      const other = await call(method, theirs);
      expect([who, 'foreign', other.status, other.text]).toEqual([
        who,
        'foreign',
        expected.foreign,
        other.text,
      ]);
      if (cell === 'own') await expectLikeMissing(call, method, theirs, other);
    }
  });
});

describe("the document's examples", () => {
  /** What one would have to know a secret for. */
  const secret = /password|second-factor|\/sessions|\/sign-ins|admin-links/;
  it('fit what they are examples of', async () => {
    const { body } = await ask(`${url}/openapi.json`);
    const requests = documentedRequests(body as never, 999_999).filter(({ name }) => !secret.test(name));
    expect(requests.length).toBeGreaterThan(40);
    const { call } = subjects.find(({ subject }) => subject.column === 'admin') ?? { call: admin };
    const unfit: unknown[] = [];
    for (const { name, method, path, body: example } of requests) {
      const answer = await call(method, { path, body: example });
      const problems = answer.body.errors ?? [];
      // What an example names is not in every installation.
      const told = problems.filter(({ message }) => !message.startsWith('there is no'));
      if (answer.status >= 500 || answer.status === 400 || told.length > 0)
        unfit.push([name, answer.status, path, problems]);
    }
    expect(unfit).toEqual([]);
  });
});

describe('metrics', () => {
  it('are for administrators and ad operations alone, where a key is sent', async () => {
    const statuses: unknown[] = [];
    for (const { subject, key } of subjects) {
      const headers = { Authorization: `Bearer ${key}` };
      const { status } = await fetch(`http://127.0.0.1:${office.port}/metrics`, { headers });
      statuses.push([subject.column, status]);
    }
    expect(statuses).toEqual(
      subjects.map(({ subject: { column } }) => [column, ['admin', 'adops'].includes(column) ? 200 : 403]),
    );
  });
});

function statusesOf(cell: Cell, ok: number, refused = 404): { own: number; foreign: number } {
  if (cell === 'no') return { own: 403, foreign: 403 };
  return { own: ok, foreign: cell === 'all' ? ok : refused };
}

/** What is another's is answered like what does not exist, but for the number. */
async function expectLikeMissing(call: Caller, method: string, trial: Trial, answer: Answer): Promise<void> {
  const missing = 999_999;
  const swap = (text: string) => text.replace(/\d+|invalid-traffic/, String(missing));
  const like: Trial = {
    path: swap(trial.path),
    ...(trial.body === undefined ? {} : { body: JSON.parse(swap(JSON.stringify(trial.body))) as unknown }),
  };
  const told = await call(method, like);
  const plain = ({ detail, ...body }: Answer['body']) => ({
    ...body,
    detail: detail?.replaceAll(/\d+|"[\w-]+"/g, '#'),
    errors: JSON.stringify(body.errors ?? []).replaceAll(/\d+/g, '#'),
  });
  expect(plain(answer.body)).toEqual(plain(told.body));
}
