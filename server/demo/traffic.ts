import type { Kysely } from 'kysely';
import { places } from '../console/index.ts';
import type { Tables } from '../database/index.ts';
import { type DemoZone, demoZones } from './inventory/index.ts';

const pages = ['/', '/news/', '/sport/', '/weather/', '/travel/alps/'];
const referrers = ['', '', 'https://www.google.com/', 'https://duckduckgo.com/', 'https://news.example/'];
const languages = ['zh-TW,zh;q=0.9', 'de-DE,de;q=0.9', 'en-US,en;q=0.9', 'pt-BR,pt;q=0.9', 'ja,en;q=0.5'];
const userAgents = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Linux; Android 15; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36',
];
const seenShare = 0.7;
const clickedShare = 0.02;

export interface DemoTrafficParts {
  readonly db: Kysely<Tables>;
  /** Of delivery, which has to trust this machine as a proxy: visitors' addresses come in X-Forwarded-For. */
  readonly deliveryOrigin: string;
  /** 0 to 1, evenly. */
  readonly random: () => number;
}

export interface DemoTrafficCounts {
  readonly pageViews: number;
  readonly impressions: number;
  readonly viewable: number;
  readonly clicks: number;
}

interface Ad {
  readonly creative: object | null;
  readonly impressionUrl: string;
  readonly viewableUrl: string;
  readonly clickUrl: string;
}

/**
 * Visits the pages of the demo site as browsers of many places do, and sends what its tags would send. Nothing where the
 * demo inventory was removed.
 */
export async function sendDemoTraffic(
  parts: DemoTrafficParts,
  visits: number,
  signal: AbortSignal,
): Promise<DemoTrafficCounts> {
  const counts = { pageViews: 0, impressions: 0, viewable: 0, clicks: 0 };
  const zones = await demoZones(parts.db);
  for (let visit = 0; visit < visits && zones.length > 0; visit++) {
    signal.throwIfAborted();
    await visitPage(parts, zones, counts, signal);
  }
  return counts;
}

async function visitPage(
  { deliveryOrigin, random }: DemoTrafficParts,
  zones: readonly DemoZone[],
  counts: { -readonly [Key in keyof DemoTrafficCounts]: DemoTrafficCounts[Key] },
  signal: AbortSignal,
): Promise<void> {
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const headers = {
    'X-Forwarded-For': visitorAddress(pick, random),
    'User-Agent': pick(userAgents),
    'Accept-Language': pick(languages),
  };
  const send = async (path: string, init: RequestInit = {}) => {
    const url = new URL(path, deliveryOrigin);
    const answer = await fetch(new URL(url.pathname + url.search, deliveryOrigin), {
      ...init,
      headers,
      signal,
      redirect: 'manual',
    });
    if (answer.status >= 400) throw new Error(`Delivery answered ${answer.status} to ${url.pathname}.`);
    return answer;
  };
  const zone = pick(zones);
  const page = { zone: zone.id, url: `https://demo.example${pick(pages)}`, referrer: pick(referrers) };
  await send('/v1/page', { method: 'POST', body: JSON.stringify({ ...page, id: idOf(random) }) });
  counts.pageViews++;
  const ad = (await (await send(`/v1/ad?zone=${zone.id}`)).json()) as Ad;
  if (ad.creative === null) return;
  await send(ad.impressionUrl);
  counts.impressions++;
  if (random() >= seenShare) return;
  await send(ad.viewableUrl);
  counts.viewable++;
  if (random() >= clickedShare) return;
  await send(ad.clickUrl);
  counts.clicks++;
}

/** In the network of one of the demo's places. */
function visitorAddress(pick: <Item>(items: readonly Item[]) => Item, random: () => number): string {
  const address = pick(places.flatMap((place) => place.address ?? []));
  return address.replace(/\d+$/, String(1 + Math.floor(random() * 254)));
}

const idOf = (random: () => number): string =>
  Math.floor(random() * 2 ** 52)
    .toString(16)
    .padStart(16, '0');
