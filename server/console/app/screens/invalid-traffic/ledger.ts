import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { answerOf, api } from '../../api/client.ts';
import type { components } from '../../api/schema';

type Report = components['schemas']['Report'];
export type LedgerRow = Report['rows'][number];

export const daysChoices = ['1', '7', '30', '90'] as const;
export type Days = (typeof daysChoices)[number];

/** Where the person is: days begin there. */
export const timeZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** First and last day of the last so many days, as the reports take them. */
export function daysBefore(days: Days, now = new Date()): { from: string; to: string } {
  const dayOf = (date: Date) =>
    [date.getFullYear(), date.getMonth() + 1, date.getDate()]
      .map((part) => String(part).padStart(2, '0'))
      .join('-');
  const first = new Date(now.getFullYear(), now.getMonth(), now.getDate() - Number(days) + 1);
  return { from: dayOf(first), to: dayOf(now) };
}

export const ledgerKey = ['report', 'invalid-traffic'] as const;

/** The ledger of what is kept and not counted; without `reason` of all reasons. */
export function useLedger(days: Days, dimensions: readonly string[], reason?: string, limit = 200) {
  const query = {
    ...daysBefore(days),
    tz: timeZone(),
    dimensions: dimensions.join(','),
    metrics: 'events,reversed',
    sort: dimensions[0] === 'day' ? 'day' : '-events',
    limit,
    ...(reason === undefined ? {} : { filter: `reason=${reason}` }),
  };
  return useQuery({
    queryKey: [...ledgerKey, query],
    queryFn: async () => {
      const asked = api.GET('/reports/{name}', { params: { path: { name: 'invalid-traffic' }, query } });
      return (await answerOf(asked)) as Report;
    },
    placeholderData: keepPreviousData,
  });
}
