import { Anchor, Button, Paper, Table, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { answerOf, api, type Tagged } from '../../api/client.ts';
import { useFormat } from '../../i18n/format.ts';
import { Empty } from '../../parts/empty.tsx';
import { ErrorNote } from '../../parts/error-note.tsx';
import { Icon } from '../../parts/icon.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { Waiting } from '../../parts/waiting.tsx';
import { CampaignTabs } from './campaign-tabs.tsx';
import { EntityDialog } from './entity-dialog.tsx';
import { EntityMenu } from './entity-menu.tsx';
import { type Advertiser, readOne } from './inventory.ts';
import { ListFilters, queryOf, useFilters } from './list-filters.tsx';
import { ListFoot } from './list-foot.tsx';
import { ListTable } from './list-table.tsx';
import classes from './table.module.css';

/** All advertisers. */
export function AdvertiserList() {
  const { t } = useTranslation('campaigns');
  const format = useFormat();
  const [filters, setFilters] = useFilters();
  const [dialog, setDialog] = useState<{ readonly entity?: Tagged<Advertiser> }>();
  const query = queryOf({ ...filters, advertiser: undefined });
  const list = useInfiniteQuery({
    queryKey: ['advertisers', 'list', query],
    queryFn: ({ pageParam }) =>
      answerOf(
        api.GET('/advertisers', {
          params: { query: { ...query, limit: 50, ...(pageParam === '' ? {} : { after: pageParam }) } },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    placeholderData: (before) => before,
  });
  const advertisers = list.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <>
      <PageHeader
        title={t('title')}
        description={t('description')}
        actions={
          <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setDialog({})}>
            {t('new.advertisers')}
          </Button>
        }
      />
      <CampaignTabs />
      <ListFilters filters={filters} onChange={setFilters} />
      {list.isPending && <Waiting lines={6} height={36} />}
      {list.isError && <ErrorNote error={list.error} onRetry={list.refetch} />}
      {list.isSuccess && advertisers.length === 0 && (
        <Paper>
          <Empty icon="people" title={t(filters.q === '' ? 'noAdvertisers' : 'nothingFound')}>
            {t(filters.q === '' ? 'noAdvertisersText' : 'nothingFoundText')}
          </Empty>
        </Paper>
      )}
      {advertisers.length > 0 && (
        <>
          <ListTable heads={[t('advertiser'), t('status'), t('changedAt')]}>
            {advertisers.map((advertiser) => (
              <Table.Tr key={advertiser.id}>
                <Table.Td className={classes.name}>
                  <Anchor
                    component={Link}
                    href={`/campaigns?advertiser=${advertiser.id}`}
                    fw={550}
                    c="var(--mantine-color-text)"
                  >
                    {advertiser.name}
                  </Anchor>
                </Table.Td>
                <Table.Td>
                  <StatusBadge status={advertiser.status} />
                </Table.Td>
                <Table.Td data-label={t('changedAt')}>
                  <Text size="sm" component="span" c="dimmed">
                    {format.dateTime(advertiser.updatedAt)}
                  </Text>
                </Table.Td>
                <Table.Td className={classes.menu}>
                  <EntityMenu
                    kind="advertisers"
                    entity={advertiser}
                    onEdit={async () => setDialog({ entity: await readOne('advertisers', advertiser.id) })}
                  />
                </Table.Td>
              </Table.Tr>
            ))}
          </ListTable>
          <ListFoot list={list} shown={advertisers.length} />
        </>
      )}
      <EntityDialog
        kind="advertisers"
        opened={dialog !== undefined}
        entity={dialog?.entity}
        onClose={() => setDialog(undefined)}
      />
    </>
  );
}
