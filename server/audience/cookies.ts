import { stringifySetCookie } from 'cookie';
import { type CookieKind, cookieKinds, cookieTable } from './purposes.ts';

const daySeconds = 86_400;

/** The values of our cookies in a header, with or without the prefix `__Host-`. */
type Values = { [kind in CookieKind]: string | undefined };

const noValues = (): Values => ({
  choice: undefined,
  visitor: undefined,
  interests: undefined,
  ads: undefined,
  advertisers: undefined,
  member: undefined,
});

/** What the names of all of our cookies begin with. */
const namePrefix = 'signpost-';
const kindByName = new Map(cookieKinds.map((kind) => [cookieTable[kind].name, kind]));

/** Of the header that was read last: a request asks for several values of its own, and requests are read one by one. */
let lastHeader = '';
let lastValues = noValues();

/** The value of a cookie of ours, the first of that name; undefined where the header has none. */
export function cookieValue(header: string, kind: CookieKind): string | undefined {
  if (header !== lastHeader) {
    lastValues = readValues(header);
    lastHeader = header;
  }
  return lastValues[kind];
}

function readValues(header: string): Values {
  const values = noValues();
  let at = header.indexOf(namePrefix);
  while (at >= 0) {
    const equals = header.indexOf('=', at + namePrefix.length);
    if (equals < 0) break;
    const kind = begins(header, at) ? kindByName.get(header.slice(at, equals)) : undefined;
    if (kind !== undefined && values[kind] === undefined) {
      const end = header.indexOf(';', equals);
      values[kind] = header.slice(equals + 1, end < 0 ? header.length : end).trim();
    }
    at = header.indexOf(namePrefix, kind === undefined ? at + namePrefix.length : equals + 1);
  }
  return values;
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
