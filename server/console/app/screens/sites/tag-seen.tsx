import { Alert, List, Paper, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client.ts';
import { useFormat } from '../../i18n/format.ts';
import { Empty } from '../../parts/empty.tsx';
import { ErrorNote } from '../../parts/error-note.tsx';
import { Icon } from '../../parts/icon.tsx';
import table from '../campaigns/table.module.css';
import classes from './tag-seen.module.css';

const hours = 168;
const mostPages = 20;

/** On which pages the tag asked for ads in the last week, when, and what is wrong there by what it reports. */
export function TagSeen({ zoneId }: { readonly zoneId: number }) {
  const { t } = useTranslation('sites');
  const format = useFormat();
  const seen = useQuery({
    queryKey: ['tag seen', zoneId],
    queryFn: () =>
      answerOf(api.GET('/zones/{id}/tag-check', { params: { path: { id: zoneId }, query: { hours } } })),
    refetchInterval: 15_000,
  });
  const pages = seen.data?.pages ?? [];
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
            {pages.slice(0, mostPages).map(({ page, lastSeenAt, requests, filled, problems }) => (
              <Table.Tr key={page}>
                <Table.Td className={classes.page}>{page === '' ? t('seen.noPage') : page}</Table.Td>
                <Table.Td data-label={t('seen.last')}>{format.dateTime(lastSeenAt)}</Table.Td>
                <Table.Td data-label={t('seen.requests')}>
                  {t('seen.filledOf', { filled: format.number(filled), requests: format.number(requests) })}
                </Table.Td>
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
            ))}
          </Table.Tbody>
        </Table>
      )}
      <Alert mt="md" p="xs" color="gray" variant="light">
        <Text size="xs">{t('seen.how')}</Text>
      </Alert>
    </Paper>
  );
}
