import { send } from './beacon.ts';

/** Whose page it is: a site, or that of a zone. */
export type PageOwner = { readonly site: number } | { readonly zone: number };

/**
 * Returns the function that takes whose page it is, and reports the page if it was not reported yet; before it was
 * called nothing is sent. Navigations inside a single-page app count when the path changes; a page that comes back
 * from the back/forward cache counts again, as it would without that cache.
 */
export const pageViews = (): ((owner: PageOwner | '' | undefined) => void) => {
  let owner: PageOwner | '' | undefined;
  let reported: string | undefined;
  let { referrer } = document;

  const report = (event?: { readonly persisted?: boolean }) => {
    if (event?.persisted) reported = '';
    const { href, pathname } = location;
    if (!owner || reported === pathname) return;
    // 96 random bits as 16 to 30 digits; `of` because the bundler writes a comment before `new`.
    const id = crypto.getRandomValues(Uint32Array.of(0, 0, 0)).join('');
    send('/v1/page', JSON.stringify({ ...owner, url: href, referrer, id, at: Date.now() }));
    reported = pathname;
    referrer = href;
  };

  for (const name of ['pushState', 'replaceState'] as const) {
    const original = history[name];
    history[name] = (...change) => {
      original.apply(history, change);
      report();
    };
  }
  addEventListener('popstate', report as () => void);
  addEventListener('pageshow', report);
  return (whose) => {
    owner = whose;
    report();
  };
};
