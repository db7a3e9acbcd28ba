import { tzOffset } from '@date-fns/tz';

const dayMs = 86_400_000;

/** A calendar day somewhere: half-open, and 23 or 25 hours long where the clocks are changed. */
export interface LocalDay {
  /** Days since 1970-01-01 of the local calendar. */
  readonly number: number;
  readonly startMs: number;
  readonly endMs: number;
}

/** Days that one zone keeps: a plan asks for those of its start, of now and of its end. */
const keptDays = 16;

/** Finds the calendar days of one time zone. Days that were found before are answered without asking for offsets. */
export class LocalDays {
  readonly #timeZone: string;
  /** The one found last is first. */
  readonly #found: LocalDay[] = [];

  /** @param timeZone an IANA name */
  constructor(timeZone: string) {
    this.#timeZone = timeZone;
  }

  dayOf(timeMs: number): LocalDay {
    for (const day of this.#found) {
      if (timeMs >= day.startMs && timeMs < day.endMs) return day;
    }
    let number = Math.floor((timeMs + this.#offsetMs(timeMs)) / dayMs);
    // Where midnight itself is skipped or comes twice, the day that the offset names may be the neighbour.
    if (timeMs < this.#startOf(number)) number--;
    else if (timeMs >= this.#startOf(number + 1)) number++;
    const day = { number, startMs: this.#startOf(number), endMs: this.#startOf(number + 1) };
    if (this.#found.unshift(day) > keptDays) this.#found.pop();
    return day;
  }

  #startOf(number: number): number {
    const guess = number * dayMs - this.#offsetMs(number * dayMs);
    return number * dayMs - this.#offsetMs(guess);
  }

  #offsetMs(timeMs: number): number {
    const minutes = tzOffset(this.#timeZone, new Date(timeMs));
    return Number.isFinite(minutes) ? minutes * 60_000 : 0;
  }
}
