import { Container, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useParams } from 'wouter';
import { answerOf, publicApi } from '../../api/client.ts';
import { ApiError } from '../../api/problem.ts';
import { useFormat } from '../../i18n/format.ts';
import { Empty } from '../../parts/empty.tsx';
import { ErrorNote } from '../../parts/error-note.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { ResultTable } from '../../parts/report-view/result-table.tsx';
import { Waiting } from '../../parts/waiting.tsx';

/** What a shared link shows, to whoever has it. */
export function SharedPage() {
  const { t } = useTranslation('reports');
  const format = useFormat();
  const { token = '' } = useParams();
  const { data, error, refetch } = useQuery({
    queryKey: ['shared', token],
    queryFn: () => answerOf(publicApi.GET('/shared-reports/{token}', { params: { path: { token } } })),
  });
  const gone = error instanceof ApiError && error.status === 404;
  return (
    <Container component="main" size="lg" py="xl">
      {gone && (
        <>
          <Title order={1}>{t('sharedPage.title')}</Title>
          <Empty icon="link" title={t('sharedPage.gone')}>
            {t('sharedPage.goneText')}
          </Empty>
        </>
      )}
      {error !== null && !gone && <ErrorNote error={error} onRetry={refetch} />}
      {error === null && data === undefined && <Waiting lines={8} height={28} />}
      {data !== undefined && (
        <>
          <PageHeader
            title={data.name}
            description={t('sharedPage.range', {
              from: format.dateTime(data.report.from),
              to: format.dateTime(data.report.to),
              zone: data.report.timeZone,
            })}
          />
          <ResultTable report={data.report} />
          <Text size="xs" c="dimmed" mt="md">
            {t('shares.expires', { when: format.dateTime(data.expiresAt) })}
          </Text>
        </>
      )}
    </Container>
  );
}
