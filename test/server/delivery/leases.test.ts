import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { signPreview, TokenSigner } from '../../../server/delivery/index.ts';
import type { WorkerReport } from '../../../server/pacing/index.ts';
import { readReports, writeLeases } from '../../../server/pacing/pacing-files.ts';
import { readSigningKeys } from '../../../server/secrets/index.ts';
import { imageHash, inventoryOf, oneOfEach } from '../../support/creatives.ts';
import { type TestDelivery, testAddresses, testDelivery } from '../../support/delivery.ts';
import { userAgents } from '../../support/user-agents.ts';
import { httpClient } from '../../system/http-client.ts';

const http = httpClient(1);
const person = {
  'User-Agent': userAgents(1)[0] as string,
  'Accept-Language': 'de-DE,de;q=0.9',
  'X-Forwarded-For': testAddresses.munich,
};
const bot = { ...person, 'User-Agent': 'Googlebot/2.1 (+http://www.google.com/bot.html)' };
let delivery: TestDelivery;

/** One line item, 201 with the image 1, that has a goal and a lease for 100 ads. */
beforeAll(async () => {
  const snapshot = inventoryOf(oneOfEach('https://shop.example/').slice(0, 1));
  const goal = { metric: 'impressions', amount: 1000, per: 'day' } as const;
  delivery = await testDelivery({
    ...snapshot,
    lineItems: snapshot.lineItems.map((item) => ({ ...item, type: 'standard', goal })),
  });
  mkdirSync(join(delivery.dataDir, 'assets'));
  writeFileSync(join(delivery.dataDir, 'assets', `${imageHash}.png`), 'picture');
  const { worker } = await report(() => true);
  const untilMs = delivery.clock.nowMs + 86_400_000 * 2;
  await writeLeases(delivery.dataDir, { worker, items: [{ id: 201, granted: 100, untilMs, pace: 1 }] });
  await report(({ items }) => items[0]?.granted === 100);
});
afterAll(async () => {
  http.close();
  await delivery.close();
});

/** The worker's report, once it is as it should be. */
function report(is: (report: WorkerReport) => boolean): Promise<WorkerReport> {
  return vi.waitFor(
    async () => {
      const [found] = await readReports(delivery.dataDir, (worker) => expect.unreachable(worker));
      if (found === undefined || !is(found)) throw new Error(JSON.stringify(found));
      return found;
    },
    { timeout: 20_000, interval: 50 },
  );
}

interface Ad {
  readonly impressionUrl: string;
  readonly viewableUrl: string;
  readonly clickUrl: string;
}
const get = (path: string, headers: Record<string, string> = person) =>
  http.send('GET', delivery.origin + path, headers);
const ad = async (query = ''): Promise<Ad> => JSON.parse((await get(`/v1/ad?zone=1${query}`)).body) as Ad;
const tell = (url: string, headers = person) => get(new URL(url).pathname, headers);

/** Sums that the worker reports: ads, impressions, viewable impressions, clicks. */
const sums = ({ items: [item] }: WorkerReport) => [
  item?.used,
  item?.impressions,
  item?.viewable,
  item?.clicks,
];
const reported = (...expected: number[]) =>
  expect(report((found) => String(sums(found)) === String(expected)).then(sums)).resolves.toEqual(expected);

describe('a lease', () => {
  it('is used up by ads of all tags, and told of events that count alone', async () => {
    const { impressionUrl, viewableUrl, clickUrl } = await ad();
    await tell(impressionUrl);
    await tell(viewableUrl);
    await tell(clickUrl);
    await tell(clickUrl);
    await reported(1, 1, 1, 1);

    const second = await ad();
    await tell(second.impressionUrl, bot);
    await tell(second.clickUrl, bot);
    delivery.clock.nowMs += 3 * 3_600_000;
    await tell(second.impressionUrl);
    const key = new TokenSigner(readSigningKeys(delivery.dataDir));
    const preview = await ad(`&preview=${signPreview(key, 1, delivery.clock.nowMs)}`);
    await tell(preview.impressionUrl);
    await tell(preview.clickUrl);
    await get('/v1/frame?zone=1');
    await reported(3, 1, 1, 1);

    // The same image again is the same event, as is the click on it.
    for (let times = 0; times < 3; times++) {
      await get('/v1/img?zone=1&n=a');
      await get('/v1/img/click?zone=1&n=a');
    }
    await reported(4, 2, 1, 2);
    expect(
      delivery
        .events()
        .filter(({ type }) => type === 'click')
        .slice(-3),
    ).toMatchObject([{}, { not_counted: 'repeated' }, { not_counted: 'repeated' }]);
  });

  it('is not used up by a declared bot, whose events cannot count', async () => {
    const { impressionUrl } = JSON.parse((await get('/v1/ad?zone=1', bot)).body) as Ad;
    await tell(impressionUrl, bot);
    await tell(impressionUrl, person);
    await ad();
    await reported(5, 2, 1, 2);
  });
});
