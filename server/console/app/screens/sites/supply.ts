import { useQuery, useQueryClient } from '@tanstack/react-query';
import { answerOf, api, type Tagged, taggedAnswerOf } from '../../api/client.ts';
import type { components } from '../../api/schema';

export type Site = components['schemas']['Site'];
export type Zone = components['schemas']['Zone'];
export type SupplyKind = 'sites' | 'zones';
interface Entities {
  readonly sites: Site;
  readonly zones: Zone;
}

/** Reads one, with the mark of its version. */
export const readOne = <K extends SupplyKind>(kind: K, id: number): Promise<Tagged<Entities[K]>> =>
  taggedAnswerOf(api.GET(`/${kind}/{id}` as '/sites/{id}', { params: { path: { id } } }) as never);

/** Changes that version of one. */
export const changeOne = <K extends SupplyKind>(
  kind: K,
  id: number,
  body: object,
  tag: string,
): Promise<Tagged<Entities[K]>> =>
  taggedAnswerOf(
    api.PATCH(`/${kind}/{id}` as '/sites/{id}', {
      params: { path: { id } },
      body,
      headers: { 'If-Match': tag },
    }) as never,
  );

/** Makes one. The key keeps it from being made twice where the answer was lost. */
export const createOne = <K extends SupplyKind>(
  kind: K,
  body: object,
  once: string,
): Promise<Tagged<Entities[K]>> =>
  taggedAnswerOf(
    api.POST(`/${kind}` as '/sites', { body: body as never, headers: { 'Idempotency-Key': once } }) as never,
  );

export const setStatus = (kind: SupplyKind, id: number, status: Site['status']): Promise<unknown> =>
  answerOf(api.PATCH(`/${kind}/{id}` as '/sites/{id}', { params: { path: { id } }, body: { status } }));

/** @param id undefined: it is not known yet */
export const useOne = <K extends SupplyKind>(kind: K, id: number | undefined) =>
  useQuery({
    queryKey: [kind, 'one', id],
    queryFn: () => readOne(kind, id ?? 0),
    enabled: id !== undefined,
  });

/** To be called after a change. */
export function useSupplyChanged(): () => Promise<void> {
  const queries = useQueryClient();
  return () =>
    queries.invalidateQueries({
      predicate: ({ queryKey }) => ['sites', 'zones'].includes(String(queryKey[0])),
    });
}

export interface Fill {
  readonly adRequests: number;
  readonly filled: number;
  readonly fillRate: number | null;
}

/** Of each zone over the last week; of zones without ad requests there is none. */
export function useFill() {
  return useQuery({
    queryKey: ['fill'],
    queryFn: async () => {
      const from = new Date(Date.now() - 7 * 86_400_000).toISOString();
      const query = { dimensions: 'zone', metrics: 'adRequests,filled,fillRate', from, limit: 10_000 };
      const answer = await answerOf(
        api.GET('/reports/{name}', { params: { path: { name: 'inventory' }, query: query as never } }),
      );
      const { rows } = answer as unknown as { rows: readonly (Fill & { readonly zone: number })[] };
      return new Map(rows.map((row) => [row.zone, row]));
    },
    staleTime: 60_000,
  });
}
