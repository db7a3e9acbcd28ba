import { Button, Stack } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client.ts';
import { ErrorNote } from '../../parts/error-note.tsx';
import { Icon } from '../../parts/icon.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { Waiting } from '../../parts/waiting.tsx';
import { Policy } from './policy.tsx';
import { Register } from './register.tsx';
import { ReportParts } from './report-parts.tsx';

const reportKey = ['privacy-report'] as const;

/** What is kept of people, whether that is so, and the policy that follows from it. */
export function Screen() {
  const { t } = useTranslation('privacy');
  const client = useQueryClient();
  const { data, error, refetch } = useQuery({
    queryKey: reportKey,
    queryFn: () => answerOf(api.GET('/privacy/report')),
  });
  const scan = useMutation({
    mutationFn: () =>
      answerOf(api.POST('/jobs/{name}/runs', { params: { path: { name: 'privacy-report' } } })),
    onSettled: () => client.invalidateQueries({ queryKey: reportKey }),
  });
  return (
    <>
      <PageHeader
        title={t('title')}
        description={t('description')}
        actions={
          <Button
            leftSection={<Icon name="search" size={16} />}
            loading={scan.isPending}
            onClick={() => scan.mutate()}
          >
            {t('scan')}
          </Button>
        }
      />
      <Stack gap="lg">
        {scan.error !== null && <ErrorNote error={scan.error} />}
        {error !== null && data === undefined ? (
          <ErrorNote error={error} onRetry={refetch} />
        ) : data === undefined ? (
          <Waiting lines={6} height={28} />
        ) : (
          <ReportParts report={data} />
        )}
        <Register />
        <Policy />
      </Stack>
    </>
  );
}
