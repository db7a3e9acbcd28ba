import type { CapRule, SeenAds } from '../delivery/caps.ts';

const minuteMs = 60_000;
/** Subjects with the newest times are kept, and of each the newest times. */
const maxSubjects = 24;
const maxTimes = 8;
const maxHidden = 16;
const maxTextLength = 1500;
const dot = 46;
const epochMs = Date.UTC(2026, 0, 1);

/**
 * What this browser was shown, as far as caps ask, and what its owner hid, in a cookie of its own: any worker reads it,
 * and nothing of it is kept on a server. As text: subjects with minutes since 2026 behind them, in base 36, like
 * `3b.a1z.a20-5.9x`, and hidden creatives behind `~`. Where a cap allows more than eight events, or a browser sees more
 * subjects than fit, the worker's own memory is what counts the rest.
 */
export class AdsCookie implements SeenAds {
  /** What is not read yet: most decisions ask for nothing of it. */
  readonly #text: string;
  #times: Map<number, number[]> | undefined;
  readonly #hidden: Set<number>;

  /** @param text what `text` wrote; what cannot be read is left out */
  constructor(text = '') {
    this.#text = text.length > maxTextLength ? '' : text;
    const hidAt = this.#text.indexOf('~');
    this.#hidden = hidAt < 0 ? new Set() : hiddenOf(this.#text, hidAt + 1);
  }

  #seen(): Map<number, number[]> {
    this.#times ??= timesOf(this.#text);
    return this.#times;
  }

  get isEmpty(): boolean {
    return this.#seen().size === 0 && this.#hidden.size === 0;
  }

  /** Ids of creatives. */
  get hidden(): ReadonlySet<number> {
    return this.#hidden;
  }

  hide(creativeId: number): void {
    this.#hidden.delete(creativeId);
    this.#hidden.add(creativeId);
    for (const id of this.#hidden) if (this.#hidden.size > maxHidden) this.#hidden.delete(id);
  }

  showAgain(creativeId: number): void {
    this.#hidden.delete(creativeId);
  }

  count(subject: number, sinceMs: number): number {
    const times = this.#seen().get(subject);
    if (times === undefined) return 0;
    const since = (sinceMs - epochMs) / minuteMs;
    let count = 0;
    for (const time of times) if (time > since) count++;
    return count;
  }

  /** Counts an ad that was handed out. */
  record(caps: readonly CapRule[], nowMs: number): void {
    // Rounded up: a cap is kept a little longer rather than broken.
    const minute = Math.ceil((nowMs - epochMs) / minuteMs);
    const seen = this.#seen();
    const subjects = new Set(caps.map(({ subject }) => subject));
    for (const subject of subjects) {
      const times = seen.get(subject) ?? [];
      // Whoever was shown last stands last.
      seen.delete(subject);
      seen.set(subject, [...times, minute].slice(-maxTimes));
    }
    for (const subject of seen.keys()) if (seen.size > maxSubjects) seen.delete(subject);
  }

  text(): string {
    const shown = [...this.#seen()]
      .map(([subject, times]) => [subject, ...times].map((number) => number.toString(36)).join('.'))
      .join('-');
    const hid = [...this.#hidden].map((id) => id.toString(36)).join('.');
    return hid === '' ? shown : `${shown}~${hid}`;
  }
}

/** Reads what stands before `~`: at most so many subjects, each with so many times. */
function timesOf(text: string): Map<number, number[]> {
  const times = new Map<number, number[]>();
  const hidAt = text.indexOf('~');
  const end = hidAt < 0 ? text.length : hidAt;
  for (let from = 0, entries = 0; from < end && entries < maxSubjects; entries++) {
    const dash = text.indexOf('-', from);
    const to = dash < 0 || dash > end ? end : dash;
    const numbers = numbersOf(text, from, to, maxTimes + 1);
    const subject = numbers.shift();
    if (subject !== undefined && numbers.length > 0) times.set(subject, numbers);
    from = to + 1;
  }
  return times;
}

function hiddenOf(text: string, from: number): Set<number> {
  const again = text.indexOf('~', from);
  const numbers = numbersOf(text, from, again < 0 ? text.length : again, maxHidden);
  return new Set(numbers.filter((id) => id > 0));
}

/** At most `most` numbers in base 36 with dots between; none where one of them is not a number. */
function numbersOf(text: string, from: number, to: number, most: number): number[] {
  const numbers: number[] = [];
  let number = 0;
  let digits = 0;
  for (let at = from; at <= to && numbers.length < most; at++) {
    const code = at === to ? dot : text.charCodeAt(at);
    if (code === dot) {
      if (digits === 0) return [];
      numbers.push(number);
      number = 0;
      digits = 0;
      continue;
    }
    const digit = code < 58 ? code - 48 : code - 87;
    if (digit < 0 || digit > 35 || (code > 57 && digit < 10)) return [];
    number = number * 36 + digit;
    digits++;
  }
  return numbers;
}
