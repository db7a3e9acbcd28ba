/** Days after which a location database counts as old: blocks of addresses change hands all the time. */
export const staleAfterDays = 60;

/** Whole days from a build date to `nowMs`; never negative. */
export function ageInDays(buildDate: Date, nowMs: number): number {
  return Math.max(0, Math.floor((nowMs - buildDate.getTime()) / 86_400_000));
}
