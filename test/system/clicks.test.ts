import { Agent, get } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Signpost, startSignpost, until } from '../support/signpost.ts';
import { userAgents } from '../support/user-agents.ts';

/** Clicks and conversions with the built product, on two workers. */
const headers = {
  'User-Agent': userAgents(1)[0] as string,
  'Accept-Language': 'zh-TW',
  'X-Forwarded-For': '168.95.1.1',
};
let signpost: Signpost;

beforeAll(async () => {
  signpost = await startSignpost({ env: { WORKERS: '2' } });
});
afterAll(() => signpost?.dispose());

interface Ad {
  readonly id: string;
  readonly creative: { readonly id: number };
  readonly impressionUrl: string;
  readonly clickUrl: string;
}

/** On a connection of its own, so that it may be any worker's. */
function ask(url: string, from = headers): Promise<{ status: number; location: string; body: string }> {
  const { pathname, search } = new URL(url);
  return new Promise((resolve, reject) => {
    get(signpost.delivery + pathname + search, { headers: from, agent: new Agent() }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, location: response.headers.location ?? '', body }),
      );
    }).on('error', reject);
  });
}

async function shown(from = headers): Promise<Ad> {
  const ad = JSON.parse((await ask('http://x/v1/ad?zone=1', from)).body) as Ad;
  expect((await ask(ad.impressionUrl, from)).status).toBe(204);
  return ad;
}

const totals = async (path: string) =>
  (await signpost.json<{ totals: Record<string, number> }>(`/reports/${path}`)).totals;
const run = async (job: string) => {
  const ended = await signpost.json<{ outcome: string; error: string | null }>(`/jobs/${job}/runs`, {
    method: 'POST',
  });
  expect(ended).toMatchObject({ outcome: 'succeeded', error: null });
};

describe('a click', { timeout: 120_000 }, () => {
  it('counts once under fifty concurrent hits on two workers, and leads all of them there', async () => {
    const ad = await shown();
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(ad.clickUrl)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([302]));
    expect(new Set(answers.map(({ location }) => location)).size).toBe(1);
    await signpost.shipped();
    expect(await totals('traffic')).toMatchObject({ adRequests: 1, impressions: 1, clicks: 1 });
    const filter = encodeURIComponent('{"type":["click"]}');
    expect(await totals(`invalid-traffic?filter=${filter}`)).toMatchObject({ events: 49, reversed: 0 });
    await run('invalid-traffic');
    expect(await totals('traffic')).toMatchObject({ clicks: 1 });
  });

  it('of a crawler is recorded, in the ledger, and in no count', async () => {
    const crawler = { ...headers, 'User-Agent': 'Mozilla/5.0 (compatible; Googlebot/2.1)' };
    const before = await totals('traffic');
    const ad = await shown(crawler);
    expect((await ask(ad.clickUrl, crawler)).status).toBe(302);
    await signpost.shipped();
    expect(await totals('traffic')).toEqual(before);
    const filter = encodeURIComponent('{"reason":["bot"]}');
    expect(await totals(`invalid-traffic?filter=${filter}`)).toMatchObject({ events: 3 });
  });

  it('becomes a conversion, by its id and by its visitor, each order once', async () => {
    // Another visitor: one that clicks twice within a minute clicks too often.
    const other = { ...headers, 'User-Agent': userAgents(2)[1] as string };
    const first = await shown(other);
    const { lineItemId } = await signpost.json<{ lineItemId: number }>(`/creatives/${first.creative.id}`);
    const { campaignId } = await signpost.json<{ campaignId: number }>(`/line-items/${lineItemId}`);
    const { advertiserId } = await signpost.json<{ advertiserId: number }>(`/campaigns/${campaignId}`);
    const action = await signpost.json<{ id: number; secret: string }>('/conversion-actions', {
      method: 'POST',
      body: { advertiserId, name: 'Booking', currency: 'TWD' },
    });
    // Any worker may take a connection, and each finds the new action in its own time: what comes before is refused.
    let click = '';
    await until('landing pages are told the click', 30_000, async () => {
      click = new URL((await ask(first.clickUrl, other)).location).searchParams.get('signpost_click') ?? '';
      return click !== '';
    });
    expect(click.startsWith(first.id)).toBe(true);
    await until('the order is taken', 30_000, async () => {
      const reported = await fetch(`${signpost.delivery}/v1/conv`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${action.secret}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ action: action.id, order: 'A-1', value: '1200.50', click }),
      });
      return reported.status === 204;
    });
    for (const order of ['A-1', 'A-2', 'A-2']) {
      await until('the pixel is taken', 30_000, async () => {
        const pixel = await ask(`http://x/v1/conv?action=${action.id}&order=${order}&value=99`, other);
        return pixel.status === 200;
      });
    }
    await signpost.shipped();
    await run('conversions');
    const made = await totals('traffic');
    expect(made['conversions']).toBe(2);
    expect(made['conversionValueMicros']).toBe(1_299_500_000);
    const byAdvertiser = await signpost.json<{ rows: { advertiser: number; conversions: number }[] }>(
      '/reports/traffic?dimensions=advertiser&metrics=conversions',
    );
    expect(byAdvertiser.rows[0]).toEqual({ advertiser: advertiserId, conversions: 2 });
  });
});
