import { useQuery, useQueryClient } from '@tanstack/react-query';
import { answerOf, api, type Tagged, taggedAnswerOf } from '../../api/client.ts';
import type { components } from '../../api/schema';

export type Category = components['schemas']['InterestCategory'];
export type Segment = components['schemas']['Segment'];
export interface Entities {
  readonly 'interest-categories': Category;
  readonly segments: Segment;
}
export type Kind = keyof Entities;

/** All of a kind with a status, by name: a few dozen at most. */
export const useInterests = <K extends Kind>(kind: K, status: Category['status'] = 'active') =>
  useQuery({
    queryKey: [kind, 'list', status],
    queryFn: async () => {
      const query = { status, sort: 'name', limit: 200 } as const;
      const { items } = await answerOf(api.GET(`/${kind}` as '/interest-categories', { params: { query } }));
      return items as unknown as readonly Entities[K][];
    },
  });

/** Reads one, with the mark of its version. */
export const readOne = <K extends Kind>(kind: K, id: number): Promise<Tagged<Entities[K]>> =>
  taggedAnswerOf(
    api.GET(`/${kind}/{id}` as '/interest-categories/{id}', { params: { path: { id } } }) as never,
  );

/** Changes that version of one. */
export const changeOne = <K extends Kind>(
  kind: K,
  id: number,
  body: object,
  tag: string,
): Promise<Tagged<Entities[K]>> =>
  taggedAnswerOf(
    api.PATCH(`/${kind}/{id}` as '/interest-categories/{id}', {
      params: { path: { id } },
      body,
      headers: { 'If-Match': tag },
    }) as never,
  );

/** Makes one. The key keeps it from being made twice where the answer was lost. */
export const createOne = <K extends Kind>(
  kind: K,
  body: object,
  once: string,
): Promise<Tagged<Entities[K]>> =>
  taggedAnswerOf(
    api.POST(`/${kind}` as '/interest-categories', {
      body: body as never,
      headers: { 'Idempotency-Key': once },
    }) as never,
  );

export const setStatus = (kind: Kind, id: number, status: Category['status']): Promise<unknown> =>
  answerOf(
    api.PATCH(`/${kind}/{id}` as '/interest-categories/{id}', {
      params: { path: { id } },
      body: { status },
    }),
  );

/** To be called after a change. */
export function useInterestsChanged(): () => Promise<void> {
  const queries = useQueryClient();
  return () =>
    queries.invalidateQueries({
      predicate: ({ queryKey }) => ['interest-categories', 'segments'].includes(String(queryKey[0])),
    });
}
