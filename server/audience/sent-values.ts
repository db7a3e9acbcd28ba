import { join } from 'node:path';
import type { TimeSlices } from '../inventory/time-slices.ts';
import type { SentValue } from './advertiser-values.ts';

/** Where workers find the values that advertisers' servers sent: one JSON array a line. */
export const sentValuesPath = (dataDir: string): string => join(dataDir, 'sent-values.jsonl');

/** Advertiser, pseudonym, seconds since 1970 when it was sent, value. */
export type SentLine = readonly [advertiser: number, visitor: string, atS: number, value: string];

/** Values on their way to browsers, by the pseudonyms that these have. */
export class SentValues {
  readonly #byVisitor = new Map<string, readonly [advertiser: number, sent: SentValue]>();

  add([advertiser, visitor, atS, value]: SentLine): void {
    this.#byVisitor.set(visitor, [advertiser, { value, atS }]);
  }

  get size(): number {
    return this.#byVisitor.size;
  }

  of(advertiser: number, visitor: string): SentValue | undefined {
    const found = this.#byVisitor.get(visitor);
    return found?.[0] === advertiser ? found[1] : undefined;
  }

  /** Reads the file while requests are answered in between. */
  static async read(content: Buffer, slices: TimeSlices): Promise<SentValues> {
    const values = new SentValues();
    let from = 0;
    for (let end = content.indexOf(10); end >= 0; end = content.indexOf(10, from)) {
      values.add(JSON.parse(content.toString('utf8', from, end)) as SentLine);
      from = end + 1;
      if (slices.isOver) await slices.pause();
    }
    return values;
  }
}

export const noSentValues = new SentValues();
