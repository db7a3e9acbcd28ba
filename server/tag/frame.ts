/** The script of `/v1/frame`: shows the decision that the document holds, as the page tag shows one in a page. */
import { show } from './banner.ts';
import type { Ad } from './wire.ts';

const slot = document.querySelector<HTMLElement>('ins.signpost');
const data = document.querySelector('script[type="application/json"]')?.textContent;
if (slot && data) {
  slot.style.cssText = 'display:block;text-decoration:none';
  show(slot, JSON.parse(data) as Ad);
}
