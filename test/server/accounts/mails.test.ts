import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type MailParts, sendMails } from '../../../server/accounts/index.ts';
import { welcomeUrl } from '../../../server/api/index.ts';
import { ask, type Harness, startApi } from '../api/harness.ts';
import { MailServer } from '../reporting/schedules/mail-server.ts';

const minuteMs = 60_000;
const password = 'three words and a number';
let api: Harness;
let server: MailServer;
let clockMs: number;
let woken = 0;

beforeAll(async () => {
  server = await MailServer.start();
  api = await startApi([], { mails: { wake: () => (woken += 1) } });
});
afterAll(async () => {
  await api.close();
  await server.close();
});
beforeEach(async () => {
  clockMs = Date.now() + minuteMs;
  server.mails.length = 0;
  await api.database.db.deleteFrom('mails').execute();
});

const parts = (): MailParts => ({
  db: api.database.db,
  mail: { url: server.url, from: 'Signpost <ads@example.com>' },
  urlOf: (token) => welcomeUrl('https://console.example.com', token),
});
const send = () =>
  sendMails(parts(), {
    ...{ logger: pino({ level: 'silent' }), signal: new AbortController().signal },
    now: () => clockMs,
  });
const post = (path: string, body: object, from = 'somewhere') =>
  ask(`${api.url}${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Test-Address': from },
    body: JSON.stringify(body),
  });
const makeUser = async (name: string, fields: object = {}): Promise<number> =>
  (await api.call('POST', '/users', { name, email: `${name}@example.com`, role: 'adops', ...fields })).body
    .id ?? 0;
const reset = (email: string, from?: string) => post('/password-resets', { email }, from);
/** The text part, decoded, and the token in it. */
function readMail(text: string): { body: string; token: string } {
  const [, type = '', part = ''] =
    /Content-Type: text\/plain[\s\S]*?Content-Transfer-Encoding: ([\w-]+)\r\n\r\n([\s\S]*?)\r\n--/i.exec(
      text,
    ) ?? [];
  const body =
    type === 'base64'
      ? Buffer.from(part, 'base64').toString()
      : Buffer.from(
          part
            .replaceAll('=\r\n', '')
            .replace(/=([0-9A-F]{2})/g, (_match, hex: string) =>
              String.fromCharCode(Number.parseInt(hex, 16)),
            ),
          'latin1',
        ).toString();
  return { body, token: /#token=(spl_[\w-]{43})/.exec(body)?.[1] ?? '' };
}
const setPassword = (token: string) => post('/passwords', { token, password });

describe('mails to people', () => {
  it('bring an invitation in the language of who is invited, whose link works once', async () => {
    const id = await makeUser('mei', { name: '美 <b>', language: 'zh-TW' });
    const before = woken;
    expect((await api.call('POST', `/users/${id}/invitations`)).status).toBe(204);
    expect(woken).toBe(before + 1);
    expect(await send()).toEqual({ sent: 1, failed: 0, dropped: 0 });
    const [mail] = server.mails;
    expect(mail?.to).toEqual(['mei@example.com']);
    const { body, token } = readMail(mail?.text ?? '');
    expect(body).toContain('美 <b> 您好：');
    expect(body).toContain('https://console.example.com/welcome#token=');
    expect(mail?.text.split('text/html')[1]).toContain('&#60;b&#62;');
    expect([(await setPassword(token)).status, (await setPassword(token)).status]).toEqual([204, 422]);
    expect(await send()).toEqual({ sent: 0, failed: 0, dropped: 0 });
    const kept = JSON.stringify(await api.database.db.selectFrom('mails').selectAll().execute());
    expect(kept).not.toContain(token);
  });

  it('bring a new password to who asks, and nothing to nobody, and the answers are the same', async () => {
    await makeUser('kim');
    await makeUser('old', { status: 'archived' });
    const answers = [];
    for (const name of ['Kim', 'old', 'nobody']) answers.push(await reset(`${name}@example.com`));
    for (const { status, text } of answers) expect([status, text]).toEqual([204, '']);
    expect(await send()).toEqual({ sent: 1, failed: 0, dropped: 2 });
    expect(server.mails.map(({ to }) => to)).toEqual([['kim@example.com']]);
    expect(readMail(server.mails[0]?.text ?? '').body).toContain('Hello kim,');
    // Whoever asked in vain is not kept.
    const left = await api.database.db.selectFrom('mails').select(['email', 'status']).execute();
    expect(left).toEqual([{ email: null, status: 'sent' }]);
  });

  it('look at no account while the request waits', async () => {
    await makeUser('lou');
    await reset('lou@example.com');
    await reset('none@example.com');
    const rows = await api.database.db.selectFrom('mails').select(['user_id', 'email']).execute();
    expect(rows).toEqual([
      { user_id: null, email: 'lou@example.com' },
      { user_id: null, email: 'none@example.com' },
    ]);
  });

  it('do not flood a mailbox', async () => {
    await makeUser('pat');
    for (let n = 0; n < 3; n++) await reset('pat@example.com');
    expect(await send()).toEqual({ sent: 1, failed: 0, dropped: 2 });
    clockMs += 6 * minuteMs;
    await reset('pat@example.com');
    await api.database.db.updateTable('mails').set({ next_at: new Date() }).execute();
    expect(await send()).toMatchObject({ sent: 1 });
    const statuses: number[] = [];
    for (let n = 0; n < 11; n++) statuses.push((await reset('ghost@example.com', `address ${n}`)).status);
    expect(statuses).toEqual([...Array(10).fill(204), 429]);
  });

  it('are tried again after a failure, with a link that works, and given up in the end', async () => {
    const id = await makeUser('sam');
    await api.call('POST', `/users/${id}/invitations`);
    server.faults.push('451 later', 'cut');
    expect(await send()).toEqual({ sent: 0, failed: 1, dropped: 0 });
    expect(await send()).toEqual({ sent: 0, failed: 0, dropped: 0 });
    clockMs += minuteMs;
    expect(await send()).toMatchObject({ failed: 1 });
    clockMs += 2 * minuteMs;
    expect(await send()).toMatchObject({ sent: 1 });
    // The one whose answer was lost has arrived too; the link of the last one holds.
    const tokens = server.mails.map(({ text }) => readMail(text).token);
    expect(tokens).toHaveLength(2);
    expect((await setPassword(tokens[0] ?? '')).status).toBe(422);
    expect((await setPassword(tokens[1] ?? '')).status).toBe(204);

    await api.call('POST', `/users/${id}/invitations`);
    server.faults.push(...Array(8).fill('550 no'));
    for (let n = 0; n < 9; n++) {
      await send();
      clockMs += 300 * minuteMs;
    }
    const [last] = await api.database.db.selectFrom('mails').selectAll().orderBy('id', 'desc').execute();
    expect(last).toMatchObject({ status: 'failed', attempts: 8, error: expect.stringContaining('550 no') });
    expect(server.faults).toEqual([]);
  });

  it('are taken up by another back office where one died, and by one at a time', async () => {
    const id = await makeUser('tom');
    await api.call('POST', `/users/${id}/invitations`);
    const { db } = api.database;
    const until = new Date(clockMs + minuteMs);
    const died = { status: 'sending', claim: crypto.randomUUID(), claimed_until: until } as const;
    await db.updateTable('mails').set(died).execute();
    expect(await send()).toMatchObject({ sent: 0 });
    clockMs += 2 * minuteMs;
    const both = await Promise.all([send(), send()]);
    expect(both.map(({ sent }) => sent).sort()).toEqual([0, 1]);
    expect(server.mails).toHaveLength(1);
  });

  it('are refused where there is nobody to mail to', async () => {
    const id = await makeUser('una', { email: null });
    expect((await api.call('POST', `/users/${id}/invitations`)).body.code).toBe('conflict');
    expect((await api.call('POST', '/users/999999/invitations')).status).toBe(404);
    expect((await reset('no address')).status).toBe(422);
    expect((await reset('a@example.com\r\nBcc: b@example.com')).status).toBe(422);
  });
});
