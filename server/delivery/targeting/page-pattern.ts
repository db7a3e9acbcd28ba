/**
 * Whether a page's address is a pattern's: `*` stands for any characters, also none. Without a scheme the pattern is
 * for http and https. A host is compared in lower case, and a pattern that is only a host is its first page, as addresses
 * are kept. No regular expression for matching: the pattern is an operator's text, and it has to stay linear.
 */
export function pagePattern(pattern: string): (page: string) => boolean {
  const [start = '', scheme] = /^([a-z]+:\/\/)?[^/*]*/i.exec(pattern) ?? [];
  const bare = scheme === undefined && !pattern.startsWith('*');
  const parts = (start.toLowerCase() + (pattern.slice(start.length) || '/')).split('*');
  return (page) => {
    const schemeEnd = page.indexOf('://');
    return matchesParts(parts, bare && schemeEnd >= 0 ? page.slice(schemeEnd + 3) : page);
  };
}

/** The first part has to begin the text, the last to end it, and those between to follow in their order. */
function matchesParts(parts: readonly string[], text: string): boolean {
  const first = parts[0] as string;
  if (parts.length === 1) return text === first;
  const last = parts.at(-1) as string;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (let i = 1; i < parts.length - 1; i++) {
    const found = text.indexOf(parts[i] as string, at);
    if (found < 0) return false;
    at = found + (parts[i] as string).length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
