/** The shortest time between two ads of one slot; shorter is annoying, and against the rules of most buyers. */
const minRefreshSeconds = 20;
const tickMs = 1000;
/** How far outside of the viewport a lazy slot is asked for. */
const lazyMargin = '200px';

const attended = new WeakSet<Element>();

/** Sees to the page's slots with `data-lazy` and `data-refresh`, those that come later too. To be called once. */
export function attend(): void {
  const look = () => {
    for (const slot of document.querySelectorAll<HTMLElement>('ins.signpost')) {
      if (slot.hasAttribute('data-lazy')) once(slot, waitUntilNear);
      else if (slot.hasAttribute('data-refresh')) once(slot, refreshInView);
    }
  };
  look();
  new MutationObserver(look).observe(document, {
    subtree: true,
    childList: true,
    attributeFilter: ['data-lazy', 'data-refresh'],
  });
}

function once(slot: HTMLElement, action: (slot: HTMLElement) => void): void {
  if (attended.has(slot)) return;
  attended.add(slot);
  action(slot);
}

/** Removing the mark is what has the tag fill a slot. A slot without any size is near nothing until it is laid out. */
function fillAnew(slot: HTMLElement): void {
  slot.setAttribute('data-signpost', 'anew');
  slot.removeAttribute('data-signpost');
}

function waitUntilNear(slot: HTMLElement): void {
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      observer.disconnect();
      // The slot is attended anew by what the change of the attribute sets off: it may refresh as well.
      attended.delete(slot);
      slot.removeAttribute('data-lazy');
      fillAnew(slot);
    },
    { rootMargin: lazyMargin },
  );
  observer.observe(slot);
}

/**
 * Has the slot filled anew after so many seconds in which half of its ad was in view in a visible tab. Seconds out of
 * view do not count, and a slot that got no ad is left alone.
 */
function refreshInView(slot: HTMLElement): void {
  let inView = false;
  let seconds = 0;
  const observer = new IntersectionObserver(
    (entries) => {
      inView = (entries.at(-1)?.intersectionRatio ?? 0) >= 0.5;
    },
    { threshold: 0.5 },
  );
  observer.observe(slot);
  const timer = setInterval(() => {
    const wanted = slot.getAttribute('data-refresh');
    if (!slot.isConnected || wanted === null) {
      clearInterval(timer);
      observer.disconnect();
      attended.delete(slot);
      return;
    }
    if (!inView || document.hidden || slot.getAttribute('data-signpost') !== 'filled') return;
    seconds += 1;
    if (seconds < Math.max(Number(wanted) || 0, minRefreshSeconds)) return;
    seconds = 0;
    fillAnew(slot);
  }, tickMs);
}
