import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '../../api/client.ts';
import type { components } from '../../api/schema';

export type ReportDescription = components['schemas']['ReportDescription'];

/** The reports of the person's role, with what each can tell. */
export function useReportList() {
  return useQuery({
    queryKey: ['reports'],
    queryFn: async () => (await answerOf(api.GET('/reports'))).items,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
