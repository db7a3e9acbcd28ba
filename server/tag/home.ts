/** The element that loaded the tag; null where the tag was not loaded by a classic `<script src>`. */
export const script = document.currentScript as HTMLScriptElement | null;

/**
 * The server's URL as reached from this page: what comes before its `/v1/` is replaced by the directory the tag came
 * from, so that a proxy's prefix, or the site's own domain, holds for everything else as well.
 */
export const local = (url: string): string =>
  url.replace(/^.*\/(?=v1\/)/, `${new URL('.', (script as HTMLScriptElement).src)}`);

/** Loads what pages with nothing but images do not need, once; undefined where it does not arrive. */
export const more = (): Promise<typeof import('./more.ts') | undefined> =>
  import(new URL('more.js', (script as HTMLScriptElement).src) as never).catch(() => {});

/** Cookies go along only where the page asks for consent (`consent.ts`); the server sets none without. */
export const credentials: RequestCredentials = script?.dataset['consent'] ? 'include' : 'omit';
