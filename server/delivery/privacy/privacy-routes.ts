import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type ConsentSignals,
  cookieTable,
  purposes,
  purposesText,
  querySignals,
} from '../../audience/index.ts';
import { consentPurposes, cookieKinds, everything } from '../../audience/purposes.ts';
import { AppError } from '../../errors.ts';
import { readToken } from '../beacon.ts';
import { primaryLanguage } from '../browser.ts';
import type { Client } from '../client.ts';
import { jsonHeadersFor, withCookies } from '../consented.ts';
import type { Delivery } from '../delivery.ts';
import { creativeOf } from '../preview.ts';
import { queryValue } from '../query.ts';
import { jsonHeaders, send, sendEmpty, sendProblem } from '../reply.ts';
import { readSmallBody } from '../request-body.ts';
import type { Decided } from '../token.ts';
import { hiddenPage, pageHeaders, privacyPage, whyPage } from './privacy-page.ts';
import { whyOf } from './why.ts';
import { type Language, languageOf, languages, type Words } from './words.ts';

const maxBodyBytes = 4096;
/** A page that shows or changes what is kept takes part in consent, whatever its address says. */
const takesPart: ConsentSignals = { consent: '', tcf: undefined, gpp: undefined, hide: undefined };

/** Whether `answerPrivacy` answers this path. */
export function isPrivacyPath(path: string): boolean {
  return (
    path === '/v1/privacy' ||
    path.startsWith('/v1/privacy/') ||
    path.startsWith('/v1/why/') ||
    path.startsWith('/v1/hide/')
  );
}

interface Asked {
  readonly delivery: Delivery;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: string;
}

/** What visitors see and change of themselves. @returns the methods that are allowed, where this one is not */
export function answerPrivacy(
  delivery: Delivery,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  query: string,
): string | undefined {
  const asked = { delivery, request, response, query };
  const get = request.method === 'GET';
  const post = request.method === 'POST';
  if (path.startsWith('/v1/why/')) {
    if (!get) return 'GET';
    answerWhy(asked, path.slice(8));
  } else if (path.startsWith('/v1/hide/')) {
    if (!post) return 'POST';
    answerHide(asked, path.slice(9));
  } else {
    switch (path.slice(11)) {
      case '':
        if (!get) return 'GET';
        answerPage(asked);
        break;
      case '/cookies':
        if (!get) return 'GET';
        send(response, 200, jsonHeaders, JSON.stringify({ items: cookieItems(delivery) }));
        break;
      case '/choice':
        if (get) answerChoice(asked);
        else if (post) changeChoice(asked);
        else return 'GET, POST';
        break;
      case '/interests/remove':
        if (!post) return 'POST';
        change(asked, (client, fields) => client.audience?.removeInterest(Number(fields.get('category'))));
        break;
      case '/advertisers/remove':
        if (!post) return 'POST';
        change(asked, (client, fields) =>
          client.audience?.removeAdvertiser(Number(fields.get('advertiser'))),
        );
        break;
      case '/show':
        if (!post) return 'POST';
        change(asked, (client, fields) => client.audience?.showAgain(Number(fields.get('creative'))));
        break;
      default:
        sendProblem(response, new AppError('not_found', 'There is nothing at this address.'));
    }
  }
  return undefined;
}

/** Every cookie that there can be, for who wants to know before one is set. */
function cookieItems({ audience }: Delivery) {
  return cookieKinds.map((kind) => {
    const { purposes: allowedBy, lifeDays, holds, readers } = cookieTable[kind];
    return {
      name: audience.cookies.name(kind),
      purposes: allowedBy,
      lifeDays,
      holds,
      readableBy: readers,
      httpOnly: true,
      partitioned: audience.cookies.name(kind).startsWith('__Host-'),
    };
  });
}

interface Spoken {
  readonly language: Language;
  readonly words: Words;
}

function wordsFor({ request }: Asked, asked: string | undefined | null): Spoken {
  const header = request.headers['accept-language'];
  const language = languageOf(asked || primaryLanguage(header));
  return { language, words: languages[language] };
}

function clientOf({ delivery, request, response }: Asked, signals: ConsentSignals): Client | undefined {
  const client = delivery.clients.readConsented(request, delivery.now(), signals);
  if (client === undefined) response.destroy();
  return client;
}

function answerPage(asked: Asked): void {
  const { delivery, response, query } = asked;
  const client = clientOf(asked, querySignals(query) ?? takesPart);
  const visitor = client?.audience;
  if (client === undefined || visitor === undefined) return;
  const page = privacyPage({
    ...{ audience: delivery.audience, visitor, inventory: delivery.inventory, nowMs: delivery.now() },
    ...wordsFor(asked, queryValue(query, 'lang')),
    optsOut: client.headers.gpc === '1',
  });
  send(response, 200, withCookies(pageHeaders, visitor), page);
}

/** GET /v1/privacy/choice: what holds for this browser, whether to ask, and the words to ask with. */
function answerChoice(asked: Asked): void {
  const { delivery, response, query } = asked;
  const client = clientOf(asked, querySignals(query) ?? takesPart);
  const visitor = client?.audience;
  if (client === undefined || visitor === undefined) return;
  const { words, language } = wordsFor(asked, queryValue(query, 'lang'));
  const { banner, accept, refuse, more, title, close } = words;
  const ownChoice = /choice|tcf|gpp|site/.test(visitor.consent?.text ?? '');
  const ask =
    !ownChoice && client.headers.gpc !== '1' && delivery.audience.defaultBits(client.location) === 0;
  const body = {
    consent: visitor.consent?.text ?? '',
    ...allowed(visitor.bits),
    ask,
    language,
    words: { banner, accept, refuse, more, title, close },
  };
  send(response, 200, jsonHeadersFor(visitor), JSON.stringify(body));
}

const allowed = (bits: number) =>
  Object.fromEntries(consentPurposes.map((name) => [name, (bits & purposes[name].bit) !== 0]));

/**
 * POST /v1/privacy/choice: a new choice, of JSON like `{"measurement":true}` or of the page's form. What is not allowed
 * any more leaves the browser with the answer.
 */
function changeChoice(asked: Asked): void {
  withFields(asked, (fields, isForm) => {
    const all = fields.get('all');
    let bits = all === 'all' ? everything : 0;
    if (all !== 'all' && all !== 'none')
      for (const name of consentPurposes)
        if (['on', 'true'].includes(fields.get(name) ?? '')) bits |= purposes[name].bit;
    const client = clientOf(asked, { ...takesPart, consent: `choice:${purposesText(bits)}` });
    const visitor = client?.audience;
    if (client === undefined || visitor === undefined) return;
    const { audience } = asked.delivery;
    const keepsRefusal =
      audience.settings.CONSENT_KEEP_REFUSAL === 'on' || audience.defaultBits(client.location) !== 0;
    const kept = bits === 0 && !keepsRefusal ? 'forget' : bits;
    if (isForm) backToPage(asked, client, fields, kept);
    else {
      const body = JSON.stringify({ consent: visitor.consent?.text, ...allowed(visitor.bits) });
      send(asked.response, 200, jsonHeadersFor(visitor, kept), body);
    }
  });
}

/** Changes what the browser keeps, and goes back to the page. */
function change(asked: Asked, apply: (client: Client, fields: URLSearchParams) => void): void {
  withFields(asked, (fields, isForm) => {
    const client = clientOf(asked, { ...takesPart, consent: fields.get('consent') ?? '' });
    if (client?.audience === undefined) return;
    apply(client, fields);
    if (isForm) backToPage(asked, client, fields);
    else send(asked.response, 200, jsonHeadersFor(client.audience), '{}');
  });
}

function backToPage(
  { response }: Asked,
  { audience }: Client,
  fields: URLSearchParams,
  choice?: number | 'forget',
): void {
  const language = languageOf(fields.get('lang') ?? '');
  // Relative, since a proxy may have a prefix: the paths of these forms are one or two levels below.
  const up = response.req.url?.includes('/remove') ? '../../' : '../';
  const headers = ['Location', `${up}privacy?lang=${language}`, 'Cache-Control', 'no-store'];
  sendEmpty(response, 303, [...withCookies(headers, audience, choice), 'Content-Length', '0']);
}

/** GET /v1/why/<token>: whose the ad is, and why it is shown: JSON, or a page for browsers that follow a link. */
function answerWhy(asked: Asked, token: string): void {
  const { delivery, request, response, query } = asked;
  const decided = readToken(delivery, token, delivery.now());
  if (decided instanceof AppError) {
    sendProblem(response, decided);
    return;
  }
  const client = clientOf(asked, querySignals(query) ?? takesPart);
  const visitor = client?.audience;
  if (client === undefined || visitor === undefined) return;
  const { words, language } = wordsFor(asked, queryValue(query, 'lang'));
  const why = whyOf(delivery.inventory, delivery.audience, decided, client, words, language);
  if (request.headers.accept?.includes('text/html')) {
    send(response, 200, withCookies(pageHeaders, visitor), whyPage(words, language, why, `../hide/${token}`));
    return;
  }
  const { ad, advertiser, payer, because, title, hide, close } = words;
  const url = delivery.publicUrl;
  const body = {
    ...why,
    language,
    creativeId: creativeOf(decided),
    privacyUrl: `${url}/v1/privacy?lang=${language}`,
    hideUrl: `${url}/v1/hide/${token}`,
    words: { ad, advertiser, payer, because, title, hide, close },
  };
  send(response, 200, jsonHeadersFor(visitor), JSON.stringify(body));
}

/** The page of an ad that no token tells of; its decision was made again. */
export function answerWhyPage(
  { inventory, audience, signer }: Delivery,
  response: ServerResponse,
  client: Client,
  decided: Decided,
  query: string,
): void {
  const language = languageOf(queryValue(query, 'lang') || client.language);
  const words = languages[language];
  const why = whyOf(inventory, audience, decided, client, words, language);
  send(response, 200, pageHeaders, whyPage(words, language, why, `../hide/${signer.sign(decided)}`));
}

/** POST /v1/hide/<token>: the ad is not shown any more, as far as the browser may keep that. */
function answerHide(asked: Asked, token: string): void {
  const { delivery, response } = asked;
  withFields(asked, (fields, isForm) => {
    const decided = readToken(delivery, token, delivery.now());
    if (decided instanceof AppError) {
      sendProblem(response, decided);
      return;
    }
    const client = clientOf(asked, { ...takesPart, consent: fields.get('consent') ?? '' });
    const visitor = client?.audience;
    if (client === undefined || visitor === undefined) return;
    const isKept = visitor.hide(creativeOf(decided));
    const { words, language } = wordsFor(asked, fields.get('lang'));
    if (isForm) {
      send(response, 200, withCookies(pageHeaders, visitor), hiddenPage(words, language, isKept));
      return;
    }
    const text = isKept ? words.hiddenForGood : words.hiddenHere;
    send(response, 200, jsonHeadersFor(visitor), JSON.stringify({ kept: isKept ? 'browser' : 'page', text }));
  });
}

/**
 * The fields of a form's body or of a JSON object. A form of another site's page is refused: it would change a visitor's
 * own choice in their name. JSON comes from a page's script, and reaches no cookies but those of that page's site.
 */
function withFields(
  { request, response }: Asked,
  read: (fields: URLSearchParams, isForm: boolean) => void,
): void {
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  const site = request.headers['sec-fetch-site'];
  if (isForm && site !== undefined && site !== 'same-origin') {
    sendProblem(response, new AppError('forbidden', 'A page of another site may not do this.'));
    return;
  }
  readSmallBody(request, response, maxBodyBytes, 'A choice', (body) => {
    const text = body.toString('utf8');
    if (isForm) {
      read(new URLSearchParams(text), true);
      return;
    }
    try {
      const parsed: unknown = text === '' ? {} : JSON.parse(text);
      if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
        throw new SyntaxError('no object');
      const entries = Object.entries(parsed).map(([key, value]) => [key, String(value)] as const);
      read(new URLSearchParams(Object.fromEntries(entries)), false);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      sendProblem(response, new AppError('malformed_json', 'The body has to be a JSON object.'));
    }
  });
}
