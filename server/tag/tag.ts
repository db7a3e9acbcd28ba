/**
 * The page tag: fills every `<ins class="signpost" data-zone="12">` of a page. Uses no cookies and no storage unless the
 * page asks for it, talks to nobody but the server it was loaded from, and never throws into the page. docs/tags.md tells
 * how to embed it.
 */
import { show, zoneOf } from './banner.ts';
import { store } from './beacon.ts';
import { credentials, local, more, script } from './home.ts';
import { type PageOwner, pageViews } from './page-view.ts';
import type { Ad } from './wire.ts';

interface TagAttributes {
  readonly consent?: string;
  readonly site?: string;
  readonly noPageView?: string;
  readonly storage?: string;
}
interface SlotAttributes {
  readonly width?: string;
  readonly height?: string;
  readonly lazy?: string;
  readonly refresh?: string;
}

type Prerendered = Document & { readonly prerendering?: boolean };

const run = ({ dataset }: { readonly dataset: TagAttributes }): void => {
  let owner: PageOwner | '' | undefined = dataset.site && { site: +dataset.site };
  const reportPage = dataset.noPageView == null && pageViews(dataset);
  const from = document.referrer.split('/', 3).join('/');
  if (dataset.storage != null) store();

  /** Reserves the space of the slots that name their size; takes all that nobody took yet, and fills them at once. */
  const scan = () => {
    // One request for a page needs the whole page, and a page that is only being prerendered was not visited.
    const isEarly = (document as Prerendered).prerendering || document.readyState === 'loading';
    const slots: HTMLElement[] = [];
    for (const slot of document.querySelectorAll<HTMLElement>('ins.signpost:not([data-signpost])')) {
      const { width, height, lazy, refresh }: SlotAttributes = slot.dataset;
      if (width && height)
        slot.style.cssText += `;display:inline-block;max-width:100%;width:${width}px;height:${height}px`;
      if ((lazy ?? refresh) != null) more();
      if (isEarly || lazy != null) continue;
      slot.dataset['signpost'] = 'loading';
      if (zoneOf(slot)) {
        slots.push(slot);
        owner ||= { zone: zoneOf(slot) };
      }
    }
    if (isEarly) return;
    if (reportPage) reportPage(owner);
    if (slots[0]) {
      // The script's attributes go along, of which the server reads `kv`. Of the page's address it keeps no query. Of the
      // page before, nothing but the site goes there, and nothing where it is this one.
      const question = {
        ...dataset,
        zones: slots.map(zoneOf),
        kvs: slots.map((slot) => slot.dataset['kv']).join(';'),
        url: location.href,
        ref: from === location.origin ? '' : from,
      } as object;
      fetch(local(`/v1/ad?${new URLSearchParams(question as Record<string, string>)}`), { credentials })
        .then((answer) => answer.json())
        .catch(() => [])
        // In the order asked. An error's body is no list, and has nothing at an index.
        .then((ads: Ad[]) => slots.map((slot, at) => show(slot, ads[at])));
    }
  };

  scan();
  document.addEventListener('readystatechange', scan);
  document.addEventListener('prerenderingchange', scan);
  new MutationObserver(scan).observe(document, {
    attributeFilter: ['data-signpost'],
    childList: true,
    subtree: true,
  });
};

const here = window as { signpostTag?: 1 };
// Also included twice, it acts once.
if (script && !here.signpostTag) {
  here.signpostTag = 1;
  run(script);
}
