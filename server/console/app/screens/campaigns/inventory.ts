import { type QueryKey, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { answerOf, api, type Tagged, taggedAnswerOf } from '../../api/client.ts';
import type { components } from '../../api/schema';

export type Advertiser = components['schemas']['Advertiser'];
export type Campaign = components['schemas']['Campaign'];
export type LineItem = components['schemas']['LineItem'];
export type Creative = components['schemas']['Creative'];
export type Status = Campaign['status'];

export type Kind = 'advertisers' | 'campaigns' | 'line-items' | 'creatives';
interface Entities {
  readonly advertisers: Advertiser;
  readonly campaigns: Campaign;
  readonly 'line-items': LineItem;
  readonly creatives: Creative;
}

/** Reads one, with the mark of its version. */
export const readOne = <K extends Kind>(kind: K, id: number): Promise<Tagged<Entities[K]>> =>
  taggedAnswerOf(api.GET(`/${kind}/{id}` as '/campaigns/{id}', { params: { path: { id } } }) as never);

/** Changes one; with a mark only that version of it. */
export const changeOne = <K extends Kind>(
  kind: K,
  id: number,
  body: object,
  tag?: string,
): Promise<Tagged<Entities[K]>> =>
  taggedAnswerOf(
    api.PATCH(`/${kind}/{id}` as '/campaigns/{id}', {
      params: { path: { id } },
      body,
      ...(tag === undefined ? {} : { headers: { 'If-Match': tag } }),
    }) as never,
  );

/** Makes one. The key keeps it from being made twice where the answer was lost. */
export const createOne = <K extends Kind>(
  kind: K,
  body: object,
  once: string,
): Promise<Tagged<Entities[K]>> =>
  taggedAnswerOf(
    api.POST(`/${kind}` as '/campaigns', {
      body: body as never,
      headers: { 'Idempotency-Key': once },
    }) as never,
  );

export const archiveOne = (kind: Kind, id: number): Promise<unknown> =>
  answerOf(api.DELETE(`/${kind}/{id}` as '/campaigns/{id}', { params: { path: { id } } }));

export const duplicateOne = (kind: 'campaigns' | 'line-items', id: number): Promise<Campaign | LineItem> =>
  answerOf(
    api.POST(`/${kind}/{id}/duplicates` as '/campaigns/{id}/duplicates', {
      params: { path: { id } },
      body: { status: 'paused' },
      headers: { 'Idempotency-Key': crypto.randomUUID() },
    }),
  );

export function useOne<K extends Kind>(kind: K, id: number) {
  return useQuery({ queryKey: oneKey(kind, id), queryFn: () => readOne(kind, id) });
}

export const oneKey = (kind: Kind, id: number): QueryKey => [kind, 'one', id];

/** To be called after a change: what shows the inventory reads it again. */
export function useInventoryChanged(): () => Promise<void> {
  const queries = useQueryClient();
  return useCallback(async () => {
    const kinds: readonly unknown[] = [
      'advertisers',
      'campaigns',
      'line-items',
      'creatives',
      'health',
      'forecast',
    ];
    await queries.invalidateQueries({ predicate: ({ queryKey }) => kinds.includes(queryKey[0]) });
  }, [queries]);
}
