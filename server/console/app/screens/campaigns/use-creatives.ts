import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '../../api/client.ts';

/** Those of a line item that are not archived. */
export function useCreatives(lineItemId: number) {
  return useQuery({
    queryKey: ['creatives', 'of', lineItemId],
    queryFn: async () => {
      const query = { lineItemId, status: 'active,paused', limit: 200 };
      return (await answerOf(api.GET('/creatives', { params: { query } }))).items;
    },
  });
}

/** Zones with their sizes, to tell what a creative fits. */
export function useZoneSizes() {
  return useQuery({
    queryKey: ['zones', 'sizes'],
    queryFn: async () =>
      (
        await answerOf(
          api.GET('/zones', { params: { query: { status: 'active', limit: 200, sort: 'name' } } }),
        )
      ).items,
  });
}
