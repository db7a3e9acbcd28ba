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
}

/**
 * Picks the few headers of interest out of `rawHeaders`, names and values in turn. `request.headers` would build an
 * object of all of them first, which costs more than everything else that is read of a request.
 */
export function readHeaders(raw: readonly string[]): RequestHeaders {
  const headers: RequestHeaders = {
    userAgent: undefined,
    acceptLanguage: undefined,
    referer: undefined,
    forwardedFor: undefined,
    secChUa: undefined,
    purpose: undefined,
  };
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] as string;
    switch (name.length) {
      case 5:
        if (name.toLowerCase() === 'x-moz') headers.purpose = raw[i + 1];
        break;
      case 7: {
        const lower = name.toLowerCase();
        if (lower === 'referer') headers.referer = raw[i + 1];
        else if (lower === 'purpose') headers.purpose = raw[i + 1];
        break;
      }
      case 9:
        if (name.toLowerCase() === 'sec-ch-ua') headers.secChUa = raw[i + 1];
        break;
      case 10:
        if (name.toLowerCase() === 'user-agent') headers.userAgent = raw[i + 1];
        break;
      case 11:
        if (name.toLowerCase() === 'sec-purpose') headers.purpose = raw[i + 1];
        break;
      case 15: {
        const lower = name.toLowerCase();
        if (lower === 'accept-language') headers.acceptLanguage = raw[i + 1];
        else if (lower === 'x-forwarded-for') {
          headers.forwardedFor =
            headers.forwardedFor === undefined ? raw[i + 1] : `${headers.forwardedFor},${raw[i + 1]}`;
        }
        break;
      }
    }
  }
  return headers;
}
