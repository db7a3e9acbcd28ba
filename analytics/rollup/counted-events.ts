import { dimensionNames } from './dimensions.ts';

const dimensions = dimensionNames.join(', ');

/**
 * SELECT of the events that count, each once: the one place that says so. Rollups are made from it, and reports read it
 * where there is no valid rollup, so that both always agree.
 *
 * Of the events with the same type and id within an hour of origin the earliest that counts is taken, and of equally
 * early ones the first by their values, so that the order of arrival never matters. The sort follows the table's own
 * order as far as `time`.
 *
 * @param counted condition that a row counts, as `counted` makes it
 * @param types condition on the column `type`
 * @param origins condition that chooses hours of origin; must not tell duplicates apart
 * @param further columns beside those that rollups are made of
 */
export function countedEvents(
  counted: string,
  types: string,
  origins: string,
  further: readonly string[] = [],
): string {
  return `SELECT ${['type, id, time, visitor, visitor_kind, price_nanos', ...further, dimensions].join(', ')}
    FROM events
    WHERE ${counted} AND ${types} AND (${origins})
    ORDER BY toStartOfHour(origin), type, id, time, visitor, ${dimensions}, ${['visitor_kind', 'price_nanos', ...further].join(', ')}
    LIMIT 1 BY toStartOfHour(origin), type, id`;
}
