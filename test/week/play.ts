import { type HttpClient, httpClient } from '../system/http-client.ts';
import type { Sent, SentAd, SentBeacon, SentConversion, SentView } from './maker.ts';

interface Ad {
  readonly id: string;
  readonly noFill: string | null;
  readonly creative: { readonly id: number } | null;
  readonly impressionUrl: string;
  readonly viewableUrl: string;
  readonly clickUrl: string;
}

/** What is only known once it was answered: what an ad's page was told, and what a landing page was. */
export interface Answers {
  readonly ads: Map<SentAd, Ad>;
  readonly clickIds: Map<SentAd, string>;
}

/**
 * Sends what was made, in its order, to two workers whose clock is set to the time of each; what happens in the same
 * second goes out at once. Rejects where an answer is not the one that the maker knows.
 * @param onMs called before each second, and waited for
 */
export async function play(
  sent: readonly Sent[],
  origins: readonly [string, string],
  onMs: (atMs: number) => Promise<void>,
): Promise<Answers> {
  const http = httpClient(16);
  const player = new Player(http, origins);
  try {
    for (let at = 0; at < sent.length; ) {
      const { atMs } = sent[at] as Sent;
      await onMs(atMs);
      let end = at;
      while (sent[end]?.atMs === atMs) end++;
      await Promise.all(sent.slice(at, end).map((one) => player.send(one)));
      at = end;
    }
  } finally {
    http.close();
  }
  return player.answers;
}

class Player {
  readonly answers: Answers = { ads: new Map(), clickIds: new Map() };
  readonly #http: HttpClient;
  readonly #origins: readonly [string, string];

  constructor(http: HttpClient, origins: readonly [string, string]) {
    this.#http = http;
    this.#origins = origins;
  }

  send(sent: Sent): Promise<void> {
    if (sent.type === 'page_view') return this.#view(sent);
    if (sent.type === 'ad_request') return this.#ad(sent);
    return sent.type === 'conversion' ? this.#conversion(sent) : this.#beacon(sent);
  }

  async #view(sent: SentView): Promise<void> {
    const { site, zone, page, referrer, id } = sent;
    const place = zone === 0 ? { site } : { zone };
    const from = referrer === '' ? {} : { referrer: `https://${referrer}/?q=a` };
    await this.#request(sent, 'POST', '/v1/page', 204, {
      ...place,
      ...from,
      id,
      url: `${page}?session=7#top`,
    });
  }

  async #ad(sent: SentAd): Promise<void> {
    const query = new URLSearchParams({ zone: String(sent.zone), url: `${sent.page}?b=2` });
    const { body } = await this.#request(sent, 'GET', `/v1/ad?${query}`, 200);
    const ad = JSON.parse(body) as Ad;
    const wanted = typeof sent.shown === 'string' ? sent.shown : sent.shown.creative;
    if ((ad.noFill ?? ad.creative?.id) !== wanted) {
      throw new Error(`${wanted} should be in zone ${sent.zone} for ${sent.person.country}, not ${body}`);
    }
    this.answers.ads.set(sent, ad);
  }

  async #beacon(sent: SentBeacon): Promise<void> {
    const ad = this.answers.ads.get(sent.ad) as Ad;
    const url = { impression: ad.impressionUrl, viewable: ad.viewableUrl, click: ad.clickUrl }[sent.type];
    const status = sent.type === 'click' ? 302 : 204;
    const { headers } = await this.#request(sent, 'GET', new URL(url).pathname, status);
    if (sent.type !== 'click') return;
    const clickId = new URL(String(headers['location'])).searchParams.get('signpost_click');
    this.answers.clickIds.set(sent.ad, clickId ?? '');
  }

  async #conversion(sent: SentConversion): Promise<void> {
    const click = sent.click === undefined ? {} : { click: this.answers.clickIds.get(sent.click) ?? '' };
    const value = String(sent.valueMicros / 1_000_000);
    const query = new URLSearchParams({ action: String(sent.action), order: sent.order, value, ...click });
    await this.#request(sent, 'GET', `/v1/conv?${query}`, 200);
  }

  async #request(sent: Sent, method: 'GET' | 'POST', path: string, status: number, body?: object) {
    const { person, headers, worker } = sent;
    const all = {
      'User-Agent': person.browser.userAgent,
      'Accept-Language': person.accepts,
      // What the visitor wrote in front of the address is not believed.
      'X-Forwarded-For': worker === 0 ? `8.8.8.8, ${person.address}` : person.address,
      ...headers,
    };
    const kept = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
    const answer = await this.#http.send(
      method,
      this.#origins[worker] + path,
      kept as Record<string, string>,
      body === undefined ? undefined : JSON.stringify(body),
    );
    if (answer.status === status && answer.headers['signpost-log'] === undefined) return answer;
    throw new Error(`${path}: ${status} was expected, not ${answer.status}: ${answer.body}`);
  }
}
