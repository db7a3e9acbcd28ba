import { stringifySetCookie } from 'cookie';
import { type CookieKind, cookieTable } from './purposes.ts';

const daySeconds = 86_400;

/**
 * The value of a cookie of ours, with or without the prefix `__Host-`; undefined where the header has none. Plain code:
 * it runs for every request with cookies.
 */
export function cookieValue(header: string, kind: CookieKind): string | undefined {
  const { name } = cookieTable[kind];
  let at = header.indexOf(name);
  while (at >= 0) {
    const valueAt = at + name.length + 1;
    if (header.charCodeAt(valueAt - 1) === 61 && begins(header, at)) {
      const end = header.indexOf(';', valueAt);
      return header.slice(valueAt, end < 0 ? header.length : end).trim();
    }
    at = header.indexOf(name, valueAt);
  }
  return undefined;
}

const hostPrefix = '__Host-';

/** Whether a cookie's name begins here, or with the prefix before. */
function begins(header: string, at: number): boolean {
  const from = header.startsWith(hostPrefix, at - hostPrefix.length) ? at - hostPrefix.length : at;
  return from === 0 || header.charCodeAt(from - 1) === 32 || header.charCodeAt(from - 1) === 59;
}

/**
 * Writes Set-Cookie headers. Over TLS, and on the machine itself, names have the prefix `__Host-`: no other host of the
 * domain can set or read such a cookie. And it is `Partitioned` (CHIPS): of the one site whose page is open, so that
 * nobody, this server included, can follow a visitor from one site to the next. Also where that is this server's own
 * site: whether a frame is inside another site's page cannot be told from its requests. Without TLS browsers take
 * neither, and keep the cookie in pages of the same site alone.
 */
export class CookieWriter {
  readonly #secure: boolean;
  /** What stands around the value, by kind and life. */
  readonly #made = new Map<string, readonly [before: string, after: string]>();

  /** @param publicUrl where browsers reach delivery */
  constructor(publicUrl: string) {
    const { protocol, hostname } = new URL(publicUrl);
    this.#secure = protocol === 'https:' || /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
  }

  /** Name as the browser has it. */
  name(kind: CookieKind): string {
    return (this.#secure ? hostPrefix : '') + cookieTable[kind].name;
  }

  /** @param lifeDays default: that of the table */
  set(kind: CookieKind, value: string, lifeDays = cookieTable[kind].lifeDays): string {
    const [before, after] = this.#around(kind, lifeDays * daySeconds);
    return before + value + after;
  }

  /** Has the browser forget it. */
  clear(kind: CookieKind): string {
    const [before, after] = this.#around(kind, 0);
    return before + after;
  }

  #around(kind: CookieKind, maxAge: number): readonly [string, string] {
    const key = `${kind} ${maxAge}`;
    let around = this.#made.get(key);
    if (around === undefined) {
      const secure = this.#secure;
      const [before = '', after = ''] = stringifySetCookie(this.name(kind), 'value', {
        ...{ path: '/', httpOnly: true, maxAge, secure, partitioned: secure },
        sameSite: secure ? 'none' : 'lax',
      }).split('=value;');
      around = [`${before}=`, `;${after}`];
      this.#made.set(key, around);
    }
    return around;
  }
}
