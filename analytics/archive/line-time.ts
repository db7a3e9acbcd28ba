const key = Buffer.from('"time":');

/**
 * The `time` of a log line in milliseconds since 1970, without reading the rest of it; undefined where it has none. A
 * line's own fields come before any text of a visitor's.
 */
export function timeOfLine(line: Buffer): number | undefined {
  const at = line.indexOf(key);
  if (at < 0) return undefined;
  let time = 0;
  let next = at + key.length;
  for (; next < line.length; next++) {
    const digit = (line[next] as number) - 48;
    if (digit < 0 || digit > 9) break;
    time = time * 10 + digit;
  }
  return next === at + key.length ? undefined : time;
}
