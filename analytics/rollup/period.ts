/** A counting period: one hour UTC. Marks and attribution go by the events' origin, rollups by their time. */
export const periodMs = 3_600_000;

/** The rollup's finest grain: the hours and days of every time zone in use begin on a quarter of an hour. */
export const quarterMs = 900_000;

export const dayMs = 86_400_000;

/**
 * A period is closed so long after its end: what comes later makes it anew. Long enough for the spool's segments to
 * be sealed and shipped in the ordinary course.
 */
export const closingGraceMs = 600_000;

/** The end of the last closed period, as milliseconds since 1970. */
export function closedUntil(nowMs: number, graceMs = closingGraceMs): number {
  return Math.floor((nowMs - graceMs) / periodMs) * periodMs;
}

/** Offsets from UTC by parts of an hour that time zones have; all whole hours are in use as well. */
const offsetsInPart = [-570, -210, -150, 210, 270, 330, 345, 390, 525, 570, 630, 690, 765, 825];

/** Minutes after midnight UTC at which a day begins somewhere. Midnight itself is left out: UTC days have rows. */
export const localDayMinutes: readonly number[] = [
  ...Array.from({ length: 23 }, (_, hour) => (hour + 1) * 60),
  ...offsetsInPart.map((offset) => (2 * 1440 - offset) % 1440),
].sort((a, b) => a - b);
