import { send } from './beacon.ts';

/** Whose page it is: a site, or that of a zone. */
export type PageOwner = { readonly site: number } | { readonly zone: number };

/**
 * Returns the function that takes whose page it is, and reports the page if it was not reported yet; before it was
 * called nothing is sent. Navigations inside a single-page app count when the path changes: the browser tells of them, and
 * where it has no Navigation API the caller does, whenever something in the page changes. A page that
 * comes back from the back/forward cache counts again, as it would without that cache.
 */
export const pageViews = (dataset: object): ((owner: PageOwner | '' | undefined) => void) => {
  let owner: PageOwner | '' | undefined;
  let reported: string | undefined;
  let { referrer } = document;

  const report = (event?: { readonly persisted?: boolean }) => {
    if (event?.persisted) reported = '';
    if (!owner || reported === location.pathname) return;
    // The script's attributes go along, as with ads. Random enough for an id: the server takes it together with the visitor number.
    send(
      '/v1/page',
      JSON.stringify({
        ...dataset,
        ...owner,
        url: location.href,
        referrer,
        id: `${Math.random()}`,
        at: Date.now(),
      }),
    );
    reported = location.pathname;
    referrer = location.href;
  };

  (window as Partial<Window>).navigation?.addEventListener('currententrychange', report as () => void);
  addEventListener('pageshow', report);
  return (whose) => {
    owner = whose;
    report();
  };
};
