/**
 * The first value of a parameter in a query string (without its question mark), decoded; undefined where it is not
 * there. A value with broken percent signs is given as it stands.
 */
export function queryValue(query: string, name: string): string | undefined {
  let from = 0;
  while (from <= query.length) {
    let end = query.indexOf('&', from);
    if (end < 0) end = query.length;
    if (query.startsWith(name, from) && query.charCodeAt(from + name.length) === 61) {
      return decoded(query.slice(from + name.length + 1, end));
    }
    from = end + 1;
  }
  return undefined;
}

function decoded(value: string): string {
  if (value.indexOf('%') < 0 && value.indexOf('+') < 0) return value;
  try {
    return decodeURIComponent(value.replaceAll('+', ' '));
  } catch {
    return value;
  }
}
