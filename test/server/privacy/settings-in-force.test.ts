import { pino } from 'pino';
import { expect, it } from 'vitest';
import { backupJob } from '../../../jobs/backup.ts';
import { policyText } from '../../../server/privacy/policy/policy.ts';
import { geoWebService } from '../../../server/processes/geo-db-files.ts';
import { parseSettings } from '../../../server/settings/index.ts';
import { regionalInventory, type TestDelivery, testAddresses, testDelivery } from '../../support/delivery.ts';
import { userAgents } from '../../support/user-agents.ts';
import { startApi } from '../api/harness.ts';

const headers = {
  'User-Agent': userAgents(1)[0] ?? '',
  'Accept-Language': 'de',
  'Sec-Fetch-Site': 'cross-site',
};

async function withDelivery<Result>(
  env: Record<string, string>,
  work: (delivery: TestDelivery) => Promise<Result>,
): Promise<Result> {
  const delivery = await testDelivery(regionalInventory(), { env, publicUrl: 'https://ads.example.com' });
  try {
    return await work(delivery);
  } finally {
    await delivery.close();
  }
}

const cookiesOf = (
  delivery: TestDelivery,
  path: string,
  from: keyof typeof testAddresses,
  more: object = {},
) =>
  delivery
    .fetch(path, { from: testAddresses[from], headers: { ...headers, ...more } })
    .then((response) => response.headers.getSetCookie());
const refusal = (delivery: TestDelivery, from: keyof typeof testAddresses) =>
  delivery
    .fetch('/v1/privacy/choice', {
      ...{ method: 'POST', body: '{}', from: testAddresses[from] },
      headers: { ...headers, Origin: 'https://news.example', 'Content-Type': 'text/plain' },
    })
    .then((response) => response.headers.getSetCookie().map((cookie) => cookie.split(';')[0]));

it('CONSENT_DNT makes the header a refusal, or leaves it unheard', async () => {
  const asked = (env: Record<string, string>) =>
    withDelivery(env, (delivery) =>
      cookiesOf(delivery, '/v1/ad?zone=12&consent=measurement', 'munich', { DNT: '1' }),
    );
  expect(await asked({ CONSENT_DNT: 'on' })).toEqual([]);
  expect(await asked({ CONSENT_DNT: 'off' })).toHaveLength(1);
});

it('cookies over TLS are partitioned', async () => {
  const cookies = await withDelivery({}, (delivery) =>
    cookiesOf(delivery, '/v1/ad?zone=12&consent=measurement', 'munich'),
  );
  expect(cookies).toHaveLength(1);
  for (const cookie of cookies)
    expect(cookie).toMatch(/^__Host-.*; HttpOnly; Secure; Partitioned; SameSite=None$/);
});

it('CONSENT_BY_REGION is what the policy says of it', async () => {
  const asked = (env: Record<string, string>, from: keyof typeof testAddresses) =>
    withDelivery(
      env,
      async (delivery) => (await cookiesOf(delivery, '/v1/ad?zone=12&consent=', from)).length,
    );
  const some = { CONSENT_BY_REGION: 'DE=measurement,*=none' };
  expect(policyText(parseSettings(some), 'en')).toContain(
    'consent is assumed in these places: DE (measurement).',
  );
  expect([await asked(some, 'munich'), await asked(some, 'taipei'), await asked(some, 'unknown')]).toEqual([
    1, 0, 0,
  ]);
  const everywhere = { CONSENT_BY_REGION: '*=measurement' };
  expect([await asked(everywhere, 'taipei'), await asked(everywhere, 'unknown')]).toEqual([1, 0]);
  const none = { CONSENT_BY_REGION: '*=none' };
  expect(policyText(parseSettings(none), 'en')).toContain('Nowhere is consent assumed.');
  expect([await asked(none, 'munich'), await asked(none, 'losAngeles')]).toEqual([0, 0]);
});

it('CONSENT_KEEP_REFUSAL keeps a refusal, and off only where something is assumed', async () => {
  const kept = ['__Host-signpost-choice=0'];
  await withDelivery({ CONSENT_KEEP_REFUSAL: 'on' }, async (delivery) => {
    expect(await refusal(delivery, 'munich')).toEqual(kept);
  });
  await withDelivery({}, async (delivery) => {
    expect([await refusal(delivery, 'munich'), await refusal(delivery, 'losAngeles')]).toEqual([[], kept]);
  });
});

it('AD_MARK has a mark by law, everywhere, or nowhere', async () => {
  const marked = (AD_MARK: string) =>
    withDelivery({ AD_MARK }, async (delivery) => {
      const of = async (from: keyof typeof testAddresses) => {
        const response = await delivery.fetch('/v1/ad?zone=12', { from: testAddresses[from], headers });
        return 'whyUrl' in ((await response.json()) as object);
      };
      return [await of('munich'), await of('unknown'), await of('taipei')];
    });
  expect(await marked('by-law')).toEqual([true, true, false]);
  expect(await marked('everywhere')).toEqual([true, true, true]);
  expect(await marked('off')).toEqual([false, false, false]);
});

it('with GEO_WEB_SERVICE=off nobody is asked about an address, with on MaxMind may be', () => {
  const logger = pino({ level: 'silent' });
  const account = { MAXMIND_ACCOUNT_ID: '1', MAXMIND_LICENSE_KEY: 'key' };
  expect(geoWebService(parseSettings(account), logger)).toBeUndefined();
  const service = geoWebService(parseSettings({ ...account, GEO_WEB_SERVICE: 'on' }), logger);
  expect(service).toBeDefined();
  service?.close();
});

it('INTEREST_SENSITIVE lets sensitive interests be, or refuses them', async () => {
  for (const [sensitiveInterests, status] of [
    ['allowed', 201],
    ['refused', 422],
  ] as const) {
    const api = await startApi([], { sensitiveInterests });
    try {
      expect((await api.call('POST', '/interest-categories', { name: 'health' })).status).toBe(status);
    } finally {
      await api.close();
    }
  }
});

it('BACKUP_AT=off leaves backups to nobody', () => {
  const parts = {} as Parameters<typeof backupJob>[0];
  expect(backupJob(parts, 'off', 'UTC').schedule).toBeNull();
  expect(backupJob(parts, '02:30', 'UTC').schedule).toBe('0 30 2 * * *');
});
