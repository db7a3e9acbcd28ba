import { send } from './beacon.ts';
import type { AdBeacons } from './wire.ts';

/** From this area on (970 × 250) the MRC asks for 30 % of the pixels instead of 50 %. */
const largeAreaPx2 = 242_500;
/** The MRC's polling interval for display ads; ten in a row make the continuous second. */
const pollMs = 100;
const pollsInView = 10;

/**
 * Reports the impression with the first frame in which the browser laid the ad out (so not while it is
 * `display: none`, and not in a tab that was never shown), and the viewable impression after enough of it was in view
 * for one continuous second in a visible tab: 50 %, or 30 % from `largeAreaPx2` on (MRC Viewable Ad Impression
 * Measurement Guidelines 2.0). Each once. Polls only while the ad is in view.
 */
export const watch = (element: Element, areaPx2: number, { impressionUrl, viewableUrl }: AdBeacons): void => {
  const threshold = areaPx2 < largeAreaPx2 ? 0.5 : 0.3;
  let timer: number;
  new IntersectionObserver(
    (entries, observer) => {
      // The newest of what happened since the last time; that anything did starts the second over.
      const newest = entries.pop() as IntersectionObserverEntry;
      if (impressionUrl && newest.boundingClientRect.width) {
        send(impressionUrl);
        impressionUrl = '';
      }
      let polls = 0;
      clearInterval(timer);
      if (newest.intersectionRatio >= threshold)
        timer = setInterval(() => {
          polls = document.hidden ? 0 : polls + 1;
          if (polls < pollsInView) return;
          clearInterval(timer);
          observer.disconnect();
          send(viewableUrl);
        }, pollMs);
    },
    { threshold },
  ).observe(element);
};
