import { Alert, List, Paper, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client.ts';
import { useFormat } from '../../i18n/format.ts';
import { Empty } from '../../parts/empty.tsx';
import { ErrorNote } from '../../parts/error-note.tsx';
import { Icon } from '../../parts/icon.tsx';
import table from '../campaigns/table.module.css';
import { useOne } from './supply.ts';
import { type PageSeen, problemsOf } from './tag-problems.ts';

interface Row {
  readonly hour: string;
  readonly page: string;
  readonly adRequests: number;
  readonly filled: number;
  readonly impressions: number;
  readonly viewableImpressions: number;
}

/** On which pages the tag asked for ads in the last week, when, and what is wrong there by what it reports. */
export function TagSeen({ zoneId }: { readonly zoneId: number }) {
  const { t } = useTranslation('sites');
  const format = useFormat();
  const zone = useOne('zones', zoneId);
  const site = useOne('sites', zone.data?.value.siteId);
  const seen = useQuery({
    queryKey: ['tag seen', zoneId],
    queryFn: async () => {
      const query = {
        ...{ dimensions: 'page,hour', sort: '-hour', limit: 1000, tz: 'UTC' },
        metrics: 'adRequests,filled,impressions,viewableImpressions',
        from: new Date(Date.now() - 7 * 86_400_000).toISOString(),
        filter: JSON.stringify({ zone: [zoneId] }),
      };
      const answer = await answerOf(
        api.GET('/reports/{name}', { params: { path: { name: 'inventory' }, query: query as never } }),
      );
      return pagesOf((answer as unknown as { rows: readonly Row[] }).rows);
    },
    refetchInterval: 15_000,
  });
  const pages = seen.data ?? [];
  return (
    <Paper p="md" component="section">
      <Title order={2} mb="sm">
        {t('seen.title')}
      </Title>
      {seen.isError && <ErrorNote error={seen.error} onRetry={seen.refetch} />}
      {seen.data !== undefined && pages.length === 0 && (
        <Empty icon="eye" title={t('seen.never')}>
          {t('seen.neverText')}
        </Empty>
      )}
      {pages.length > 0 && (
        <Table className={table.table}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('seen.page')}</Table.Th>
              <Table.Th>{t('seen.last')}</Table.Th>
              <Table.Th>{t('seen.requests')}</Table.Th>
              <Table.Th>{t('seen.findings')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {pages.slice(0, 20).map((page) => {
              const problems = problemsOf(page, site.data?.value.domain);
              return (
                <Table.Tr key={page.page}>
                  <Table.Td className={table.name}>
                    <Text size="sm" component="span" style={{ overflowWrap: 'anywhere' }}>
                      {page.page === '' ? t('seen.noPage') : page.page}
                    </Text>
                  </Table.Td>
                  <Table.Td data-label={t('seen.last')}>{format.dateTime(page.lastHour)}</Table.Td>
                  <Table.Td data-label={t('seen.requests')}>{format.number(page.adRequests)}</Table.Td>
                  <Table.Td data-label={t('seen.findings')}>
                    {problems.length === 0 ? (
                      <Text size="sm" component="span">
                        {t('seen.fine')}
                      </Text>
                    ) : (
                      <List size="sm" spacing={2} icon={<Icon name="warning" size={15} />}>
                        {problems.map((problem) => (
                          <List.Item key={problem}>{t(`seen.problem.${problem}`)}</List.Item>
                        ))}
                      </List>
                    )}
                  </Table.Td>
                </Table.Tr>
              );
            })}
          </Table.Tbody>
        </Table>
      )}
      <Alert mt="md" p="xs" color="gray" variant="light">
        <Text size="xs">{t('seen.how')}</Text>
      </Alert>
    </Paper>
  );
}

/** The last seen first. */
function pagesOf(rows: readonly Row[]): PageSeen[] {
  const pages = new Map<string, PageSeen>();
  for (const { page, hour, ...counts } of rows) {
    const before = pages.get(page);
    pages.set(page, {
      page,
      lastHour: before !== undefined && before.lastHour > hour ? before.lastHour : hour,
      adRequests: counts.adRequests + (before?.adRequests ?? 0),
      filled: counts.filled + (before?.filled ?? 0),
      impressions: counts.impressions + (before?.impressions ?? 0),
      viewableImpressions: counts.viewableImpressions + (before?.viewableImpressions ?? 0),
    });
  }
  return [...pages.values()].sort((one, other) => (one.lastHour < other.lastHour ? 1 : -1));
}
