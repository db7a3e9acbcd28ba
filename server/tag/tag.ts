/**
 * The page tag: fills every `<ins class="signpost" data-zone="12">` of a page. Uses neither cookies nor storage, talks
 * to nobody but the server it was loaded from, and never throws into the page. docs/tags.md tells how to embed it.
 */
import { show } from './banner.ts';
import { local, script } from './home.ts';
import { type PageOwner, pageViews } from './page-view.ts';
import type { Ad } from './wire.ts';

interface TagAttributes {
  readonly site?: string;
  readonly noPageView?: string;
}
interface SlotAttributes {
  readonly zone?: string;
  readonly width?: string;
  readonly height?: string;
}

function run({ site, noPageView }: TagAttributes): void {
  let owner: PageOwner | undefined;
  const reportPage = noPageView === undefined ? pageViews(() => owner) : () => {};

  /** Reserves the space of the slots that name their size; takes all that nobody took yet, and fills them at once. */
  const scan = () => {
    const { prerendering, readyState } = document as Document & { readonly prerendering?: boolean };
    // One request for a page needs the whole page, and a page that is only being prerendered was not visited.
    const isEarly = prerendering || readyState === 'loading';
    if (site && !isEarly) owner = { site: Number(site) };
    const slots: { element: HTMLElement; zone: number }[] = [];
    for (const element of document.querySelectorAll<HTMLElement>('ins.signpost:not([data-signpost])')) {
      const attributes: SlotAttributes = element.dataset;
      const { width, height } = attributes;
      const zone = Number(attributes.zone);
      if (width && height)
        element.style.cssText += `;display:inline-block;max-width:100%;width:${width}px;height:${height}px`;
      if (isEarly) continue;
      element.setAttribute('data-signpost', 'loading');
      if (zone) {
        slots.push({ element, zone });
        owner ??= { zone };
      }
    }
    if (isEarly) return;
    reportPage();
    if (slots[0])
      fetch(local(`/v1/ad?zones=${slots.map(({ zone }) => zone)}`), { credentials: 'omit' })
        .then((answer) => answer.json())
        .catch(() => [])
        .then((answer: Ad | Ad[]) => {
          // An error's body is no list either, and has no zone.
          const ads = ([] as Ad[]).concat(answer);
          for (const { element, zone } of slots) {
            // -1 >>> 0 is past the end: a zone without an answer.
            show(element, zone, ads.splice(ads.findIndex((ad) => ad.zone === zone) >>> 0, 1)[0]);
          }
        });
  };

  scan();
  document.addEventListener('DOMContentLoaded', scan);
  document.addEventListener('prerenderingchange', scan);
  new MutationObserver(scan).observe(document, {
    subtree: true,
    childList: true,
    attributeFilter: ['data-signpost'],
  });
}

const page = window as typeof window & { signpost?: 1 };
if (script && !page.signpost) {
  page.signpost = 1;
  run(script.dataset);
}
