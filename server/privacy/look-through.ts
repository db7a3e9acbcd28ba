import { type Permitted, permittedAt } from './permits.ts';
import { type OwnNames, type TraceKind, tracesIn } from './traces.ts';

/** Traces of one kind at one place. */
export interface Finding {
  /** Like `users.email`, `audit_log.after.note`; `file:` and its path. */
  readonly place: string;
  readonly kind: TraceKind | 'column' | 'overdue';
  readonly count: number;
  /** The first of them, masked. */
  readonly sample: string;
}

/** Puts together what is found in one part of a store. */
export class Findings {
  readonly #own: OwnNames;
  readonly #found = new Map<string, { finding: Finding; count: number }>();
  readonly #permitted = new Map<string, Permitted & { readonly patterns: readonly RegExp[] }>();

  constructor(own: OwnNames) {
    this.#own = own;
  }

  /** @param times how often the text is there */
  text(place: string, text: string, times = 1): void {
    const { kinds, patterns } = this.#at(place);
    let left = text;
    for (const pattern of patterns) left = left.replace(pattern, ' ');
    for (const { kind, sample } of tracesIn(left, this.#own)) {
      if (!kinds.has(kind)) this.add({ place, kind, sample, count: times });
    }
  }

  /** Texts of a JSON value wherever they are, and its keys. Numbers, dates and the like are none. */
  value(place: string, value: unknown): void {
    if (typeof value === 'string') this.text(place, value);
    else if (Array.isArray(value)) for (const item of value) this.value(place, item);
    else if (typeof value === 'object' && value !== null) {
      for (const [key, item] of Object.entries(value)) {
        this.text(place, key);
        this.value(`${place}.${partName(key)}`, item);
      }
    }
  }

  add(finding: Finding): void {
    const key = `${finding.kind} ${finding.place}`;
    const known = this.#found.get(key);
    if (known === undefined) this.#found.set(key, { finding, count: finding.count });
    else known.count += finding.count;
  }

  list(): Finding[] {
    return [...this.#found.values()].map(({ finding, count }) => ({ ...finding, count }));
  }

  #at(place: string) {
    let at = this.#permitted.get(place);
    if (at === undefined) {
      const permitted = permittedAt(place);
      at = { ...permitted, patterns: permitted.only.map((source) => new RegExp(source, 'g')) };
      if (this.#permitted.size < 10_000) this.#permitted.set(place, at);
    }
    return at;
  }
}

/** A key may be anything, also an address: a place names only what looks like a name. */
const partName = (key: string): string => (/^[A-Za-z_][A-Za-z0-9_-]{0,60}$/.test(key) ? key : '*');
