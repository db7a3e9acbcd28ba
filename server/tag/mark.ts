import { showPrivacy } from './privacy-dialog.ts';
import type { SignpostApi } from './wire.ts';

/** "Ad", by language; English elsewhere. */
const labels: Readonly<Record<string, string>> = {
  de: 'Anzeige',
  fr: 'Publicité',
  es: 'Anuncio',
  zh: '廣告',
  ja: '広告',
};

/** What GET /v1/why answers. */
interface Why {
  readonly advertiser: string;
  readonly payer: string;
  readonly reasons: readonly { readonly text: string }[];
  readonly creativeId: number;
  readonly language: string;
  readonly hideUrl: string;
  readonly words: Readonly<
    Record<'ad' | 'advertiser' | 'payer' | 'because' | 'title' | 'hide' | 'close', string>
  >;
}

type Local = (url: string) => string;

/** What goes along with the tag's requests, where the page asks for consent. */
const shared = (): DOMStringMap => (window as { signpost?: SignpostApi }).signpost?.dataset ?? {};

const small = 'font:11px/1.5 system-ui,sans-serif;background:#fffe;color:#000;border:0;cursor:pointer';

/**
 * Puts a mark into the corner of a slot's ad, over it, so that nothing moves. It opens to say whose the ad is and why it
 * is shown here, by the decision that the server signed.
 * @param whyUrl as reached from this page
 */
export function mark(slot: HTMLElement, whyUrl: string): void {
  const local: Local = (url) => url.replace(/^.*\/(?=v1\/)/, whyUrl.replace(/v1\/why\/.*$/, ''));
  const credentials = shared()['consent'] ? 'include' : 'omit';
  const { lang } = document.documentElement;
  const language = lang || navigator.language;
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'signpost-mark';
  button.textContent = labels[language.slice(0, 2).toLowerCase()] ?? 'Ad';
  button.setAttribute('aria-haspopup', 'dialog');
  button.style.cssText = `position:absolute;top:0;right:0;z-index:1;padding:0 .5em;border-radius:0 0 0 .4em;${small}`;
  button.addEventListener('click', async (event) => {
    event.preventDefault();
    const answer = await fetch(`${whyUrl}?lang=${language}${consentQuery()}`, {
      credentials,
    }).catch(() => undefined);
    if (answer?.ok) explain(slot, (await answer.json()) as Why, button, local, credentials);
  });
  if (getComputedStyle(slot).position === 'static') slot.style.position = 'relative';
  slot.append(button);
}

/** As with a request for ads: where the page asks for consent, it says what it knows. */
function consentQuery(): string {
  const { consent, gpp } = shared() as { consent?: string; gpp?: string };
  if (consent === undefined) return '';
  return `&${new URLSearchParams(gpp ? { consent, gpp } : { consent })}`;
}

function explain(
  slot: HTMLElement,
  why: Why,
  button: HTMLElement,
  local: Local,
  credentials: RequestCredentials,
): void {
  const { words } = why;
  const panel = document.createElement('div');
  panel.className = 'signpost-why';
  panel.lang = why.language;
  panel.setAttribute('role', 'dialog');
  panel.setAttribute('aria-label', words.ad);
  panel.tabIndex = -1;
  panel.style.cssText = `position:absolute;inset:0;z-index:2;overflow:auto;padding:.5em .75em;box-sizing:border-box;text-align:left;${small};font-size:13px;background:#fff;cursor:auto`;
  const close = () => {
    panel.remove();
    button.focus();
  };
  const line = (text: string) => {
    const element = document.createElement('div');
    element.textContent = text;
    return element;
  };
  const action = (text: string, run: () => unknown) => {
    const element = document.createElement('button');
    element.type = 'button';
    element.textContent = text;
    element.style.cssText = `${small};font-size:13px;border:1px solid;border-radius:.25em;margin:.4em .4em 0 0;padding:.2em .6em`;
    element.addEventListener('click', run);
    return element;
  };
  const list = document.createElement('ul');
  list.style.cssText = 'margin:0;padding-left:1.2em';
  for (const { text } of why.reasons) {
    const item = document.createElement('li');
    item.textContent = text;
    list.append(item);
  }
  panel.append(
    line(`${words.advertiser}: ${why.advertiser}`),
    line(`${words.payer}: ${why.payer}`),
    line(`${words.because}:`),
    list,
    action(words.hide, () => hide(slot, why, local, credentials)),
    action(words.title, () => showPrivacy(local)),
    action(words.close, close),
  );
  panel.addEventListener('keydown', ({ key }) => key === 'Escape' && close());
  slot.append(panel);
  panel.focus();
}

/** Takes the ad away, and asks the server to keep that; without consent it is kept for this page alone, and so it says. */
async function hide(
  slot: HTMLElement,
  { hideUrl, creativeId, language }: Why,
  local: Local,
  credentials: RequestCredentials,
): Promise<void> {
  const dataset = shared();
  const body = JSON.stringify({ lang: language, consent: dataset['consent'], gpp: dataset['gpp'] });
  const answer = await fetch(local(hideUrl), { method: 'POST', credentials, body }).catch(() => undefined);
  const { text } = ((await answer?.json().catch(() => undefined)) ?? {}) as { text?: string };
  // Goes along with further requests of this page.
  dataset['hide'] = dataset['hide'] ? `${dataset['hide']},${creativeId}` : `${creativeId}`;
  const note = document.createElement('div');
  note.setAttribute('role', 'status');
  note.textContent = text ?? '';
  note.style.cssText = `width:${slot.offsetWidth}px;height:${slot.offsetHeight}px;overflow:auto;padding:.75em;box-sizing:border-box;${small};font-size:13px;cursor:auto`;
  slot.replaceChildren(note);
}
