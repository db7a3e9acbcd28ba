import { Alert, Anchor, Badge, Button, Group, Table, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client.ts';
import type { components } from '../../api/schema';
import { useFormat } from '../../i18n/format.ts';
import { Empty } from '../../parts/empty.tsx';
import { ErrorNote } from '../../parts/error-note.tsx';
import { Icon } from '../../parts/icon.tsx';
import { StackedTable } from '../../parts/stacked-table.tsx';
import { Waiting } from '../../parts/waiting.tsx';
import { useAccount } from '../../session/account.ts';
import { Part } from './part.tsx';

type Locations = components['schemas']['LocationDatabase'];
const key = ['location-database'] as const;

/** The location databases in use, their age, and the downloads that keep them young. */
export function Locations() {
  const { t } = useTranslation('system');
  const { data, error, refetch } = useQuery({
    queryKey: key,
    queryFn: () => answerOf(api.GET('/location-database')),
  });
  return (
    <Part title={t('locations.title')} note={t('locations.description')}>
      {error !== null && data === undefined ? (
        <ErrorNote error={error} onRetry={refetch} />
      ) : data === undefined ? (
        <Waiting />
      ) : (
        <>
          <Files locations={data} />
          {data.downloads.length > 0 && <Downloads downloads={data.downloads} />}
          {data.credits.map(({ text, url }) => (
            <Anchor key={text} href={url} target="_blank" rel="noreferrer" size="xs" display="block" mt="sm">
              {text}
            </Anchor>
          ))}
        </>
      )}
    </Part>
  );
}

function Files({ locations: { files, old, problems } }: { readonly locations: Locations }) {
  const { t } = useTranslation('system');
  const format = useFormat();
  if (files.length === 0)
    return (
      <Empty icon="globe" title={t('locations.none')}>
        {t('locations.noneText')}
      </Empty>
    );
  return (
    <>
      {(old || problems.length > 0) && (
        <Alert color="orange" icon={<Icon name="warning" />} mb="sm">
          {old && <Text size="sm">{t('locations.old')}</Text>}
          {problems.map(({ file, reason }) => (
            <Text key={file} size="sm" lang="en">
              {`${file}: ${reason}`}
            </Text>
          ))}
        </Alert>
      )}
      <StackedTable minWidth={480}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('locations.file')}</Table.Th>
            <Table.Th>{t('locations.type')}</Table.Th>
            <Table.Th>{t('locations.built')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {files.map(({ file, databaseType, builtAt, ageDays }) => (
            <Table.Tr key={`${file}${databaseType}`}>
              <Table.Td>{file}</Table.Td>
              <Table.Td data-label={t('locations.type')}>{databaseType}</Table.Td>
              <Table.Td data-label={t('locations.built')}>
                {format.date(builtAt)} ({t('locations.age', { count: ageDays })})
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </StackedTable>
    </>
  );
}

function Downloads({ downloads }: { readonly downloads: Locations['downloads'] }) {
  const { t } = useTranslation('system');
  const format = useFormat();
  const { role } = useAccount();
  const client = useQueryClient();
  const { mutate, isPending, data, error } = useMutation({
    mutationFn: () => answerOf(api.POST('/location-database/update')),
    onSettled: () => client.invalidateQueries({ queryKey: key }),
  });
  return (
    <>
      <Group justify="space-between" mt="lg" mb="xs">
        <Text fw={600}>{t('locations.downloads')}</Text>
        {role === 'admin' && (
          <Button
            size="xs"
            variant="default"
            leftSection={<Icon name="download" size={16} />}
            loading={isPending}
            onClick={() => mutate()}
          >
            {t('locations.update')}
          </Button>
        )}
      </Group>
      {downloads.map(({ name, checkedAt, problem }) => (
        <Group key={name} gap="xs">
          <Text size="sm">{name}</Text>
          {checkedAt !== null && (
            <Text size="sm" c="dimmed">
              {t('locations.lastAsked', { when: format.ago(checkedAt) })}
            </Text>
          )}
          {problem !== null && (
            <Badge color="red" variant="light" tt="none" lang="en">
              {problem.reason}
            </Badge>
          )}
        </Group>
      ))}
      <div role="status">
        {data !== undefined && (
          <Text size="sm" mt="xs">
            {t('locations.updated', { outcome: data.error ?? data.outcome })}
          </Text>
        )}
      </div>
      {error !== null && <ErrorNote error={error} />}
    </>
  );
}
