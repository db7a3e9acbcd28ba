import {
  type EventType,
  eventTypes,
  invalidReasonNames,
  type SpoolWriter,
  type Waiter,
} from '../../analytics/index.ts';
import { type NoFillReason, noFillReasons } from '../delivery/no-fill.ts';
import { durationBounds, type Endpoint, endpoints, timedEndpoints, timedOneIn } from './catalogue.ts';
import { type Samples, seriesOf } from './samples.ts';

const index = <Name extends string>(names: readonly Name[]): Readonly<Record<Name, number>> =>
  Object.fromEntries(names.map((name, at) => [name, at])) as Record<Name, number>;

const endpointIndex = index(endpoints);
const typeNames = Object.keys(eventTypes) as EventType[];
const typeIndex = index(typeNames);
const noFillNames = Object.keys(noFillReasons) as NoFillReason[];
const noFillIndex = index(noFillNames);
/** By the index of an endpoint, that of its times; -1: it is not timed. */
const timedAs = endpoints.map((endpoint) =>
  endpoint === 'ad' ? 0 : endpoint === 'impression' || endpoint === 'viewable' ? 1 : -1,
);

/** For each timed endpoint: a count for each bound, one for what is slower than all, and the sum of seconds. */
const perHistogram = durationBounds.length + 2;

/** What a worker counts, as plain sums in arrays: some nanoseconds for each request. */
export class WorkerCounters {
  readonly #requests = new Float64Array(endpoints.length);
  readonly #events = new Float64Array(typeNames.length);
  readonly #invalid = new Float64Array(invalidReasonNames.length);
  readonly #noFill = new Float64Array(noFillNames.length);
  readonly #times = new Float64Array(timedEndpoints.length * perHistogram);
  readonly #spool: SpoolWriter;
  #filled = 0;
  #untilTimed: number = timedOneIn;

  constructor(spool: SpoolWriter) {
    this.#spool = spool;
  }

  /** Counts a request, before it is answered. */
  request(endpoint: Endpoint): void {
    const at = endpointIndex[endpoint];
    this.#requests[at] = (this.#requests[at] as number) + 1;
    if ((timedAs[at] as number) >= 0 && --this.#untilTimed === 0) this.#time(at);
  }

  filled(): void {
    this.#filled++;
  }

  noFill(reason: NoFillReason): void {
    const at = noFillIndex[reason];
    this.#noFill[at] = (this.#noFill[at] as number) + 1;
  }

  /** @param marks a set of `reasonBit` */
  event(type: EventType, marks: number): void {
    const at = typeIndex[type];
    this.#events[at] = (this.#events[at] as number) + 1;
    if (marks !== 0) this.#mark(marks);
  }

  samples(): Samples {
    const samples: Record<string, number> = {};
    const put = (name: string, label: string, names: readonly string[], values: Float64Array) =>
      names.forEach((value, at) => {
        samples[seriesOf(name, { [label]: value })] = values[at] as number;
      });
    put('signpost_requests_total', 'endpoint', endpoints, this.#requests);
    put('signpost_events_total', 'type', typeNames, this.#events);
    put('signpost_invalid_events_total', 'reason', invalidReasonNames, this.#invalid);
    put('signpost_no_fill_total', 'reason', noFillNames, this.#noFill);
    const unfilled = this.#noFill.reduce((sum, count) => sum + count, 0);
    const outcomes = new Float64Array([this.#filled, unfilled]);
    put('signpost_decisions_total', 'outcome', ['filled', 'no_fill'], outcomes);
    for (const [at, endpoint] of timedEndpoints.entries()) this.#putHistogram(samples, endpoint, at);
    return samples;
  }

  #mark(marks: number): void {
    for (let left = marks; left !== 0; ) {
      const at = 31 - Math.clz32(left);
      this.#invalid[at] = (this.#invalid[at] as number) + 1;
      left ^= 1 << at;
    }
  }

  /** Waits in line with the events of this turn: it is told when they are written and their answers go out. */
  #time(endpoint: number): void {
    this.#untilTimed = timedOneIn;
    this.#spool.wait(new Stopwatch(this.#times, (timedAs[endpoint] as number) * perHistogram));
  }

  #putHistogram(samples: Record<string, number>, endpoint: string, at: number): void {
    const name = 'signpost_request_duration_seconds';
    const from = at * perHistogram;
    let below = 0;
    for (const [bound, le] of [...durationBounds, '+Inf'].entries()) {
      below += this.#times[from + bound] as number;
      samples[seriesOf(`${name}_bucket`, { endpoint, le: String(le) })] = below;
    }
    samples[seriesOf(`${name}_sum`, { endpoint })] = this.#times[from + perHistogram - 1] as number;
    samples[seriesOf(`${name}_count`, { endpoint })] = below;
  }
}

class Stopwatch implements Waiter {
  readonly #times: Float64Array;
  readonly #from: number;
  readonly #startedMs = performance.now();

  constructor(times: Float64Array, from: number) {
    this.#times = times;
    this.#from = from;
  }

  written(): void {
    const seconds = (performance.now() - this.#startedMs) / 1000;
    let at = 0;
    while (at < durationBounds.length && seconds > (durationBounds[at] as number)) at++;
    this.#add(this.#from + at, 1);
    this.#add(this.#from + perHistogram - 1, seconds);
  }

  #add(at: number, value: number): void {
    this.#times[at] = (this.#times[at] as number) + value;
  }
}
