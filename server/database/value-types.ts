/**
 * Types that the two drivers read differently, or into something awkward. Both are told to read them like this, so
 * that a row looks the same whichever database it came from.
 */
export const valueParsers: Readonly<Record<number, (text: string) => unknown>> = {
  /** int8: ours are counters and ids, far below 2^53. */
  20: Number,
  /** date: `YYYY-MM-DD`. A Date object would be midnight in some time zone. */
  1082: (text) => text,
};
