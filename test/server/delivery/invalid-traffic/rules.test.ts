import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { unknownLocation } from '../../../../geo-db/index.ts';
import { readHostingAsns } from '../../../../server/delivery/invalid-traffic/hosting-list.ts';
import {
  type LoggedEvent,
  regionalInventory,
  type TestDelivery,
  testAddresses,
  testDelivery,
} from '../../../support/delivery.ts';
import { userAgents } from '../../../support/user-agents.ts';
import { httpClient } from '../../../system/http-client.ts';

const [chrome, iphone, , safari, firefox] = userAgents(10) as [string, string, string, string, string];
const webView =
  'Mozilla/5.0 (Linux; Android 14; Pixel 8; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/140.0.0.0 Mobile Safari/537.36';
const http = httpClient(4);
let delivery: TestDelivery;

beforeAll(async () => {
  delivery = await testDelivery(regionalInventory(), {
    env: {
      INTERNAL_NETWORKS: '1.9.0.0/16, 2a01:77::/32',
      CLICK_RATES: '1/1m,3/10m',
      IMPRESSION_RATES: '5/5m',
    },
  });
});
afterAll(async () => {
  http.close();
  await delivery.close();
});
/** Rules that count look back a day at most. */
beforeEach(() => {
  delivery.clock.nowMs += 86_400_000;
});

type Headers = Record<string, string>;
const person: Headers = {
  'User-Agent': chrome,
  'Accept-Language': 'de-DE,de;q=0.9',
  'X-Forwarded-For': testAddresses.taipei,
};

async function send(path: string, headers: Headers = person, of = delivery) {
  const before = of.events().length;
  const answer = await http.send('GET', of.origin + path, headers);
  return { ...answer, events: of.events().slice(before) };
}
const reasonsOf = (events: readonly LoggedEvent[]) => events.map(({ invalid }) => invalid ?? '');
const pathOf = (url: string) => new URL(url).pathname;
interface Ad {
  readonly id: string;
  readonly impressionUrl: string;
  readonly viewableUrl: string;
  readonly clickUrl: string;
}
async function ad(headers: Headers = person, of = delivery): Promise<Ad> {
  return JSON.parse((await send('/v1/ad?zone=12', headers, of)).body) as Ad;
}
const without = (...names: string[]) =>
  Object.fromEntries(Object.entries(person).filter(([name]) => !names.includes(name)));

describe('a request', () => {
  const bot = (userAgent: string): Headers => ({ ...person, 'User-Agent': userAgent });
  it.each<[string, Headers, string]>([
    ['of a person', person, ''],
    ['of a person with an iPhone', { ...person, 'User-Agent': iphone }, ''],
    [
      'of a declared crawler',
      bot('Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'),
      'bot',
    ],
    ['of a crawler that looks like Chrome', bot(`${chrome} (compatible; bingbot/2.0)`), 'bot'],
    ['of headless Chrome', bot(chrome.replace('Chrome/', 'HeadlessChrome/')), 'bot'],
    ['of a program', bot('curl/8.5.0'), 'bot'],
    ['of a library', bot('python-requests/2.32'), 'bot'],
    [
      'of a phone called Cubot',
      bot(
        'Mozilla/5.0 (Linux; Android 11; CUBOT X30) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36',
      ),
      '',
    ],
    ['without User-Agent', without('User-Agent'), 'missing_headers'],
    ['with an empty User-Agent', bot(' '), 'missing_headers'],
    ['of Chrome without Accept-Language', without('Accept-Language'), 'missing_headers'],
    [
      'of a view inside of an app without Accept-Language',
      { ...without('Accept-Language'), 'User-Agent': webView },
      '',
    ],
    ["of Chrome with Chromium's hints", { ...person, 'Sec-CH-UA': '"Chromium";v="140"' }, ''],
    [
      "of Firefox with Chromium's hints",
      { ...bot(firefox), 'Sec-CH-UA': '"Chromium";v="140"' },
      'impossible_headers',
    ],
    [
      "of Safari with Chromium's hints",
      { ...bot(safari), 'sec-ch-ua': '"Chromium";v="140"' },
      'impossible_headers',
    ],
    ['of Firefox', bot(firefox), ''],
    ['prefetched', { ...person, 'Sec-Purpose': 'prefetch' }, 'prefetch'],
    ['prerendered', { ...person, 'Sec-Purpose': 'prefetch;prerender' }, 'prefetch'],
    ['prefetched by an older browser', { ...person, Purpose: 'prefetch' }, 'prefetch'],
    ['prefetched by an older Firefox', { ...person, 'X-Moz': 'prefetch' }, 'prefetch'],
    ['with another purpose', { ...person, 'Sec-Purpose': 'navigate' }, ''],
    ['from inside', { ...person, 'X-Forwarded-For': '1.9.2.3' }, 'internal'],
    ['from inside by IPv6', { ...person, 'X-Forwarded-For': '2a01:77::5' }, 'internal'],
    ['from next to inside', { ...person, 'X-Forwarded-For': '1.8.255.255' }, ''],
    ['from a hosting network', { ...person, 'X-Forwarded-For': '5.0.0.1' }, 'data_center'],
    ['from an access network', { ...person, 'X-Forwarded-For': '5.1.0.1' }, ''],
    [
      'of a bot from inside that prefetches',
      { ...bot('curl/8'), 'Sec-Purpose': 'prefetch', 'X-Forwarded-For': '1.9.0.1' },
      'internal prefetch bot',
    ],
  ])('%s is marked "%s" in all its events, answered all the same', async (_name, headers, expected) => {
    const asked = await send('/v1/ad?zone=12', headers);
    expect(asked.status).toBe(200);
    expect(reasonsOf(asked.events)).toEqual([expected]);
    const { impressionUrl, viewableUrl, clickUrl } = JSON.parse(asked.body) as Ad;
    for (const [url, status] of [
      [impressionUrl, 204],
      [viewableUrl, 204],
      [clickUrl, 302],
    ] as const) {
      const answer = await send(pathOf(url), headers);
      expect(answer.status).toBe(status);
      expect(reasonsOf(answer.events)).toEqual([expected]);
    }
    const before = delivery.events().length;
    const body = JSON.stringify({ zone: 12, url: 'https://news.example/' });
    await http.send('POST', `${delivery.origin}/v1/page`, headers, body);
    expect(reasonsOf(delivery.events().slice(before))).toEqual([expected]);
  });

  it('of somebody signed in is marked where the installation can tell', async () => {
    const own = await testDelivery(regionalInventory(), {
      isStaff: (cookie) => cookie.includes('staff=1'),
    });
    expect(
      reasonsOf((await send('/v1/ad?zone=12', { ...person, Cookie: 'a=b; staff=1' }, own)).events),
    ).toEqual(['staff']);
    expect(reasonsOf((await send('/v1/ad?zone=12', person, own)).events)).toEqual(['']);
    await own.close();
  });
});

describe('between decision and event', () => {
  it.each<[string, Headers, string]>([
    ['nothing changed', person, ''],
    ['the network changed', { ...person, 'X-Forwarded-For': '1.200.3.4' }, ''],
    ['the language changed', { ...person, 'Accept-Language': 'en' }, ''],
    ['the country changed', { ...person, 'X-Forwarded-For': testAddresses.munich }, 'country_changed'],
    ['the country became unknown', { ...person, 'X-Forwarded-For': testAddresses.unknown }, ''],
    ['the browser changed', { ...person, 'User-Agent': firefox }, 'browser_changed'],
    [
      'both changed',
      { ...person, 'User-Agent': firefox, 'X-Forwarded-For': testAddresses.munich },
      'country_changed browser_changed',
    ],
  ])('%s: "%s"', async (_name, headers, expected) => {
    const { impressionUrl, clickUrl } = await ad();
    expect(reasonsOf((await send(pathOf(impressionUrl), headers)).events)).toEqual([expected]);
    const click = await send(pathOf(clickUrl), headers);
    expect(click.status).toBe(302);
    expect(reasonsOf(click.events)).toEqual([expected]);
  });

  it('a country that was not known says nothing', async () => {
    const { impressionUrl } = await ad({ ...person, 'X-Forwarded-For': testAddresses.unknown });
    expect(reasonsOf((await send(pathOf(impressionUrl))).events)).toEqual(['']);
  });
});

describe('too often', () => {
  const click = async (headers: Headers = person) => {
    const { clickUrl } = await ad(headers);
    const [event] = (await send(pathOf(clickUrl), headers)).events;
    return event?.['invalid'] ?? '';
  };
  it('is the second click within a minute, and the fourth within ten, of one visitor', async () => {
    expect(await click()).toBe('');
    expect(await click()).toBe('click_rate');
    expect(await click({ ...person, 'User-Agent': firefox })).toBe('');
    delivery.clock.nowMs += 60_000;
    expect(await click()).toBe('');
    delivery.clock.nowMs += 60_000;
    expect(await click()).toBe('click_rate');
    delivery.clock.nowMs += 600_000;
    expect(await click()).toBe('');
  });

  it('is the sixth impression of a line item within five minutes, but not the same one again', async () => {
    const seen: string[] = [];
    for (let n = 0; n < 7; n++) {
      const { impressionUrl } = await ad();
      for (let again = 0; again < 2; again++) {
        const [event] = (await send(pathOf(impressionUrl))).events;
        seen.push(String(event?.['invalid'] ?? ''));
      }
    }
    expect(seen.slice(0, 10)).toEqual(Array(10).fill(''));
    expect([seen[10], seen[12]]).toEqual(['impression_rate', 'impression_rate']);
    const other = await ad({ ...person, 'User-Agent': firefox });
    expect(
      reasonsOf((await send(pathOf(other.impressionUrl), { ...person, 'User-Agent': firefox })).events),
    ).toEqual(['']);
  });
});

describe('a click', () => {
  it('counts once: what comes again is kept as repeated and leads there all the same', async () => {
    const { id, clickUrl } = await ad();
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => http.send('GET', delivery.origin + pathOf(clickUrl), person)),
    );
    expect(new Set(answers.map(({ status, headers }) => `${status} ${headers['location']}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(302);
    const clicks = delivery.events().filter((event) => event.id === id && event.type === 'click');
    expect(clicks).toHaveLength(50);
    expect(
      clicks.filter(({ not_counted, invalid }) => not_counted === undefined && invalid === undefined),
    ).toHaveLength(1);
    expect(clicks.filter(({ not_counted }) => not_counted === 'repeated')).toHaveLength(49);
  });

  it('of a person counts although a scanner followed the link before', async () => {
    const { clickUrl } = await ad();
    const scanner = await send(pathOf(clickUrl), { ...person, 'User-Agent': 'SomeScanner-bot/1.0' });
    expect(scanner.events[0]).toMatchObject({ invalid: 'bot browser_changed' });
    const ahead = await send(pathOf(clickUrl), { ...person, 'Sec-Purpose': 'prefetch' });
    expect(ahead.events[0]).toMatchObject({ invalid: 'prefetch' });
    const [event] = (await send(pathOf(clickUrl))).events;
    expect(event).not.toHaveProperty('invalid');
    expect(event).not.toHaveProperty('not_counted');
  });
});

describe('a click that no link was followed for', () => {
  it.each([
    ['no-cors', 'not_followed'],
    ['cors', 'not_followed'],
    ['navigate', undefined],
  ])('of the mode %s is marked %s, and leads on', async (mode, invalid) => {
    const { clickUrl } = await ad();
    const answer = await send(pathOf(clickUrl), { ...person, 'Sec-Fetch-Mode': mode });
    expect(answer.status).toBe(302);
    expect(answer.events[0]?.['invalid']).toBe(invalid);
  });
});

describe('the list of hosting networks', () => {
  it('is shipped, can be turned off, or comes from a file', () => {
    const shipped = readHostingAsns('shipped');
    expect(shipped.size).toBeGreaterThan(600);
    for (const asn of [16509, 24940, 16276, 14061]) expect(shipped.has(asn), String(asn)).toBe(true);
    // Deutsche Telekom, Comcast, Chunghwa; and where iCloud Private Relay comes out.
    for (const asn of [3320, 7922, 3462, 13335, 36183]) expect(shipped.has(asn), String(asn)).toBe(false);
    expect(readHostingAsns('none').size).toBe(0);
    const file = join(delivery.dataDir, 'asns.txt');
    writeFileSync(file, '# ours\n64500\nAS64501 # Example\n\n');
    expect([...readHostingAsns(file)]).toEqual([64500, 64501]);
    writeFileSync(file, '64500\nhello\n');
    expect(() => readHostingAsns(file)).toThrow('line 2');
    expect(() => readHostingAsns('/nowhere/asns.txt')).toThrow('HOSTING_ASNS');
  });

  it('is of no use where the location has no network', () => {
    expect(unknownLocation.asn).toBeUndefined();
  });
});
