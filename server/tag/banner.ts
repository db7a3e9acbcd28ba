import { local } from './home.ts';
import { watch } from './viewability.ts';
import type { Ad, SignpostDetail } from './wire.ts';

/**
 * Puts the banner into its slot once its image has arrived, marks the slot, tells the page by a `signpost` event, and
 * sees to the beacons. Where there is nothing to show, what the site put into the slot stays. No ad: the server gave
 * no answer for this zone.
 */
export function show(slot: HTMLElement, zone: number, ad: Ad | undefined): void {
  const done = (noFill: string | null) => {
    slot.setAttribute('data-signpost', noFill ? 'nofill' : 'filled');
    slot.dispatchEvent(
      new CustomEvent<SignpostDetail>('signpost', {
        bubbles: true,
        detail: { zone, id: ad?.id, noFill, creativeId: ad?.creative?.id },
      }),
    );
  };
  if (!ad?.creative?.src) {
    done(ad?.noFill ?? 'unreachable');
    return;
  }

  const { creative } = ad;
  const image = new Image(creative.width, creative.height);
  image.alt = creative.alt;
  image.style.cssText = 'display:block;max-width:100%;height:auto';
  image.onload = () => {
    const link = document.createElement('a');
    link.href = local(ad.clickUrl);
    link.target = '_blank';
    link.rel = 'noopener sponsored';
    // Block, so that the slot has no text line whose baseline would move it; no wider than the image, so that nothing
    // beside the image is clicked.
    link.style.cssText = 'display:block;width:fit-content';
    link.append(image);
    slot.replaceChildren(link);
    watch(image, creative.width * creative.height, ad);
    done(null);
  };
  image.onerror = () => done('unreachable');
  image.src = local(ad.creative.src);
}
