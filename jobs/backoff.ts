/** Pause after the first failure; it doubles with each further one, up to the job's longest. */
const firstPauseMs = 5000;

/** How long after `failures` failures in a row the next try comes. */
export function pauseAfter(failures: number, longestMs: number): number {
  return Math.min(longestMs, firstPauseMs * 2 ** Math.min(failures - 1, 30));
}
