import { createHash } from 'node:crypto';
import type { Audience, AudienceVisitor } from '../../audience/index.ts';
import { consentPurposes, cookieTable, type Purpose, purposes } from '../../audience/purposes.ts';
import type { InventoryIndex } from '../inventory-index.ts';
import type { HeaderList } from '../reply.ts';
import type { Why } from './why.ts';
import type { Language, Words } from './words.ts';

/** Of all pages that visitors see. */
export const pageStyle = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}body{margin:0 auto;max-width:44rem;padding:1rem}h1{font-size:1.5rem}h2{font-size:1.15rem;margin:2rem 0 .5rem}form{margin:.5rem 0}label{display:block;margin:.75rem 0}small{display:block;margin-left:1.6rem;opacity:.8}button{font:inherit;padding:.5rem 1rem;margin:.25rem .5rem .25rem 0;min-width:9rem;border:1px solid currentColor;border-radius:.25rem;background:Canvas;color:CanvasText;cursor:pointer}button:focus-visible,input:focus-visible,a:focus-visible{outline:3px solid Highlight;outline-offset:2px}table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.25rem .75rem .25rem 0;border-bottom:1px solid color-mix(in srgb,currentColor 25%,transparent)}ul{padding-left:0;list-style:none}li form{display:flex;align-items:center;justify-content:space-between;gap:1rem}.table{overflow-x:auto}`;
const styleHash = createHash('sha256').update(pageStyle).digest('base64');

/** The pages have no script at all; any page may put them into a frame, where cookies of its site are to be seen. */
export const pageHeaders: HeaderList = [
  ...['Content-Type', 'text/html; charset=utf-8', 'Cache-Control', 'no-store'],
  'Content-Security-Policy',
  `default-src 'none'; style-src 'sha256-${styleHash}'; form-action 'self'; base-uri 'none'`,
  ...['X-Content-Type-Options', 'nosniff', 'Referrer-Policy', 'same-origin'],
  ...['Cross-Origin-Resource-Policy', 'cross-origin'],
];

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
export const inText = (text: string): string => text.replace(/[&<>"']/g, (char) => escapes[char] as string);

function document(language: Language, title: string, body: string): string {
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex"><title>${inText(title)}</title><style>${pageStyle}</style></head><body><main>${body}</main></body></html>`;
}

interface PageFor {
  readonly audience: Audience;
  readonly visitor: AudienceVisitor;
  readonly inventory: InventoryIndex | undefined;
  readonly language: Language;
  readonly words: Words;
  readonly optsOut: boolean;
  readonly nowMs: number;
}

/** The visitor's choice, interests, cookies and hidden banners, each with what changes it. */
export function privacyPage(page: PageFor): string {
  const { words, language } = page;
  const parts = [
    `<h1>${inText(words.title)}</h1><p>${inText(words.intro)}</p>`,
    page.optsOut ? `<p role="status">${inText(words.optOut)}</p>` : '',
    choiceForm(page),
    interestList(page),
    advertiserList(page),
    hiddenList(page),
    cookieList(page),
  ];
  return document(language, words.title, parts.join(''));
}

const lang = ({ language }: PageFor) => `<input type="hidden" name="lang" value="${language}">`;

function choiceForm(page: PageFor): string {
  const { words, visitor } = page;
  const boxes = consentPurposes.map((name) => {
    const [title, does] = words.purposes[name];
    const checked = (visitor.bits & purposes[name].bit) === 0 ? '' : ' checked';
    return `<label><input type="checkbox" name="${name}"${checked}> ${inText(title)}<small>${inText(does)}</small></label>`;
  });
  const button = (value: string, text: string) =>
    `<button name="all" value="${value}">${inText(text)}</button>`;
  const buttons = button('none', words.refuse) + button('all', words.accept) + button('', words.save);
  return `<form method="post" action="privacy/choice">${lang(page)}${boxes.join('')}${buttons}</form>`;
}

function list(title: string, items: readonly string[], none: string): string {
  const content = items.length === 0 ? `<p>${inText(none)}</p>` : `<ul>${items.join('')}</ul>`;
  return `<section><h2>${inText(title)}</h2>${content}</section>`;
}

function interestList(page: PageFor): string {
  const { words, visitor, audience, language, nowMs } = page;
  const items = (visitor.interests?.categories() ?? []).flatMap((id) => {
    const category = audience.model.category(id);
    if (category === undefined) return [];
    const title = audience.model.title(category.name, language);
    const weight = (visitor.interests?.weight(id, nowMs) ?? 0).toFixed(1);
    return [
      `<li><form method="post" action="privacy/interests/remove">${lang(page)}<input type="hidden" name="category" value="${id}"><span>${inText(title)} <data value="${weight}">(${weight})</data></span><button aria-label="${inText(`${words.remove}: ${title}`)}">${inText(words.remove)}</button></form></li>`,
    ];
  });
  return list(words.interests, items, words.noInterests);
}

function advertiserList(page: PageFor): string {
  const { words, visitor, inventory } = page;
  const items = (visitor.advertisers?.entries ?? []).map(({ advertiser, value }) => {
    const name = inventory?.advertiser(advertiser)?.name ?? `#${advertiser}`;
    const kept = value === '' ? '' : ` <code>${inText(value)}</code>`;
    return `<li><form method="post" action="privacy/advertisers/remove">${lang(page)}<input type="hidden" name="advertiser" value="${advertiser}"><span>${inText(name)}${kept}</span><button aria-label="${inText(`${words.remove}: ${name}`)}">${inText(words.remove)}</button></form></li>`;
  });
  return list(words.advertisers, items, words.noAdvertisers);
}

function hiddenList(page: PageFor): string {
  const { words, visitor, inventory } = page;
  const items = [...(visitor.ads?.hidden ?? [])].map((id) => {
    const text = inventory?.creative(id)?.creative.creative.alt || `#${id}`;
    return `<li><form method="post" action="privacy/show">${lang(page)}<input type="hidden" name="creative" value="${id}"><span>${inText(text)}</span><button aria-label="${inText(`${words.showAgain}: ${text}`)}">${inText(words.showAgain)}</button></form></li>`;
  });
  return list(words.hidden, items, words.noneHidden);
}

function cookieList({ words, visitor, audience }: PageFor): string {
  const title = (name: Purpose) => (name === 'necessary' ? words.necessary : words.purposes[name][0]);
  const rows = visitor.cookiesInBrowser().map(({ kind, isThere }) => {
    const row = cookieTable[kind];
    const cells = [
      audience.cookies.name(kind),
      row.purposes.map(title).join(', '),
      String(row.lifeDays),
      isThere ? words.yes : words.no,
    ];
    return `<tr>${cells.map((cell) => `<td>${inText(cell)}</td>`).join('')}</tr>`;
  });
  const head = words.cookieColumns.map((column) => `<th scope="col">${inText(column)}</th>`).join('');
  const none = visitor.cookiesInBrowser().some(({ isThere }) => isThere)
    ? ''
    : `<p>${inText(words.nothingKept)}</p>`;
  return `<section><h2>${inText(words.cookies)}</h2>${none}<div class="table"><table><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></div></section>`;
}

/** What a banner's mark leads to, where no script shows it. */
export function whyPage(words: Words, language: Language, why: Why, hideAction: string): string {
  const reasons = why.reasons.map(({ text }) => `<li>${inText(text)}</li>`).join('');
  return document(
    language,
    words.ad,
    `<h1>${inText(words.ad)}</h1><p>${inText(words.advertiser)}: ${inText(why.advertiser)}<br>${inText(words.payer)}: ${inText(why.payer)}</p>` +
      `<h2>${inText(words.because)}</h2><ul>${reasons}</ul>` +
      `<form method="post" action="${hideAction}"><input type="hidden" name="lang" value="${language}"><button>${inText(words.hide)}</button></form>` +
      `<p><a href="../privacy?lang=${language}">${inText(words.title)}</a></p>`,
  );
}

/** The answer to somebody who hid an ad without a script. */
export function hiddenPage(words: Words, language: Language, isKept: boolean): string {
  const text = isKept ? words.hiddenForGood : words.hiddenHere;
  return document(
    language,
    words.ad,
    `<p role="status">${inText(text)}</p><p><a href="../privacy?lang=${language}">${inText(words.title)}</a></p>`,
  );
}
