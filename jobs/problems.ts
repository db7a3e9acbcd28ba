import type { JobState } from './job-state.ts';

const minuteMs = 60_000;
/** A job that succeeds at its next tries is nobody's business. */
const failuresTold = 3;

/**
 * In words, what is wrong with the jobs; empty where nothing is. A job is late when it has been due for longer than a run
 * may take and a minute.
 */
export function jobProblems(states: readonly JobState[], nowMs: number): string[] {
  return states.flatMap((state) => problemOf(state, nowMs) ?? []);
}

function problemOf(state: JobState, nowMs: number): string | undefined {
  const { name, runningSinceMs, mayTakeMs, failures, latenessS } = state;
  if (runningSinceMs !== undefined && nowMs - runningSinceMs > mayTakeMs + minuteMs) {
    const [ran, may] = [span(nowMs - runningSinceMs), span(mayTakeMs)];
    return `The job "${name}" has been running for ${ran}, and may take ${may}.`;
  }
  const late = latenessS * 1000 > mayTakeMs + minuteMs;
  if (failures >= failuresTold || (failures > 0 && late)) return failing(state);
  return late ? `The job "${name}" is ${span(latenessS * 1000)} late: it ${lastSuccess(state)}.` : undefined;
}

function failing({ name, failures, error = '', nextTryMs, ...state }: JobState): string {
  const times = failures === 1 ? 'once' : `${failures} times in a row`;
  const next = nextTryMs === undefined ? '' : ` Next try: ${instant(nextTryMs)}.`;
  const reason = /[.!?]$/.test(error) ? error : `${error}.`;
  return `The job "${name}" has failed ${times}, and ${lastSuccess(state)}: ${reason}${next}`;
}

function lastSuccess({ lastSuccessMs }: Pick<JobState, 'lastSuccessMs'>): string {
  return lastSuccessMs === undefined ? 'has not succeeded yet' : `last succeeded ${instant(lastSuccessMs)}`;
}

function instant(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** `40 s`, `12 min`, `5 h`, `3 days`. */
function span(ms: number): string {
  if (ms < 2 * minuteMs) return `${Math.round(ms / 1000)} s`;
  if (ms < 120 * minuteMs) return `${Math.round(ms / minuteMs)} min`;
  const hours = ms / (60 * minuteMs);
  return hours < 48 ? `${Math.round(hours)} h` : `${Math.round(hours / 24)} days`;
}
