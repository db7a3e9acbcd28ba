import { local, more } from './home.ts';
import { watch } from './viewability.ts';
import type { Ad, SignpostDetail } from './wire.ts';

/** NaN and 0 are no zone. */
export const zoneOf = (slot: HTMLElement): number => +(slot.dataset['zone'] as string);

/**
 * Puts the ad into its slot once its image has arrived, marks the slot, tells the page by a `signpost` event, and
 * sees to the beacons. Where there is nothing to show, what the site put into the slot stays. No ad: the server gave
 * no answer for this zone.
 */
export const show = (slot: HTMLElement, ad: Ad | undefined): void => {
  const creative = ad?.creative;
  const done = (noFill: string | null = 'unreachable') => {
    slot.dataset['signpost'] = noFill ? 'nofill' : 'filled';
    slot.dispatchEvent(
      new CustomEvent<SignpostDetail>('signpost', {
        bubbles: true,
        detail: { zone: zoneOf(slot), id: ad?.id, noFill, creativeId: creative?.id },
      }),
    );
  };
  if (!creative) {
    done(ad?.noFill);
    return;
  }

  /** Takes an element that is in the page for the ad. */
  const shown = (element: HTMLElement) => {
    watch(element, creative.width * creative.height, ad);
    if (ad.whyUrl) more().then((loaded) => loaded?.mark(slot, local(ad.whyUrl as string)));
    done(null);
  };
  /** Makes of an element a link that fills the slot. */
  const link = (element: HTMLElement) => {
    const anchor = document.createElement('a');
    anchor.target = '_blank';
    anchor.href = local(ad.clickUrl);
    anchor.rel = 'noopener sponsored';
    // Block, so that the slot has no text line whose baseline would move it; no wider than the image, so that nothing
    // beside the image is clicked.
    anchor.style.cssText = 'display:block;width:fit-content';
    anchor.append(element);
    slot.replaceChildren(anchor);
    shown(element);
  };
  if (creative.type === 'image') {
    const image = new Image(creative.width, creative.height);
    image.style.cssText = 'display:block;max-width:100%;height:auto';
    image.srcset = local(creative.srcset ?? '');
    image.onload = () => link(image);
    image.onerror = () => done();
    image.src = local(creative.src);
    image.alt = creative.alt;
  } else more().then((loaded) => (loaded ? loaded.render(slot, creative, local, link, shown) : done()));
};
