/** Less than this a clock drifts, or a busy process is late, between two looks. */
const toleranceMs = 2000;
const everyMs = 1000;

/**
 * Calls `onStep` when the wall clock was set, forth or back. What waits for a time of day has to reckon anew then: set
 * back by an hour, a job of every two seconds would be waited for over an hour.
 * @returns ends the watch
 */
export function watchClockSteps(onStep: () => void): () => void {
  const ahead = () => Date.now() - performance.now();
  let last = ahead();
  const timer = setInterval(() => {
    const now = ahead();
    if (Math.abs(now - last) > toleranceMs) onStep();
    last = now;
  }, everyMs).unref();
  return () => clearInterval(timer);
}
