const maxLength = 1024;

/**
 * A page's address as it is kept: scheme, host and path. Query string, fragment, and user name and password are
 * personal data more often than not, and are dropped. Empty where the text is no http(s) address.
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
  const whole = user >= hostAt ? text.slice(0, hostAt) + text.slice(user + 1, end) : text.slice(0, end);
  return whole.slice(0, maxLength).toWellFormed();
}

/** The host name of a page's address, in lower case and without port; empty where it has none. */
export function hostOf(text: string | undefined): string {
  const address = pageAddress(text);
  if (address === '') return '';
  return URL.canParse(address) ? new URL(address).hostname.slice(0, 253) : '';
}
