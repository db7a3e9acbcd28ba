import { inText } from '../privacy/privacy-page.ts';
import { type Language, languages } from '../privacy/words.ts';
import type { MemberWords } from './words.ts';

/** What a page is written with. */
export interface PageWords {
  readonly words: MemberWords;
  readonly language: Language;
}

const languageNames: Readonly<Record<Language, string>> = {
  ...{ en: 'English', de: 'Deutsch', fr: 'Français', es: 'Español', 'zh-TW': '繁體中文', ja: '日本語' },
};

interface FormParts {
  readonly button: string;
  /** Said when it has worked. */
  readonly done?: string;
  readonly fields?: string;
  /** Whether its fields go then. */
  readonly once?: boolean;
}

function form(name: string, { button, done = '', fields = '', once = false }: FormParts): string {
  return `<form method="post" data-form="${name}" data-done="${inText(done)}"${once ? ' data-once=""' : ''}>${fields}<button>${inText(button)}</button><p role="status"></p></form>`;
}

function field(label: string, name: string, type: string, complete: string, hint = ''): string {
  const least = complete === 'new-password' ? ' minlength="12"' : '';
  const small = hint === '' ? '' : `<small>${inText(hint)}</small>`;
  return `<label>${inText(label)}${small}<input name="${name}" type="${type}" autocomplete="${complete}" required${least}></label>`;
}

const heading = (text: string): string => `<h2>${inText(text)}</h2>`;
const paragraph = (text: string): string => `<p>${inText(text)}</p>`;

export function verifyPage({ words: { verify } }: PageWords): string {
  const parts = { button: verify.button, done: verify.done, once: true };
  return `<h1>${inText(verify.title)}</h1>${paragraph(verify.ask)}${form('verify', parts)}`;
}

export function unsubscribePage({ words: { unsubscribe } }: PageWords): string {
  const parts = { button: unsubscribe.button, done: unsubscribe.done, once: true };
  return `<h1>${inText(unsubscribe.title)}</h1>${paragraph(unsubscribe.ask)}${form('unsubscribe', parts)}`;
}

export function passwordPage({ words }: PageWords): string {
  const { reset, newPassword, passwordHint } = words;
  const fields = field(newPassword, 'password', 'password', 'new-password', passwordHint);
  const parts = { button: reset.button, done: reset.done, fields, once: true };
  return `<h1>${inText(reset.title)}</h1>${form('password', parts)}`;
}

/** Everything that members can do with what is kept of them; what needs a sign-in is hidden until then. */
export function accountPage({ words, language }: PageWords): string {
  const { about } = words;
  return (
    `<h1>${inText(about.title)}</h1>${paragraph(about.intro)}` +
    `<div data-part="out" hidden>${signedOut(words)}</div>` +
    `<div data-part="in" hidden>${signedIn(words, language)}</div>` +
    `<p data-part="erased" tabindex="-1" role="status" hidden>${inText(words.erase.done)}</p>`
  );
}

function signedOut({ signIn, email, password, forgotten }: MemberWords): string {
  const address = field(email, 'email', 'email', 'username');
  const fields = address + field(password, 'password', 'password', 'current-password');
  return (
    heading(signIn) +
    form('sign-in', { button: signIn, fields }) +
    `<section>${heading(forgotten.title)}${form('forgotten', { button: forgotten.button, done: forgotten.done, fields: address })}</section>`
  );
}

function signedIn(words: MemberWords, language: Language): string {
  const sections = [
    `${heading(words.data)}<dl${labels(words)}></dl>${heading(words.signIns)}<ul data-list="sign-ins"></ul>`,
    correct(words, language),
    news(words),
    changePassword(words),
    heading(words.export.title) +
      paragraph(words.export.ask) +
      form('export', { button: words.export.button }),
    erase(words),
  ];
  return (
    form('sign-out', { button: words.signOut }) +
    sections.map((each) => `<section>${each}</section>`).join('')
  );
}

/** What the script writes before each thing that is kept; what a site keeps beside it has the site's own names. */
function labels({ email, correct: { name, language }, createdAt, verifiedAt, news }: MemberWords): string {
  const said = {
    email,
    name,
    language,
    news: news.title,
    'created-at': createdAt,
    'verified-at': verifiedAt,
  };
  return Object.entries(said)
    .map(([key, text]) => ` data-${key}="${inText(text)}"`)
    .join('');
}

function correct(
  { correct: { title, name, language: label, button }, saved }: MemberWords,
  language: Language,
): string {
  const options = Object.keys(languages).map(
    (code) =>
      `<option value="${code}"${code === language ? ' selected' : ''} lang="${code}">${languageNames[code as Language]}</option>`,
  );
  const fields =
    `<label>${inText(name)}<input name="name" autocomplete="name" maxlength="200"></label>` +
    `<label>${inText(label)}<select name="language">${options.join('')}</select></label>`;
  return heading(title) + form('correct', { button, done: saved, fields });
}

function news({ news: { title, on, off, optIn, optOut } }: MemberWords): string {
  return (
    heading(title) +
    `<div data-part="news-on" hidden>${paragraph(on)}${form('news-out', { button: optOut })}</div>` +
    `<div data-part="news-off" hidden>${paragraph(off)}${form('news-in', { button: optIn })}</div>`
  );
}

function changePassword({
  changePassword: title,
  currentPassword,
  newPassword,
  passwordHint,
  saved,
}: MemberWords) {
  const fields =
    field(currentPassword, 'current', 'password', 'current-password') +
    field(newPassword, 'password', 'password', 'new-password', passwordHint);
  return heading(title) + form('change-password', { button: title, done: saved, fields });
}

function erase({ erase: { title, ask, confirm, button }, password }: MemberWords): string {
  const fields =
    field(password, 'password', 'password', 'current-password') +
    `<label><input type="checkbox" name="sure" required> ${inText(confirm)}</label>`;
  return heading(title) + paragraph(ask) + form('erase', { button, fields });
}
