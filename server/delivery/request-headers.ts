/** The headers that delivery reads; undefined where the request has none of that name. */
export interface RequestHeaders {
  userAgent: string | undefined;
  acceptLanguage: string | undefined;
  referer: string | undefined;
  /** All X-Forwarded-For headers, joined in their order. */
  forwardedFor: string | undefined;
  /** Chromium's client hint of that name. */
  secChUa: string | undefined;
  /** Sec-Purpose, Purpose or X-Moz: what a browser fetches ahead for. */
  purpose: string | undefined;
  cookie: string | undefined;
  /** Sec-Fetch-Mode: `navigate` where a link is followed; scripts cannot set it. */
  fetchMode: string | undefined;
  /** Of the page that asks, where its script does. */
  origin: string | undefined;
  /** Sec-GPC and DNT: 1 is no. */
  gpc: string | undefined;
  dnt: string | undefined;
}

export const noHeaders = (): RequestHeaders => ({
  userAgent: undefined,
  acceptLanguage: undefined,
  referer: undefined,
  forwardedFor: undefined,
  secChUa: undefined,
  purpose: undefined,
  cookie: undefined,
  fetchMode: undefined,
  origin: undefined,
  gpc: undefined,
  dnt: undefined,
});

/**
 * Picks the few headers of interest out of `rawHeaders`, names and values in turn. `request.headers` would build an
 * object of all of them first, which costs more than everything else that is read of a request.
 */
export function readHeaders(raw: readonly string[]): RequestHeaders {
  const headers = noHeaders();
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] as string;
    if (isOfInterest[name.length] === 1) takeHeader(headers, name.toLowerCase(), raw[i + 1] as string);
  }
  return headers;
}

/** The names that are read, in lower case. */
export const headerNames = [
  'dnt',
  'x-moz',
  'cookie',
  'origin',
  'referer',
  'purpose',
  'sec-gpc',
  'sec-ch-ua',
  'user-agent',
  'sec-purpose',
  'sec-fetch-mode',
  'accept-language',
  'x-forwarded-for',
] as const;

/** By the lengths of names that are read. */
const isOfInterest = new Uint8Array(256);
for (const name of headerNames) isOfInterest[name.length] = 1;

/** @param name in lower case */
export function takeHeader(headers: RequestHeaders, name: string, value: string): void {
  switch (name) {
    case 'user-agent':
      headers.userAgent = value;
      break;
    case 'accept-language':
      headers.acceptLanguage = value;
      break;
    case 'x-forwarded-for':
      headers.forwardedFor = headers.forwardedFor === undefined ? value : `${headers.forwardedFor},${value}`;
      break;
    case 'referer':
      headers.referer = value;
      break;
    case 'cookie':
      headers.cookie = headers.cookie === undefined ? value : `${headers.cookie}; ${value}`;
      break;
    case 'sec-ch-ua':
      headers.secChUa = value;
      break;
    case 'sec-fetch-mode':
      headers.fetchMode = value;
      break;
    case 'origin':
      headers.origin = value;
      break;
    case 'sec-gpc':
      headers.gpc = value;
      break;
    case 'dnt':
      headers.dnt = value;
      break;
    case 'sec-purpose':
    case 'purpose':
    case 'x-moz':
      headers.purpose = value;
      break;
  }
}
