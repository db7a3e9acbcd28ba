import type { components } from '../../api/schema';

export type Job = components['schemas']['Job'];
export type JobRun = components['schemas']['JobRun'];

export const jobsKey = ['jobs'] as const;
export const runsKey = (name: string) => [...jobsKey, name, 'runs'] as const;

export type JobState = 'running' | 'failing' | 'late' | 'never' | 'fine';

/** The worst that is to be said of a job. A few failures are tried again by themselves. */
export function stateOf({ running, failures, latenessS, mayTakeS, last }: Job): JobState {
  if (running) return 'running';
  if (failures > 0) return 'failing';
  if (latenessS > mayTakeS) return 'late';
  return last === null ? 'never' : 'fine';
}
