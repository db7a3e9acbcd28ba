/** Quarter-hours of a day. */
export const quartersOfDay = 96;
/** No quarter gets less than this part of the mean: a quiet hour is quiet, and not nothing. */
const floorOfMean = 0.02;
/** As many requests are needed before a curve is believed. */
const leastRequests = 1000;

/** How traffic spreads over a day: which part of it has come by which time of day. */
export class DailyCurve {
  readonly weights: readonly number[];
  /** `#sums[q]` is the part of the day's traffic before quarter q. */
  readonly #sums = new Float64Array(quartersOfDay + 1);

  /** @param weights 96 numbers of 0 or more, not all 0, in any unit */
  constructor(weights: readonly number[]) {
    if (weights.length !== quartersOfDay) throw new RangeError(`a curve has ${quartersOfDay} quarter-hours`);
    this.weights = weights;
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    if (!(total > 0)) throw new RangeError('a curve needs traffic');
    let sum = 0;
    weights.forEach((weight, at) => {
      sum += weight / total;
      this.#sums[at + 1] = sum;
    });
    this.#sums[quartersOfDay] = 1;
  }

  /** @param position 0 at the day's beginning to 1 at its end; within a quarter-hour traffic is taken as even */
  fractionBy(position: number): number {
    const quarters = Math.min(Math.max(position, 0), 1) * quartersOfDay;
    const whole = Math.min(Math.floor(quarters), quartersOfDay - 1);
    const before = this.#sums[whole] as number;
    return before + ((this.#sums[whole + 1] as number) - before) * (quarters - whole);
  }
}

export const flatCurve = new DailyCurve(new Array<number>(quartersOfDay).fill(1));

/**
 * The curve of what was observed: each quarter is smoothed with its neighbours (1:2:1), and none is left empty.
 * undefined where it is too little to go by.
 * @param requests of each quarter of the day, summed over as many days as there are
 */
export function learnCurve(requests: readonly number[]): DailyCurve | undefined {
  const total = requests.reduce((sum, count) => sum + count, 0);
  if (requests.length !== quartersOfDay || total < leastRequests) return undefined;
  const least = (total / quartersOfDay) * floorOfMean;
  const at = (quarter: number) => requests[(quarter + quartersOfDay) % quartersOfDay] ?? 0;
  return new DailyCurve(
    requests.map((count, quarter) => Math.max(least, (at(quarter - 1) + 2 * count + at(quarter + 1)) / 4)),
  );
}
