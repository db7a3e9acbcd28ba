import { SingleBar } from 'cli-progress';

/** Work that is done before this is not worth a bar. */
const showAfterMs = 700;
/** The bar nears its end as work goes on; this long brings it half way. */
const halfWayMs = 5000;

/**
 * Shows on a terminal that work goes on. How much of a query is left nobody knows: the bar fills by time, slower and
 * slower, beside the seconds that have passed.
 */
export async function withProgress<Result>(label: string, work: () => Promise<Result>): Promise<Result> {
  if (!process.stderr.isTTY) return work();
  const bar = new SingleBar({
    format: `${label} [{bar}] {seconds} s`,
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: true,
  });
  const started = Date.now();
  let shown = false;
  const timer = setInterval(() => {
    const passedMs = Date.now() - started;
    if (passedMs < showAfterMs) return;
    const share = passedMs / (passedMs + halfWayMs);
    const payload = { seconds: Math.round(passedMs / 1000) };
    if (shown) bar.update(share, payload);
    else bar.start(1, share, payload);
    shown = true;
  }, 100);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    if (shown) bar.stop();
  }
}
