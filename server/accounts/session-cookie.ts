import type { IncomingMessage } from 'node:http';
import { AppError } from '../errors.ts';
import { sessionMs } from './sessions.ts';

/** Over TLS a name that browsers take from no other host of the same domain, so that none can plant a session. */
const nameOf = (request: IncomingMessage): string =>
  isSecure(request) ? '__Host-signpost_session' : 'signpost_session';

/** Over TLS, also of a proxy. */
const isSecure = ({ socket, headers }: IncomingMessage): boolean =>
  'encrypted' in socket || headers['x-forwarded-proto'] === 'https';

/** What the session's cookie has; undefined where there is none. */
export function sessionToken(request: IncomingMessage): string | undefined {
  const name = nameOf(request);
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const [key, value = ''] = part.trim().split('=');
    if (key === name && /^[\w-]{43}$/.test(value)) return value;
  }
  return undefined;
}

/** `Set-Cookie` that begins a session; without a token, that ends it. Over TLS for TLS alone. */
export function sessionCookie(request: IncomingMessage, token?: string): string {
  const parts = [
    `${nameOf(request)}=${token ?? ''}`,
    'Path=/',
    'HttpOnly',
    'SameSite=Lax',
    `Max-Age=${token === undefined ? 0 : sessionMs / 1000}`,
  ];
  return [...parts, ...(isSecure(request) ? ['Secure'] : [])].join('; ');
}

/**
 * Refuses what another site's page makes a browser send: what a browser sends by itself, like a cookie, must change
 * nothing. A request with `Authorization` cannot come about so. Programs that are no browsers send neither header.
 * @throws AppError `forbidden`
 */
export function refuseCrossSite(request: IncomingMessage): void {
  const { authorization, origin, host, 'sec-fetch-site': site } = request.headers;
  if (authorization !== undefined || ['GET', 'HEAD', 'OPTIONS'].includes(request.method ?? '')) return;
  const own = site === undefined ? origin === undefined || hostOf(origin) === host : isOwn(site);
  if (!own) throw new AppError('forbidden', 'A page of another site may not do this.');
}

/** `none`: typed by the user, not sent by a page. */
const isOwn = (site: string | string[]): boolean => site === 'same-origin' || site === 'none';

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
