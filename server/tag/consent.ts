/**
 * The script of pages that ask for consent, in place of the page tag, which it loads once it knows what is allowed. It
 * listens to the page, to TCF and GPP, and asks by a banner of its own where the page wants that. What it hears is in the
 * tag's `data-consent`, and so goes along with every request. It stores nothing: what is kept are the server's cookies.
 */
import { allowedByTcf, consentPurposes, purposes } from '../audience/purposes.ts';
import { askForConsent } from './consent-banner.ts';
import { local, script } from './home.ts';
import { showPrivacy } from './privacy-dialog.ts';
import type { ConsentChoice, SignpostApi } from './wire.ts';

/** What GET and POST /v1/privacy/choice answer, as far as it is used here. */
export interface ChoiceAnswer {
  readonly ask: boolean;
  readonly language: string;
  readonly words: Readonly<Record<'banner' | 'accept' | 'refuse' | 'more' | 'title' | 'close', string>>;
}

// biome-ignore lint/suspicious/noExplicitAny: each command answers in a form of its own
type Command = (command: string, ...rest: any[]) => void;
interface ConsentWindow {
  signpost?: SignpostApi;
  __tcfapi?: Command;
  __gpp?: Command;
}

/** Ads wait no longer than this for what a consent platform has to say. */
const platformMs = 500;
/** Nobody has said anything: the server goes by what the browser keeps, and by the region. */
const unsaid = 'ask';

const textOf = (bits: number) =>
  consentPurposes.filter((name) => (bits & purposes[name].bit) !== 0).join(',') || 'none';
const bitsOf = (choice: ConsentChoice) =>
  consentPurposes.reduce((bits, name) => (choice[name] ? bits | purposes[name].bit : bits), 0);

/** The tag's element, not in the page yet: its attributes are what goes along with requests. */
const tag = document.createElement('script');
const choiceUrl = () => local('/v1/privacy/choice');
const tagUrl = () => local('/v1/../tag.js');

function set(text: string): void {
  tag.dataset['consent'] = text;
  // Ads that are there already have the advertiser's handle behind the token.
  if (!text.includes('advertisers') && text !== unsaid)
    for (const link of document.querySelectorAll<HTMLAnchorElement>('ins.signpost a'))
      link.href = link.href.replace(/~[\w-]+/, '');
  if (text.includes('measurement') || text === unsaid) return;
  // Events that an earlier page stored, with a consent that there is no more.
  delete tag.dataset['storage'];
  try {
    localStorage.removeItem('signpost');
  } catch {
    // The browser lets nothing be stored.
  }
}

/** From now on, for what the server keeps in the browser too, and for later pages. */
function choose(choice: ConsentChoice, source: 'site' | 'choice'): Promise<unknown> {
  set(`${source}:${textOf(bitsOf(choice))}`);
  return fetch(choiceUrl(), {
    method: 'POST',
    credentials: 'include',
    body: JSON.stringify(choice),
    keepalive: true,
  }).catch(() => undefined);
}

/** Has the server take from the browser what is not allowed any more, and put there what is. */
function apply(): Promise<unknown> {
  const question = new URLSearchParams({ ...tag.dataset } as Record<string, string>);
  const signal = AbortSignal.timeout(platformMs);
  return fetch(`${choiceUrl()}?${question}`, { credentials: 'include', signal }).catch(() => {});
}

function preload(): void {
  const link = document.createElement('link');
  Object.assign(link, { rel: 'preload', as: 'script', href: tagUrl() });
  document.head.append(link);
}

/** Asks, where nobody has answered yet and the region wants it. Ads do not wait: they come by region and page. */
async function ask(): Promise<void> {
  const { lang } = document.documentElement;
  const url = `${choiceUrl()}?lang=${lang || navigator.language}`;
  const answer = await fetch(url, { credentials: 'include' }).catch(() => undefined);
  if (!answer?.ok) return;
  const { ask: isWanted, ...texts } = (await answer.json()) as ChoiceAnswer;
  if (!isWanted) return;
  askForConsent(
    texts,
    (choice) => void choose(choice, 'choice'),
    () => showPrivacy(local),
  );
}

async function start({ dataset }: HTMLScriptElement, page: ConsentWindow): Promise<void> {
  Object.assign(tag.dataset, dataset);
  const early = page.signpost?.choice;
  page.signpost = {
    ...page.signpost,
    choice: undefined,
    consent: (choice) => choose(choice, 'site'),
    privacy: () => showPrivacy(local),
    dataset: tag.dataset,
  };
  set(unsaid);
  const platforms = [listenTcf(page), listenGpp(page)].filter((heard) => heard !== undefined);
  if (early) await choose(early, 'site');
  else if (platforms.length > 0) {
    await Promise.race([...platforms, new Promise((resolve) => void setTimeout(resolve, platformMs))]);
    // Page view and ads are asked for at once, and would each get a visitor number of its own. The tag loads meanwhile.
    if (!tag.dataset['consent']?.endsWith(':none')) {
      preload();
      await apply();
    }
  } else if (dataset['consent'] === 'ask') void ask();
  tag.src = tagUrl();
  document.head.append(tag);
}

interface TcData {
  readonly eventStatus?: string;
  readonly gdprApplies?: boolean;
  readonly purpose?: { readonly consents?: Readonly<Record<string, boolean>> };
}

/** IAB TCF 2.x, through the page's own platform, which has decoded the string. Undefined where there is none. */
function listenTcf({ __tcfapi }: ConsentWindow): Promise<unknown> | undefined {
  return (
    __tcfapi &&
    new Promise((resolve) => {
      __tcfapi('addEventListener', 2, (data: TcData, success: boolean) => {
        if (success && data.gdprApplies !== false) {
          const isAsking = data.eventStatus === 'cmpuishown';
          const consents = data.purpose?.consents ?? {};
          set(`tcf:${textOf(isAsking ? 0 : allowedByTcf((purpose) => consents[purpose] === true))}`);
          if (data.eventStatus === 'useractioncomplete') void apply();
        }
        resolve(0);
      });
    })
  );
}

interface GppEvent {
  readonly eventName: string;
  readonly pingData: { readonly signalStatus?: string; readonly gppString?: string };
}

/** IAB GPP: the string goes along, and the server decodes each but once. Undefined where there is no platform. */
function listenGpp({ __gpp }: ConsentWindow): Promise<unknown> | undefined {
  const { dataset } = tag;
  return (
    __gpp &&
    new Promise((resolve) => {
      const hear = ({ signalStatus, gppString }: GppEvent['pingData']) => {
        if (signalStatus === 'ready' && gppString) {
          const isNew = dataset['gpp'] !== undefined && dataset['gpp'] !== gppString;
          dataset['gpp'] = gppString;
          if (isNew) void apply();
        }
        resolve(0);
      };
      __gpp('addEventListener', (event: GppEvent) => hear(event.pingData));
      __gpp('ping', hear);
    })
  );
}

const once = window as { signpostConsent?: 1 };
if (script && !once.signpostConsent) {
  once.signpostConsent = 1;
  void start(script, window as ConsentWindow);
}
