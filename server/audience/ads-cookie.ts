import type { CapRule, SeenAds } from '../delivery/caps.ts';

const minuteMs = 60_000;
/** Subjects with the newest times are kept, and of each the newest times. */
const maxSubjects = 24;
const maxTimes = 8;
const maxHidden = 16;
const maxTextLength = 1500;
const epochMs = Date.UTC(2026, 0, 1);

/**
 * What this browser was shown, as far as caps ask, and what its owner hid, in a cookie of its own: any worker reads it,
 * and nothing of it is kept on a server. As text: subjects with minutes since 2026 behind them, in base 36, like
 * `3b.a1z.a20-5.9x`, and hidden creatives behind `~`. Where a cap allows more than eight events, or a browser sees more
 * subjects than fit, the worker's own memory is what counts the rest.
 */
export class AdsCookie implements SeenAds {
  readonly #times: Map<number, number[]>;
  readonly #hidden: Set<number>;

  constructor(times: Map<number, number[]> = new Map(), hidden: Set<number> = new Set()) {
    this.#times = times;
    this.#hidden = hidden;
  }

  /** Reads what `text` wrote; what cannot be read is left out. */
  static read(text: string): AdsCookie {
    const times = new Map<number, number[]>();
    const hidden = new Set<number>();
    if (text.length > maxTextLength) return new AdsCookie();
    const [shown = '', hid = ''] = text.split('~', 2);
    for (const entry of shown.split('-', maxSubjects)) {
      const [subject, ...minutes] = entry.split('.', maxTimes + 1).map((part) => Number.parseInt(part, 36));
      if (subject === undefined || !(subject >= 0) || minutes.length === 0) continue;
      if (minutes.every((minute) => minute >= 0)) times.set(subject, minutes);
    }
    for (const part of hid.split('.', maxHidden)) {
      const id = Number.parseInt(part, 36);
      if (id > 0) hidden.add(id);
    }
    return new AdsCookie(times, hidden);
  }

  get isEmpty(): boolean {
    return this.#times.size === 0 && this.#hidden.size === 0;
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
    const times = this.#times.get(subject);
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
    const subjects = new Set(caps.map(({ subject }) => subject));
    for (const subject of subjects) {
      const times = this.#times.get(subject) ?? [];
      // Whoever was shown last stands last.
      this.#times.delete(subject);
      this.#times.set(subject, [...times, minute].slice(-maxTimes));
    }
    for (const subject of this.#times.keys()) if (this.#times.size > maxSubjects) this.#times.delete(subject);
  }

  text(): string {
    const shown = [...this.#times]
      .map(([subject, times]) => [subject, ...times].map((number) => number.toString(36)).join('.'))
      .join('-');
    const hid = [...this.#hidden].map((id) => id.toString(36)).join('.');
    return hid === '' ? shown : `${shown}~${hid}`;
  }
}
