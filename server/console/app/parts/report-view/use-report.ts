import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '../../api/client.ts';
import { errorOf } from '../../api/problem.ts';
import type { components } from '../../api/schema';
import { filterText } from './filters.ts';
import type { View } from './use-view.ts';

export type Report = components['schemas']['Report'];
export type Row = Report['rows'][number];

export interface Asked {
  readonly report: string;
  readonly view: Pick<View, 'days' | 'timeZone' | 'filters' | 'compare'>;
  readonly metrics: readonly string[];
  readonly dimensions?: readonly string[];
  /** Columns, with `-` in front for the largest first. */
  readonly sort?: string;
  readonly limit?: number;
}

export function reportQuery({ view, metrics, dimensions = [], sort, limit }: Asked) {
  return {
    ...{ from: view.days.from, to: view.days.to, tz: view.timeZone, metrics: metrics.join(',') },
    ...(dimensions.length > 0 ? { dimensions: dimensions.join(',') } : {}),
    ...(view.filters.length > 0 ? { filter: filterText(view.filters) } : {}),
    ...(view.compare ? { compare: 'previous' as const } : {}),
    ...(sort === undefined ? {} : { sort }),
    ...(limit === undefined ? {} : { limit }),
  };
}

/** A report's numbers; those from before stay while others are loaded. */
export function useReport(asked: Asked, enabled = true) {
  const params = { path: { name: asked.report }, query: reportQuery(asked) };
  return useQuery({
    queryKey: ['report', params],
    queryFn: async () => (await answerOf(api.GET('/reports/{name}', { params }))) as Report,
    // Only where the columns are the same: other ones would stand under the wrong names.
    placeholderData: (before, query) =>
      columnsOf(query?.queryKey) === columnsOf(['report', params]) ? before : undefined,
    enabled,
  });
}

export type FileFormat = 'csv' | 'xlsx' | 'ndjson' | 'parquet';

function columnsOf(key: readonly unknown[] | undefined): string {
  const { path, query } = Object(key?.[1]) as { path?: object; query?: ReturnType<typeof reportQuery> };
  return JSON.stringify([path, query?.dimensions, query?.metrics, query?.compare]);
}

/** The same as a file. @throws ApiError */
export async function reportFile(asked: Asked, format: FileFormat): Promise<Blob> {
  const params = { path: { name: asked.report }, query: { ...reportQuery(asked), format } };
  const { data, error, response } = await api
    .GET('/reports/{name}', { params, parseAs: 'blob' })
    .catch((): never => {
      throw errorOf(0, undefined);
    });
  if (data === undefined) throw errorOf(response.status, error);
  return data as Blob;
}

/** A metric of a row or of totals; what is not there counts as nothing. */
export const numberIn = (row: Row | undefined, metric: string): number => Number(row?.[metric] ?? 0);

/** Share of more or less than in the period before; null where there is nothing to compare with. */
export function changeIn(row: Row | undefined, metric: string): number | null {
  const change = row?.[`${metric}Change`];
  return typeof change === 'number' ? change : null;
}
