import { countedForMs, type Rate, reasonBit } from '../../../analytics/index.ts';
import { RateTable } from './rate-table.ts';

/** An event by its decision. */
interface Event {
  readonly idHigh: number;
  readonly idLow: number;
  readonly lineItem: number;
}

interface Visitor {
  readonly visitorHigh: number;
  readonly visitorLow: number;
}

/** 64 Ki events each are known by their ids: 1.5 MB. */
const rememberedEvents = 65_536;
/** 512 Ki times each: 4 MB. With the default rates 16,384 clicking visitors, and 65,536 visitors of a line item. */
const rememberedTimes = 524_288;

const once: readonly Rate[] = [{ count: 1, windowMs: countedForMs }];

/**
 * What one worker remembers of clicks and impressions, in 12 MB at most. It sees its own share of the traffic alone, so
 * it finds some of what is too often and never more than there is; the job `invalid-traffic` finds the rest when an
 * hour is closed, by the same rule.
 */
export class EventRates {
  readonly #goodClicks = new RateTable(once, rememberedEvents);
  readonly #clicks = new RateTable(once, rememberedEvents);
  readonly #impressions = new RateTable(once, rememberedEvents);
  readonly #clickRates: RateTable;
  readonly #impressionRates: RateTable;

  constructor(rates: { readonly clicks: readonly Rate[]; readonly impressions: readonly Rate[] }) {
    this.#clickRates = new RateTable(rates.clicks, rememberedTimes);
    this.#impressionRates = new RateTable(rates.impressions, rememberedTimes);
  }

  get bytes(): number {
    const tables = [
      this.#goodClicks,
      this.#clicks,
      this.#impressions,
      this.#clickRates,
      this.#impressionRates,
    ];
    return tables.reduce((sum, table) => sum + table.bytes, 0);
  }

  /**
   * Whether a click that nothing speaks against came before. Not to be asked of one that something speaks against: a
   * scanner that follows a link ahead of the person must not take the person's click away.
   */
  isRepeatedClick({ idHigh, idLow }: Event, nowMs: number): boolean {
    return this.#goodClicks.hit(idHigh, idLow, nowMs);
  }

  /** Whether an impression came before, by whomever. */
  isRepeatedImpression({ idHigh, idLow }: Event, nowMs: number): boolean {
    return this.#impressions.hit(idHigh, idLow, nowMs);
  }

  /** `reasonBit.click_rate` where the visitor clicks too often, else 0. The same click again is not another one. */
  click({ idHigh, idLow }: Event, { visitorHigh, visitorLow }: Visitor, nowMs: number): number {
    if (this.#clicks.hit(idHigh, idLow, nowMs)) return 0;
    return this.#clickRates.hit(visitorHigh, visitorLow, nowMs) ? reasonBit.click_rate : 0;
  }

  /** `reasonBit.impression_rate` where the visitor has too many impressions of the line item, else 0. */
  impression(
    { idHigh, idLow, lineItem }: Event,
    { visitorHigh, visitorLow }: Visitor,
    nowMs: number,
  ): number {
    if (this.#impressions.hit(idHigh, idLow, nowMs)) return 0;
    const high = visitorHigh ^ Math.imul(lineItem, 0x9e37_79b1);
    const low = visitorLow ^ Math.imul(lineItem, 0x85eb_ca6b);
    return this.#impressionRates.hit(high, low, nowMs) ? reasonBit.impression_rate : 0;
  }
}
