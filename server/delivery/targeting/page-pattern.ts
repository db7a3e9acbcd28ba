/**
 * Whether a page's address is a pattern's: `*` stands for any characters, also none. Without a scheme the pattern is
 * for http and https. No regular expression: the pattern is an operator's text, and matching has to stay linear.
 */
export function pagePattern(pattern: string): (page: string) => boolean {
  const bare = !pattern.includes('://') && !pattern.startsWith('*');
  const parts = pattern.split('*');
  return (page) => {
    const scheme = page.indexOf('://');
    return matchesParts(parts, bare && scheme >= 0 ? page.slice(scheme + 3) : page);
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
