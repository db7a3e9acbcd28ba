/** What is expected of one day. */
export interface ForecastDay {
  readonly expected: number;
  /** The interval in which nine of ten days lie, if things go on as they went. */
  readonly low: number;
  readonly high: number;
}

/** Fewer days than this tell nothing of a week. */
export const fewestDays = 7;
/** How much of a surprise the level takes over. */
const alpha = 0.3;
const z90 = 1.645;

/**
 * Forecasts the days that follow a series of daily counts: simple exponential smoothing of the level, with a factor for each
 * day of the week, and the interval that follows from its own errors of one day ahead, which widens with the distance
 * (Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd edition, chapter 8).
 * @param history counts of days without a gap, oldest first, at least `fewestDays`
 */
export function forecastDays(history: readonly number[], days: number): ForecastDay[] {
  const factors = weekFactors(history);
  const factorOf = (day: number) => factors[day % 7] ?? 1;
  const plain = history.map((count, day) => (factorOf(day) === 0 ? 0 : count / factorOf(day)));
  const first = plain.slice(0, 7);
  let level = first.reduce((sum, value) => sum + value, 0) / first.length;
  let squares = 0;
  let errors = 0;
  plain.forEach((value, day) => {
    const error = value - level;
    if (day >= 7) {
      squares += error * error;
      errors += 1;
    }
    level += alpha * error;
  });
  // Without a second week the first says how much days differ; counts differ by their square root at least.
  const spread =
    errors > 0 ? squares / errors : first.reduce((sum, value) => sum + (value - level) ** 2, 0) / 7;
  return Array.from({ length: days }, (_, ahead) => {
    const factor = factorOf(history.length + ahead);
    const expected = level * factor;
    const variance = Math.max(spread * factor * factor, expected) * (1 + ahead * alpha * alpha);
    const reach = z90 * Math.sqrt(variance);
    return { expected, low: Math.max(0, expected - reach), high: expected + reach };
  });
}

/** Of each seventh day, how much it has of a mean day; all the same where there are not two weeks. */
function weekFactors(history: readonly number[]): number[] {
  const mean = history.reduce((sum, count) => sum + count, 0) / history.length;
  return Array.from({ length: 7 }, (_, at) => {
    const same = history.filter((_count, day) => day % 7 === at);
    if (history.length < 14 || mean === 0) return 1;
    return same.reduce((sum, count) => sum + count, 0) / same.length / mean;
  });
}
