import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '../../errors.ts';
import { primaryLanguage } from '../browser.ts';
import type { Delivery } from '../delivery.ts';
import { inText, pageStyle } from '../privacy/privacy-page.ts';
import { type Language, languageOf } from '../privacy/words.ts';
import { queryValue } from '../query.ts';
import { send, sendProblem } from '../reply.ts';
import { accountPage, type PageWords, passwordPage, unsubscribePage, verifyPage } from './page-parts.ts';
import { memberWords } from './words.ts';

const style = `${pageStyle}[hidden]{display:none!important}input,select{font:inherit;display:block;box-sizing:border-box;width:100%;max-width:24rem;padding:.4rem;margin-top:.25rem}input[type=checkbox]{display:inline;width:auto}label small{margin-left:0}dt{font-weight:600}dd{margin:0 0 .5rem;overflow-wrap:anywhere}section{border-top:1px solid color-mix(in srgb,currentColor 25%,transparent);margin-top:1.5rem}[role=status]:empty{display:none}`;
const styleHash = createHash('sha256').update(style).digest('base64');

/** No other page may put them into a frame: what is done there is done on purpose. */
const headers = [
  ...['Content-Type', 'text/html; charset=utf-8', 'Cache-Control', 'no-store'],
  'Content-Security-Policy',
  `default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'sha256-${styleHash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  ...['X-Content-Type-Options', 'nosniff', 'Referrer-Policy', 'no-referrer'],
];

const pages: Readonly<Record<string, (words: PageWords) => string>> = {
  verify: verifyPage,
  email: verifyPage,
  password: passwordPage,
  account: accountPage,
};

/**
 * The pages that mails to members lead to: `/v1/members/page/<what>`, and GET of `/v1/members/unsubscribe`. They have no
 * data: their script asks for it, with the token that stands behind the `#` and so reaches no log.
 */
export function answerMemberPage(
  _delivery: Delivery,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  query: string,
): void {
  const isUnsubscribe = path === '/v1/members/unsubscribe';
  const what = isUnsubscribe ? 'unsubscribe' : path.slice('/v1/members/page/'.length);
  const body = isUnsubscribe ? unsubscribePage : Object.hasOwn(pages, what) ? pages[what] : undefined;
  if (body === undefined) {
    sendProblem(response, new AppError('not_found', 'There is nothing at this address.'));
    return;
  }
  const language = languageOf(
    queryValue(query, 'lang') || primaryLanguage(request.headers['accept-language']),
  );
  const site = /^\d{1,9}$/.exec(queryValue(query, 'site') ?? '')?.[0] ?? '';
  const token = isUnsubscribe ? (queryValue(query, 'token') ?? '').slice(0, 500) : '';
  const script = `${isUnsubscribe ? '../..' : '../../..'}/member-pages.js`;
  const page = { what: what === 'email' ? 'verify' : what, site, token, language, script };
  send(response, 200, headers, document(page, body));
}

interface Page {
  readonly what: string;
  readonly site: string;
  readonly token: string;
  readonly language: Language;
  /** Relative address of its script, so that a proxy's prefix holds. */
  readonly script: string;
}

function document({ what, site, token, language, script }: Page, body: (words: PageWords) => string): string {
  const words = memberWords[language];
  const { over, wrong, tooOften, failed, passwordHint, yes, no, nothing } = words;
  const data = Object.entries({
    ...{
      page: what,
      site,
      token,
      over,
      wrong,
      often: tooOften,
      failed,
      hint: passwordHint,
      yes,
      no,
      nothing,
    },
  }).map(([name, value]) => ` data-${name}="${inText(value)}"`);
  const content = body({ words, language });
  const title = /<h1>(.*?)<\/h1>/.exec(content)?.[1] ?? '';
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex"><title>${title}</title><style>${style}</style></head><body><main${data.join('')}>${content}</main><script src="${script}"></script></body></html>`;
}
