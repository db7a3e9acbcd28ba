import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Attempts, resealSecondFactors, signIn as signInAs } from '../../../server/accounts/index.ts';
import { base32, totpCode } from '../../../server/accounts/totp.ts';
import { AppError } from '../../../server/errors.ts';
import { type Sealer, sealerOf } from '../../../server/secrets/index.ts';
import { type Answer, ask, type Harness, startApi } from '../api/harness.ts';

const password = 'three words and a number';
const emailOf = (name: string) => `${name}@example.com`;

let api: Harness;
let host: string;
beforeAll(async () => {
  api = await startApi();
  host = new URL(api.url).host;
});
afterAll(() => api.close());

const send = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  ask(`${api.url}${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

/** A user of the role adops with a password. */
async function makeUser(name: string): Promise<number> {
  const user = { name, email: emailOf(name), role: 'adops' };
  const id = (await api.call('POST', '/users', user)).body.id ?? 0;
  expect((await setPassword(await linkFor(id))).status).toBe(204);
  return id;
}

const linkFor = async (id: number) =>
  String((await api.call('POST', `/users/${id}/password-links`)).body['token']);
const setPassword = (token: string, chosen = password) =>
  send('POST', '/passwords', { token, password: chosen });
const signIn = (name: string, given = password, headers = {}) =>
  send('POST', '/sessions', { email: emailOf(name), password: given }, headers);
const cookieOf = (answer: Answer) => ({ Cookie: answer.headers.get('set-cookie')?.split(';')[0] ?? '' });
const statusWith = async (cookie: { Cookie: string }, path = '/account') =>
  (await send('GET', path, undefined, cookie)).status;

describe('signing in', () => {
  it('gives a session in a cookie that scripts and other sites do not get', async () => {
    const id = await makeUser('kim');
    const answer = await signIn('kim', password, { 'User-Agent': 'Test browser' });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('set-cookie')).toMatch(
      /^signpost_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=2592000$/,
    );
    const cookie = cookieOf(answer);
    const account = await send('GET', '/account', undefined, { ...cookie, Cookie: `a=b; ${cookie.Cookie}` });
    expect(account.body).toMatchObject({ role: 'adops', user: { id }, apiKeyId: null, scopes: null });
    expect(account.body['sessionId']).toBe(answer.body['sessionId']);
    const secure = await signIn('kim', password, { 'X-Forwarded-Proto': 'https' });
    expect(secure.headers.get('set-cookie')).toMatch(
      /^__Host-signpost_session=[\w-]{43}; Path=\/;.*; Secure$/,
    );
    // Over TLS a cookie that another host of the domain could have set is none.
    const overTls = { 'X-Forwarded-Proto': 'https' };
    expect((await send('GET', '/account', undefined, { ...cookieOf(secure), ...overTls })).status).toBe(200);
    expect((await send('GET', '/account', undefined, { ...cookie, ...overTls })).status).toBe(401);
    expect(secure.headers.get('set-cookie')).not.toContain(cookie.Cookie);
    const list = await send('GET', '/sessions', undefined, cookie);
    expect(list.body.items).toMatchObject([{ browser: 'Test browser', current: true }, { current: false }]);
  });

  it('says the same of a wrong password, a user without one, an archived one, and nobody', async () => {
    await makeUser('lee');
    const archived = await makeUser('max');
    await api.call('DELETE', `/users/${archived}`);
    await api.call('POST', '/users', { name: 'new', email: emailOf('new'), role: 'adops' });
    const answers = [
      await signIn('lee', 'wrong'),
      await signIn('new'),
      await signIn('max'),
      await signIn('nobody'),
    ];
    for (const { status, text } of answers) expect([status, text]).toEqual([401, answers[0]?.text]);
    expect(answers[0]?.body.detail).toBe('E-mail address or password is wrong.');
  });

  it('takes the address in any case and the password in any form of its letters', async () => {
    const id = await makeUser('zoe');
    await setPassword(await linkFor(id), 'Zo\u00eb has a long password');
    expect((await signIn('ZOE', 'Zoe\u0308 has a long password')).status).toBe(201);
  });

  it('keeps neither passwords, nor what cookies and links have', async () => {
    const id = await makeUser('sam');
    const { Cookie } = cookieOf(await signIn('sam'));
    const token = await linkFor(id);
    const { db } = api.database;
    const kept = JSON.stringify([
      await db.selectFrom('users').selectAll().execute(),
      await db.selectFrom('sessions').selectAll().execute(),
      await db.selectFrom('password_links').selectAll().execute(),
    ]);
    expect(kept).toContain('$argon2id$v=19$m=19456,t=2,p=1$');
    for (const secret of [password, Cookie.split('=')[1] ?? '', token]) expect(kept).not.toContain(secret);
    expect((await api.call('GET', `/users/${id}`)).text).not.toContain('argon2');
    expect(api.log.join('')).not.toContain(password);
  });
});

describe('a session', () => {
  it('ends when it is signed out, and only its own user can end it', async () => {
    await makeUser('ann');
    await makeUser('bob');
    const [ann, other, bob] = [await signIn('ann'), await signIn('ann'), await signIn('bob')];
    const path = `/sessions/${ann.body['sessionId']}`;
    const foreign = await send('DELETE', path, undefined, cookieOf(bob));
    const missing = await send('DELETE', '/sessions/999999', undefined, cookieOf(bob));
    expect([foreign.status, foreign.body.code]).toEqual([missing.status, missing.body.code]);
    expect(foreign.status).toBe(404);
    expect(await statusWith(cookieOf(ann))).toBe(200);
    const gone = await send('DELETE', path, undefined, cookieOf(ann));
    expect(gone.status).toBe(204);
    expect(gone.headers.get('set-cookie')).toContain(
      'signpost_session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0',
    );
    expect(await statusWith(cookieOf(ann))).toBe(401);
    expect(await statusWith(cookieOf(other))).toBe(200);
  });

  it('ends after a week without use, after a month, and with its user', async () => {
    const id = await makeUser('eve');
    const { db } = api.database;
    const ago = (days: number) => new Date(Date.now() - days * 86_400_000);
    const status = async (change: { last_used_at?: Date; created_at?: Date }) => {
      const answer = await signIn('eve');
      const session = Number(answer.body['sessionId']);
      if (change.created_at !== undefined) {
        await db.deleteFrom('sessions').where('id', '!=', session).where('user_id', '=', id).execute();
      }
      const query = db.updateTable('sessions').where('id', '=', session);
      await query.set(change as { last_used_at: Date }).execute();
      return statusWith(cookieOf(answer));
    };
    expect(await status({ last_used_at: ago(6.9) })).toBe(200);
    expect(await status({ last_used_at: ago(7.1) })).toBe(401);
    expect(await status({ last_used_at: ago(0), created_at: ago(29.9) })).toBe(200);
    expect(await status({ last_used_at: ago(0), created_at: ago(30.1) })).toBe(401);
    const answer = await signIn('eve');
    await api.call('DELETE', `/users/${id}`);
    expect(await statusWith(cookieOf(answer))).toBe(401);
  });

  it('changes nothing at the word of another site, nor is begun by one', async () => {
    await makeUser('ivy');
    const cookie = cookieOf(await signIn('ivy'));
    const create = (headers: Record<string, string>) =>
      send('POST', '/advertisers', { name: 'A' }, { ...cookie, ...headers });
    for (const [headers, status] of [
      [{ 'Sec-Fetch-Site': 'cross-site' }, 403],
      [{ 'Sec-Fetch-Site': 'same-site' }, 403],
      [{ 'Sec-Fetch-Site': 'cross-site', Origin: `http://${host}` }, 403],
      [{ Origin: 'https://evil.example' }, 403],
      [{ Origin: 'null' }, 403],
      [{ 'Sec-Fetch-Site': 'same-origin' }, 201],
      [{ Origin: `http://${host}` }, 201],
      [{}, 201],
    ] as const) {
      expect([headers, (await create(headers)).status]).toEqual([headers, status]);
    }
    expect((await signIn('ivy', password, { 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403);
    const viaKey = { Authorization: `Bearer ${api.key}`, Origin: 'https://evil.example' };
    expect((await send('POST', '/advertisers', { name: 'A' }, viaKey)).status).toBe(201);
  });

  it('does not stand in for a key that is wrong', async () => {
    await makeUser('jon');
    const cookie = cookieOf(await signIn('jon'));
    const answer = await send('GET', '/account', undefined, { ...cookie, Authorization: 'Bearer x' });
    expect(answer.status).toBe(401);
  });
});

describe('a password', () => {
  it('is set by link once, within three days, by the newest link alone', async () => {
    const id = await makeUser('may');
    const session = cookieOf(await signIn('may'));
    const [older, newer] = [await linkFor(id), await linkFor(id)];
    const other = 'another long password';
    expect((await setPassword(older, other)).body.errors?.[0]?.path).toBe('/token');
    expect((await setPassword(newer, 'too short')).body.errors?.[0]?.path).toBe('/password');
    expect((await setPassword(newer, other)).status).toBe(204);
    expect((await setPassword(newer, other)).status).toBe(422);
    expect(await statusWith(session)).toBe(401);
    expect([(await signIn('may')).status, (await signIn('may', other)).status]).toEqual([401, 201]);
    const late = await linkFor(id);
    const past = new Date(Date.now() - 1);
    await api.database.db.updateTable('password_links').set({ expires_at: past }).execute();
    expect((await setPassword(late)).status).toBe(422);
  });

  it('has links only for who could sign in', async () => {
    const id = await makeUser('ray');
    await api.call('DELETE', `/users/${id}`);
    expect((await api.call('POST', `/users/${id}/password-links`)).status).toBe(409);
    expect((await api.call('POST', '/users/999999/password-links')).status).toBe(404);
  });

  it('comes with an e-mail address for who has none, and with none for who has', async () => {
    const { body } = await api.call('POST', '/users', { name: 'No mail', role: 'adops' });
    const token = await linkFor(body.id ?? 0);
    expect(token).toMatch(/^spa_/);
    const set = async (given: object) => {
      const answer = await send('POST', '/passwords', { password, ...given });
      return answer.status === 204 ? 204 : answer.body.errors?.[0]?.path;
    };
    await makeUser('ada');
    expect(await set({ token })).toBe('/email');
    expect(await set({ token, email: 'ADA@example.com' })).toBe('/email');
    expect(await set({ token, email: 'no address' })).toBe('/email');
    // The link was not used up by any of these.
    expect(await set({ token, email: emailOf('eli'), name: 'Eli' })).toBe(204);
    expect((await signIn('eli')).status).toBe(201);
    expect((await api.call('GET', `/users/${body.id}`)).body.name).toBe('Eli');
    const known = await linkFor(body.id ?? 0);
    expect(await set({ token: known, email: emailOf('other') })).toBe('/email');
    expect(await set({ token: known, name: 'Other' })).toBe('/name');
    expect(await set({ token: known })).toBe(204);
  });

  it('is changed by who knows it, which ends the other sessions', async () => {
    await makeUser('tom');
    const [own, other] = [cookieOf(await signIn('tom')), cookieOf(await signIn('tom'))];
    const change = (current: string) =>
      send('PUT', '/account/password', { current, password: 'four other long words' }, own);
    expect((await change('wrong')).body.errors?.[0]?.path).toBe('/current');
    expect((await change(password)).status).toBe(204);
    expect([await statusWith(own), await statusWith(other)]).toEqual([200, 401]);
    expect((await signIn('tom', 'four other long words')).status).toBe(201);
  });

  it('cannot be guessed at will, of an account that exists or not', async () => {
    await makeUser('pat');
    for (const name of ['pat', 'ghost']) {
      const from = { 'X-Test-Address': name };
      const statuses: number[] = [];
      for (let n = 0; n < 11; n += 1) statuses.push((await signIn(name, 'wrong', from)).status);
      expect(statuses).toEqual([...Array(10).fill(401), 429]);
    }
    // Not even with the right one.
    expect((await signIn('pat')).body.code).toBe('too_many_attempts');
  });
});

describe('a second factor', () => {
  // Codes are of half a minute: a machine that has other things to do must not make them late.
  beforeAll(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
  });
  afterAll(() => {
    vi.useRealTimers();
  });

  const withCode = (name: string, code?: string) =>
    send('POST', '/sessions', { email: emailOf(name), password, ...(code === undefined ? {} : { code }) });

  /** Somebody with an authenticator app, its secret, the step of the code that confirmed it, and recovery codes. */
  async function makeFactor(name: string) {
    const id = await makeUser(name);
    const cookie = cookieOf(await signIn(name));
    const begun = await send('POST', '/account/second-factor', undefined, cookie);
    const row = await api.database.db
      .selectFrom('second_factors')
      .select('secret')
      .where('user_id', '=', id)
      .executeTakeFirstOrThrow();
    const secret = api.sealer.open(`second_factor ${id}`, row.secret) ?? Buffer.alloc(0);
    // What the database has opens for nobody else, and is not the secret.
    expect(api.sealer.open(`second_factor ${id + 1}`, row.secret)).toBeUndefined();
    expect(Buffer.from(row.secret).includes(secret)).toBe(false);
    expect(begun.body).toEqual({
      secret: base32(secret),
      uri: `otpauth://totp/Signpost%3A${name}%40example.com?secret=${base32(secret)}&issuer=Signpost`,
    });
    // Not asked for before it is confirmed.
    expect((await signIn(name)).status).toBe(201);
    const confirm = (code: string) => send('POST', '/account/second-factor/confirmation', { code }, cookie);
    expect((await confirm('wrong!')).body.errors?.[0]?.path).toBe('/code');
    const step = Math.floor(Date.now() / 30_000);
    const confirmed = await confirm(totpCode(secret, step));
    return { id, cookie, secret, step, codes: confirmed.body['recoveryCodes'] as string[] };
  }

  it('is asked for at signing in, and each code is good once', async () => {
    const { secret, step, codes } = await makeFactor('ned');
    expect((await signIn('ned')).body.code).toBe('second_factor_needed');
    expect((await signIn('ned', 'wrong')).body.code).toBe('unauthorized');
    expect((await withCode('ned', totpCode(secret, step))).body.code).toBe('second_factor_needed');
    const next = totpCode(secret, step + 1);
    expect((await withCode('ned', next)).status).toBe(201);
    expect((await withCode('ned', next)).status).toBe(401);
    expect(new Set(codes).size).toBe(10);
    expect(codes[0]).toMatch(/^([0-9a-f]{4}-){3}[0-9a-f]{4}$/);
    expect((await withCode('ned', codes[0]?.toUpperCase())).status).toBe(201);
    expect((await withCode('ned', codes[0])).status).toBe(401);
    expect((await withCode('ned', codes[1])).status).toBe(201);
  });

  it('is removed with the password, or by an administrator, and is not replaced before', async () => {
    const { id, cookie } = await makeFactor('ora');
    expect((await send('POST', '/account/second-factor', undefined, cookie)).status).toBe(409);
    const remove = (given: string) =>
      send('POST', '/account/second-factor/removal', { password: given }, cookie);
    expect((await remove('wrong')).status).toBe(422);
    expect((await signIn('ora')).status).toBe(401);
    expect((await remove(password)).status).toBe(204);
    expect((await signIn('ora')).status).toBe(201);
    expect((await api.call('DELETE', `/users/${id}/second-factor`)).status).toBe(204);
  });

  it('is sealed anew when the key changes, and leaves the recovery codes where no key opens it', async () => {
    const { secret, step, codes } = await makeFactor('ivo');
    const { db } = api.database;
    const newKey = sealerOf([randomBytes(32)]);
    const signInWith = (sealer: Sealer, code: string | undefined) =>
      signInAs(db, new Attempts(), sealer, {
        ...{ email: emailOf('ivo'), password, code, address: '', browser: '' },
      });
    const next = totpCode(secret, step + 1);
    await expect(signInWith(newKey, next)).rejects.toThrow('The code is wrong');
    expect((await signInWith(newKey, codes[0])).token).toBeTruthy();
    expect((await resealSecondFactors(db, newKey)).lost).toBeGreaterThan(0);
    const both: Sealer = { ...api.sealer, seal: newKey.seal, isOld: newKey.isOld };
    expect(await resealSecondFactors(db, both)).toMatchObject({ lost: 0, resealed: expect.any(Number) });
    expect((await signInWith(newKey, next)).token).toBeTruthy();
    // The tests after this one have the old key.
    expect(
      (await resealSecondFactors(db, { ...newKey, seal: api.sealer.seal, isOld: () => true })).lost,
    ).toBe(0);
  });

  it('cannot be guessed at will', async () => {
    await makeFactor('una');
    const statuses: number[] = [];
    const body = { email: emailOf('una'), password, code: '000000' };
    const from = { 'X-Test-Address': 'una' };
    for (let n = 0; n < 11; n += 1) statuses.push((await send('POST', '/sessions', body, from)).status);
    expect(statuses).toEqual([...Array(10).fill(401), 429]);
  });

  it('has the codes of RFC 6238 and the base32 of RFC 4648', () => {
    const secret = Buffer.from('12345678901234567890');
    const codes = [59, 1_111_111_109, 1_234_567_890, 20_000_000_000].map((s) =>
      totpCode(secret, Math.floor(s / 30)),
    );
    expect(codes).toEqual(['287082', '081804', '005924', '353130']);
    expect(['', 'f', 'fo', 'foo', 'foobar'].map((text) => base32(Buffer.from(text)))).toEqual([
      ...['', 'MY', 'MZXQ', 'MZXW6', 'MZXW6YTBOI'],
    ]);
  });
});

describe('the first administrator', () => {
  it('comes by a link, of which the newest holds, until there is one', async () => {
    const link = () => api.call('POST', '/admin-links');
    const [older, newer] = [await link(), await link()];
    expect(newer.body['url']).toBe(`https://console.example.com/welcome#token=${newer.body['token']}`);
    const claim = (token: unknown) =>
      send('POST', '/passwords', { token, password, name: 'Root', email: emailOf('root') });
    expect((await claim(older.body['token'])).status).toBe(422);
    expect((await claim(newer.body['token'])).status).toBe(204);
    expect((await claim(newer.body['token'])).status).toBe(422);
    const account = await send('GET', '/account', undefined, cookieOf(await signIn('root')));
    expect(account.body).toMatchObject({ role: 'admin', user: { id: 1, name: 'Root' } });
    expect((await link()).body.code).toBe('conflict');
    const narrow = { name: 'Narrow', userId: 1, scopes: ['accounts:write'] };
    const { body } = await api.call('POST', '/api-keys', narrow);
    const headers = { Authorization: `Bearer ${body['key']}` };
    expect((await send('POST', '/admin-links', undefined, headers)).status).toBe(403);
  });
});

describe('attempts', () => {
  const at = (clock: { ms: number }) => new Attempts(() => clock.ms);
  const codeOf = (attempt: () => unknown) => {
    try {
      attempt();
      return 'let through';
    } catch (error) {
      return error instanceof AppError ? error.code : error;
    }
  };

  it('are let through again one by one as time goes by, and those that succeed do not count', () => {
    const clock = { ms: 1_000_000 };
    const attempts = at(clock);
    for (let n = 0; n < 50; n += 1) attempts.begin('a', '1').succeeded();
    for (let n = 0; n < 10; n += 1) attempts.begin('a', String(n));
    expect(codeOf(() => attempts.begin('A', 'x'))).toBe('too_many_attempts');
    clock.ms += 60_000;
    expect(codeOf(() => attempts.begin('a', 'x'))).toBe('let through');
    expect(codeOf(() => attempts.begin('a', 'x'))).toBe('too_many_attempts');
    expect(codeOf(() => attempts.begin('b', 'x'))).toBe('let through');
  });

  it('count by address too, whichever account they try', () => {
    const attempts = at({ ms: 1_000_000 });
    for (let n = 0; n < 30; n += 1) attempts.begin(`account ${n}`, 'near');
    expect(codeOf(() => attempts.begin('one more', 'near'))).toBe('too_many_attempts');
    expect(codeOf(() => attempts.begin(undefined, 'near'))).toBe('too_many_attempts');
    expect(codeOf(() => attempts.begin('one more', 'far'))).toBe('let through');
  });
});
