const maxLength = 1024;

/**
 * A page's address as it is kept: scheme, host in lower case, and path, which is `/` where there is none, as in browsers.
 * Query string, fragment, and user name and password are personal data more often than not, and are dropped. Empty
 * where the text is no http(s) address.
 */
export function pageAddress(text: string | undefined): string {
  if (text === undefined || !(text.startsWith('http://') || text.startsWith('https://'))) return '';
  let end = text.length;
  const query = text.indexOf('?');
  if (query >= 0) end = query;
  const fragment = text.indexOf('#');
  if (fragment >= 0 && fragment < end) end = fragment;
  const hostAt = text.indexOf('//') + 2;
  let pathAt = text.indexOf('/', hostAt);
  if (pathAt < 0 || pathAt > end) pathAt = end;
  if (pathAt === hostAt) return '';
  const user = text.lastIndexOf('@', pathAt);
  if (user === pathAt - 1) return '';
  const isKept = user < hostAt && pathAt < end && !hasCapital(text, hostAt, pathAt);
  const whole = isKept
    ? text.slice(0, end)
    : text.slice(0, hostAt) +
      text.slice(Math.max(user + 1, hostAt), pathAt).toLowerCase() +
      (text.slice(pathAt, end) || '/');
  return whole.slice(0, maxLength).toWellFormed();
}

function hasCapital(text: string, from: number, until: number): boolean {
  for (let at = from; at < until; at++) {
    const code = text.charCodeAt(at);
    if (code >= 65 && code <= 90) return true;
  }
  return false;
}

/** A host that parsing leaves as it is; the last label has no digits, so that it is no IPv4 address in any spelling. */
const plainHost = /^https?:\/\/((?:[a-z0-9-]+\.)+[a-z]+)\//;

/**
 * The host name of a page's address, in lower case, without port and without the dot of the root; empty where it has none.
 */
export function hostOf(text: string | undefined): string {
  const address = pageAddress(text);
  if (address === '') return '';
  // Parsing takes ten times as long as this. What is Punycode, or pretends to be, has to be checked.
  const plain = plainHost.exec(address)?.[1];
  if (plain !== undefined && !plain.includes('xn--')) return plain.slice(0, 253);
  return URL.canParse(address) ? new URL(address).hostname.replace(/\.$/, '').slice(0, 253) : '';
}
