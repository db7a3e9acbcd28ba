/**
 * The demo page's script, for both of its documents: the page of the publisher tells the page around it what the tag
 * reports, and that page shows it, with what the server knows of the place, the decision and the counts.
 */
import { noFillReasons } from '../delivery/no-fill.ts';
import type { DemoCountsAnswer, DemoCreative, DemoDecision, DemoExplanation, DemoSeen } from './demo-wire.ts';

const countriesShown = 12;
const pollMs = 1000;

const countryNames = new Intl.DisplayNames('en', { type: 'region' });
const number = new Intl.NumberFormat('en');

function find<E extends Element = HTMLElement>(selector: string, within: ParentNode = document): E {
  const element = within.querySelector<E>(selector);
  if (element === null) throw new Error(`The demo page has no ${selector}`);
  return element;
}

function setText(selector: string, text: string, within: ParentNode = document): void {
  const element = find(selector, within);
  if (element.textContent !== text) element.textContent = text;
}

function element(name: string, className: string, text = ''): HTMLElement {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

async function getJson<T>(path: string): Promise<T> {
  const answer = await fetch(path, { headers: { accept: 'application/json' } });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
  return (await answer.json()) as T;
}

const countryName = (code: string | null | undefined): string =>
  code ? (countryNames.of(code) ?? code) : 'Unknown';

/** In the publisher's page: passes the tag's events to the demo page. */
function relay(): void {
  document.addEventListener('signpost', (event) => {
    parent.postMessage({ signpost: (event as CustomEvent).detail }, location.origin);
  });
}

function showSeen({ address, location: seen }: DemoSeen): void {
  const { country, region, city } = seen;
  const place = [city?.replace(/ \(.*\)$/, ''), country && countryName(country)].filter(Boolean).join(', ');
  setText('#seen-place', place || 'An unknown place');
  setText('#seen-address', address ?? 'unknown');
  setText('#seen-country', country ? `${countryName(country)} (${country})` : 'unknown');
  setText('#seen-region', region ?? 'unknown');
  setText('#seen-city', city ?? 'unknown');
}

/** What is known of a zone so far; the parts come from different places, in any order. */
interface ZoneState {
  explanation?: DemoExplanation | undefined;
  decision?: DemoDecision | undefined;
  creative?: DemoCreative | null;
}
const zoneStates = new Map<string, ZoneState>();

const cardOf = (zone: number | string) =>
  document.querySelector<HTMLElement>(`.decision[data-zone="${zone}"]`);

/** Adds to what is known of a card's zone, and shows all of it. */
function learn(card: HTMLElement, news: ZoneState): void {
  const zone = card.dataset['zone'] ?? '';
  const state = { ...zoneStates.get(zone), ...news };
  zoneStates.set(zone, state);
  showDecision(card, state);
  showCandidates(card, state);
}

function showDecision(card: HTMLElement, state: ZoneState): void {
  const { decision, creative } = state;
  const { id, noFill = null, creativeId } = decision ?? {};
  const chip = find('[data-part=state]', card);
  chip.dataset['state'] = decision === undefined ? '' : noFill === null ? 'filled' : 'nofill';
  chip.textContent = decision === undefined ? 'asking…' : noFill === null ? 'filled' : 'no fill';
  const chosen = decision === undefined ? '' : (creative?.lineItem ?? 'A banner');
  setText('[data-part=chosen]', noFill?.replaceAll('_', ' ') ?? chosen, card);
  setText('[data-part=id]', decision === undefined ? '…' : (id ?? '–'), card);
  const number = creativeId === undefined ? 'none' : `number ${creativeId}`;
  const by = creative ? ` by ${creative.advertiser}` : '';
  setText('[data-part=creative]', decision === undefined ? '…' : number + by, card);
  setText('[data-part=reason]', reasonOf(state), card);
}

function reasonOf({ decision, creative, explanation }: ZoneState): string {
  if (decision === undefined) return '…';
  const { noFill } = decision;
  if (noFill !== null) {
    return noFill in noFillReasons
      ? noFillReasons[noFill as keyof typeof noFillReasons]
      : 'The ad did not arrive.';
  }
  return explanation?.candidates.find(({ lineItem }) => lineItem === creative?.lineItem)?.why ?? '…';
}

function showCandidates(card: HTMLElement, { explanation, creative }: ZoneState): void {
  find<HTMLDetailsElement>('details', card).hidden = explanation === undefined;
  const items = explanation?.candidates.map(({ lineItem, matched, why }) => {
    const item = element('li', matched ? 'matched' : '');
    item.classList.toggle('winner', lineItem === creative?.lineItem);
    const words = element('span', '');
    words.append(element('b', '', lineItem), why);
    item.append(words);
    return item;
  });
  find('[data-part=candidates]', card).replaceChildren(...(items ?? []));
}

function askAgain(): void {
  for (const card of document.querySelectorAll<HTMLElement>('.decision')) {
    learn(card, { explanation: undefined, decision: undefined, creative: null });
  }
}

function showCounts(counts: DemoCountsAnswer): void {
  setText('#page-views', number.format(counts.pageViews));
  setText('#impressions', number.format(counts.impressions));
  setText('#visitors', number.format(counts.visitors));
  setText('#country-count', number.format(counts.countries.filter(({ country }) => country !== null).length));
  const shipped = `shipped every ${number.format(counts.shippingEveryMs / 1000)} s`;
  const { lastEventAtMs, nowMs } = counts;
  const age = lastEventAtMs === null ? null : Math.max(0, Math.round((nowMs - lastEventAtMs) / 1000));
  setText(
    '#arrival',
    age === null ? `No event yet, ${shipped}` : `Last event ${ageText(age)} ago, ${shipped}`,
  );
  find('.pulse').classList.toggle('live', age !== null && age < 10);
  showBars(counts.countries);
}

function ageText(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

/** Keeps each country's row, so that its bar moves to the new length instead of being drawn anew. */
function showBars(countries: DemoCountsAnswer['countries']): void {
  const bars = find('#bars');
  const rows = [...countries].sort((one, other) => other.visitors - one.visitors).slice(0, countriesShown);
  const most = rows[0]?.visitors ?? 1;
  const items = rows.map(({ country, visitors }) => {
    const code = country ?? '';
    const item = bars.querySelector<HTMLElement>(`[data-country="${code}"]`) ?? newBar(code);
    setText('.count', number.format(visitors), item);
    requestAnimationFrame(() => find('.track i', item).style.setProperty('--share', String(visitors / most)));
    return item;
  });
  if (items.length !== bars.children.length || items.some((item, index) => bars.children[index] !== item)) {
    bars.replaceChildren(...items);
  }
  find('#bars-empty').hidden = items.length > 0;
}

function newBar(code: string): HTMLElement {
  const item = element('li', '');
  item.dataset['country'] = code;
  const track = element('span', 'track');
  track.ariaHidden = 'true';
  track.append(document.createElement('i'));
  item.append(element('span', 'country', countryName(code)), track, element('span', 'count'));
  return item;
}

async function pollCounts(): Promise<void> {
  if (!document.hidden) {
    try {
      showCounts(await getJson<DemoCountsAnswer>('/demo/counts'));
    } catch {
      setText('#arrival', 'The counts cannot be read at the moment');
      find('.pulse').classList.remove('live');
    }
  }
  setTimeout(pollCounts, pollMs);
}

/** In the demo page. */
function run(): void {
  const site = find<HTMLIFrameElement>('#site');
  let from = document.body.dataset['from'] ?? '';

  const load = async () => {
    askAgain();
    const path = `/demo/site?from=${from}`;
    // Replaced, so that choosing a place adds nothing to the browser's history.
    if (site.src === '') site.src = path;
    else site.contentWindow?.location.replace(path);
    const asked = from;
    const seen = await getJson<DemoSeen>(`/demo/seen?from=${asked}`);
    if (asked !== from) return;
    showSeen(seen);
    setText('#announcement', `Seen from ${find('#seen-place').textContent}`);
    for (const card of document.querySelectorAll<HTMLElement>('.decision')) {
      learn(card, { explanation: seen.explanations?.[card.dataset['zone'] ?? ''] });
    }
  };
  const loadAndTell = () =>
    void load().catch(() => setText('#announcement', 'The location could not be read'));

  addEventListener('message', async ({ origin, source, data }: MessageEvent<{ signpost?: DemoDecision }>) => {
    const decision = data.signpost;
    if (origin !== location.origin || source !== site.contentWindow || decision === undefined) return;
    const card = cardOf(decision.zone);
    if (card === null) return;
    learn(card, { decision, creative: null });
    if (decision.creativeId === undefined) return;
    const creative = await getJson<DemoCreative | null>(`/demo/creative/${decision.creativeId}`).catch(
      () => null,
    );
    if (zoneStates.get(String(decision.zone))?.decision === decision) learn(card, { creative });
  });
  document.addEventListener('change', ({ target }) => {
    if (!(target instanceof HTMLInputElement) || target.name !== 'from') return;
    from = target.value;
    history.replaceState(null, '', `?from=${from}`);
    loadAndTell();
  });
  find('#reload').addEventListener('click', loadAndTell);

  loadAndTell();
  void pollCounts();
}

// The publisher's page loads this script in its head, ahead of the tag, the demo page after its body.
if (location.pathname === '/demo/site') relay();
else run();
