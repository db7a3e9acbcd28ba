/**
 * What the page tag loads where a page needs it: creatives that are no images, slots that wait until they are near the
 * viewport, and slots that are filled anew. A module of its own, so that the tag stays small.
 */
import { attend } from './attend.ts';
import type { ContentCreative, FrameCreative, TextualCreative } from './wire.ts';

attend();

export { mark } from './mark.ts';
export { storage } from './stored-beacons.ts';

type Place = (element: HTMLElement) => void;

/**
 * Shows a creative that is no image.
 * @param local makes the server's URLs this page's
 * @param link makes of an element the slot's link
 * @param shown takes an element that is in the page for the ad
 */
export function render(
  slot: HTMLElement,
  creative: ContentCreative,
  local: (url: string) => string,
  link: Place,
  shown: Place,
): void {
  if (creative.type === 'text' || creative.type === 'native') link(textual(creative, local));
  else frame(slot, creative, local, shown);
}

/**
 * An iframe whose document has an origin that is nobody's: it sees nothing of the page, and the page's visitors lose
 * nothing to it but a click.
 */
function frame(
  slot: HTMLElement,
  { width, height, alt, src }: FrameCreative,
  local: (url: string) => string,
  shown: Place,
): void {
  const element = document.createElement('iframe');
  element.setAttribute('sandbox', 'allow-scripts allow-popups allow-popups-to-escape-sandbox');
  element.width = `${width}`;
  element.height = `${height}`;
  element.title = alt || 'Advertisement';
  element.style.cssText = 'display:block;border:0;max-width:100%';
  element.addEventListener('load', () => shown(element), { once: true });
  element.src = local(src);
  slot.replaceChildren(element);
}

/** By properties and text alone: nothing of it is ever parsed as HTML. Classes are for the site's style sheet. */
function textual(creative: TextualCreative, local: (url: string) => string): HTMLElement {
  const { width, height } = creative;
  const box = document.createElement('span');
  box.className = `signpost-${creative.type}`;
  box.style.cssText = `display:block;box-sizing:border-box;overflow:hidden;width:${width}px;max-width:100%;height:${height}px`;
  const add = (name: string, text: string, style = '') => {
    if (!text) return;
    const part = document.createElement('span');
    part.className = `signpost-${name}`;
    part.style.cssText = `display:block;${style}`;
    part.textContent = text;
    box.append(part);
  };
  if (creative.type === 'text') {
    add('headline', creative.headline, 'font-weight:bold');
    add('body', creative.text);
    return box;
  }
  if (creative.image) {
    const image = new Image();
    image.alt = creative.alt;
    image.className = 'signpost-image';
    image.style.cssText = 'display:block;max-width:100%;max-height:60%';
    image.src = local(creative.image);
    box.append(image);
  }
  add('title', creative.title, 'font-weight:bold');
  add('body', creative.body);
  add('sponsor', creative.sponsor, 'font-size:smaller');
  return box;
}
