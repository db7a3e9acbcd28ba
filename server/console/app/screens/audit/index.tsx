import { Button, Code, Group, Paper, SimpleGrid, Table, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client.ts';
import type { components } from '../../api/schema';
import { useFormat } from '../../i18n/format.ts';
import { Empty } from '../../parts/empty.tsx';
import { ErrorNote } from '../../parts/error-note.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { StackedTable } from '../../parts/stacked-table.tsx';
import { Waiting } from '../../parts/waiting.tsx';

type Line = components['schemas']['AuditLine'];

/** Every change, the latest first. */
export function Screen() {
  const { t } = useTranslation(['audit', 'shell']);
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['audit'],
    queryFn: ({ pageParam }) =>
      answerOf(
        api.GET('/audit', {
          params: { query: { limit: 50, ...(pageParam === null ? {} : { before: pageParam }) } },
        }),
      ),
    initialPageParam: null as number | null,
    getNextPageParam: ({ next }) => next,
  });
  const lines = data?.pages.flatMap(({ items }) => items);
  return (
    <>
      <PageHeader title={t('title')} description={t('description')} />
      {error !== null && <ErrorNote error={error} onRetry={refetch} />}
      {lines === undefined && error === null && <Waiting lines={8} height={30} />}
      {lines?.length === 0 && (
        <Paper>
          <Empty icon="list" title={t('none')}>
            {t('noneText')}
          </Empty>
        </Paper>
      )}
      {lines !== undefined && lines.length > 0 && (
        <Paper style={{ overflow: 'hidden' }}>
          <StackedTable minWidth={620} verticalSpacing="sm" horizontalSpacing="md">
            <Table.Thead>
              <Table.Tr>
                <Table.Th w={190}>{t('when')}</Table.Th>
                <Table.Th w={200}>{t('who')}</Table.Th>
                <Table.Th>{t('what')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {lines.map((line) => (
                <AuditRow key={line.id} line={line} />
              ))}
            </Table.Tbody>
          </StackedTable>
        </Paper>
      )}
      {hasNextPage && (
        <Group justify="center" mt="md">
          <Button variant="default" loading={isFetchingNextPage} onClick={() => fetchNextPage()}>
            {t('shell:common.more')}
          </Button>
        </Group>
      )}
    </>
  );
}

function AuditRow({ line }: { readonly line: Line }) {
  const { t } = useTranslation('audit');
  const format = useFormat();
  const { actor, userName, keyName, address, action, entity, entityId, before, after } = line;
  return (
    <Table.Tr style={{ verticalAlign: 'top' }}>
      <Table.Td style={{ whiteSpace: 'nowrap' }}>{format.dateTime(line.at)}</Table.Td>
      <Table.Td>
        <Text size="sm">{userName ?? keyName ?? t(`actors.${actor}`)}</Text>
        <Text size="xs" c="dimmed">
          {[userName === null ? null : keyName, address].filter(Boolean).join(', ')}
        </Text>
      </Table.Td>
      <Table.Td>
        <Text size="sm">{[action, entity, entityId].filter(Boolean).join(' ')}</Text>
        {(before !== null || after !== null) && (
          <details>
            <Text component="summary" size="xs" c="dimmed" style={{ cursor: 'pointer' }}>
              {t('details')}
            </Text>
            <SimpleGrid cols={{ base: 1, md: 2 }} mt="xs" spacing="xs">
              <Side title={t('before')} values={before} />
              <Side title={t('after')} values={after} />
            </SimpleGrid>
          </details>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

function Side({ title, values }: { readonly title: string; readonly values: Line['before'] }) {
  if (values === null) return null;
  return (
    <div>
      <Text size="xs" c="dimmed" mb={2}>
        {title}
      </Text>
      <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
        {JSON.stringify(values, null, 2)}
      </Code>
    </div>
  );
}
