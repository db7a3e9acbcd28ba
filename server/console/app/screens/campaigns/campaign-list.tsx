import { Anchor, Button, Paper, Select, Table, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import { answerOf, api } from '../../api/client.ts';
import { useFormat } from '../../i18n/format.ts';
import { Empty } from '../../parts/empty.tsx';
import { ErrorNote } from '../../parts/error-note.tsx';
import { Icon } from '../../parts/icon.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { Waiting } from '../../parts/waiting.tsx';
import { useInventoryList, useInventoryNames } from '../targeting/names.ts';
import { CampaignTabs } from './campaign-tabs.tsx';
import { EntityDialog } from './entity-dialog.tsx';
import { EntityMenu } from './entity-menu.tsx';
import { HealthOf, useHealth } from './health.tsx';
import type { Campaign } from './inventory.ts';
import { ListFilters, queryOf, useFilters } from './list-filters.tsx';
import { ListFoot } from './list-foot.tsx';
import { ListTable } from './list-table.tsx';
import classes from './table.module.css';
import { Transfer } from './transfer.tsx';

/** All campaigns, with how they do. */
export function CampaignList() {
  const { t } = useTranslation('campaigns');
  const [filters, setFilters] = useFilters();
  const [making, setMaking] = useState(false);
  const [, go] = useLocation();
  const advertisers = useInventoryList('advertisers');
  const query = queryOf(filters);
  const list = useInfiniteQuery({
    queryKey: ['campaigns', 'list', query],
    queryFn: ({ pageParam }) =>
      answerOf(
        api.GET('/campaigns', {
          params: { query: { ...query, limit: 50, ...(pageParam === '' ? {} : { after: pageParam }) } },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    placeholderData: (before) => before,
  });
  const campaigns = list.data?.pages.flatMap(({ items }) => items) ?? [];
  const narrowed = filters.q !== '' || filters.advertiser !== undefined || filters.status !== 'running';
  return (
    <>
      <PageHeader
        title={t('title')}
        description={t('description')}
        actions={
          <>
            <Transfer advertiserId={filters.advertiser} />
            <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setMaking(true)}>
              {t('new.campaigns')}
            </Button>
          </>
        }
      />
      <CampaignTabs />
      <ListFilters filters={filters} onChange={setFilters}>
        <Select
          w={200}
          searchable
          clearable
          clearButtonProps={{ 'aria-label': t('allAdvertisers') }}
          aria-label={t('advertiser')}
          placeholder={t('allAdvertisers')}
          data={advertisers.map(({ id, name }) => ({ value: String(id), label: name }))}
          value={filters.advertiser === undefined ? null : String(filters.advertiser)}
          onChange={(advertiser) => setFilters({ advertiser })}
        />
      </ListFilters>
      {list.isPending && <Waiting lines={6} height={36} />}
      {list.isError && <ErrorNote error={list.error} onRetry={list.refetch} />}
      {list.isSuccess && campaigns.length === 0 && (
        <Paper>
          {narrowed ? (
            <Empty icon="search" title={t('nothingFound')}>
              {t('nothingFoundText')}
            </Empty>
          ) : (
            <Empty icon="megaphone" title={t('noCampaigns')}>
              {t('noCampaignsText')}
            </Empty>
          )}
        </Paper>
      )}
      {campaigns.length > 0 && (
        <>
          <CampaignTable campaigns={campaigns} />
          <ListFoot list={list} shown={campaigns.length} />
        </>
      )}
      <EntityDialog
        kind="campaigns"
        opened={making}
        advertiserId={filters.advertiser}
        onClose={() => setMaking(false)}
        onSaved={({ id }) => go(`/campaigns/${id}`)}
      />
    </>
  );
}

function CampaignTable({ campaigns }: { readonly campaigns: readonly Campaign[] }) {
  const { t } = useTranslation('campaigns');
  const format = useFormat();
  const advertiserName = useInventoryNames('advertisers');
  const health = useHealth(campaigns.map(({ id }) => id));
  return (
    <ListTable heads={[t('campaign'), t('status'), t('dates'), t('delivery')]}>
      {campaigns.map((campaign) => (
        <Table.Tr key={campaign.id}>
          <Table.Td className={classes.name}>
            <Anchor
              component={Link}
              href={`/campaigns/${campaign.id}`}
              fw={550}
              c="var(--mantine-color-text)"
            >
              {campaign.name}
            </Anchor>
            <Text size="xs" c="dimmed">
              {advertiserName(campaign.advertiserId)}
            </Text>
          </Table.Td>
          <Table.Td>
            <StatusBadge status={campaign.status} />
          </Table.Td>
          <Table.Td data-label={t('dates')}>{health.datesOf(campaign.id, format)}</Table.Td>
          <Table.Td data-label={t('delivery')} className={classes.bars}>
            <HealthOf lineItems={health.ofCampaign(campaign.id)} />
          </Table.Td>
          <Table.Td className={classes.menu}>
            <EntityMenu kind="campaigns" entity={campaign} />
          </Table.Td>
        </Table.Tr>
      ))}
    </ListTable>
  );
}
