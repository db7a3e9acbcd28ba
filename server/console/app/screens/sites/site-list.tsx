import { Anchor, Button, Group, Paper, Select, Table, Text, TextInput, VisuallyHidden } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import { answerOf, api, type Tagged } from '../../api/client.ts';
import { Empty } from '../../parts/empty.tsx';
import { ErrorNote } from '../../parts/error-note.tsx';
import { Icon } from '../../parts/icon.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { Waiting } from '../../parts/waiting.tsx';
import { useAccount } from '../../session/account.ts';
import table from '../campaigns/table.module.css';
import { FillBar } from './fill-bar.tsx';
import { type Fill, readOne, type Site, useFill } from './supply.ts';
import { SupplyDialog } from './supply-dialog.tsx';
import { SupplyMenu } from './supply-menu.tsx';

/** All sites, with how their zones fill. */
export function SiteList() {
  const { t } = useTranslation('sites');
  const { t: common } = useTranslation();
  const mayChange = useAccount().role !== 'publisher';
  const [, go] = useLocation();
  const [q, setQ] = useState('');
  const [asked] = useDebouncedValue(q.trim(), 250);
  const [status, setStatus] = useState<'active' | 'archived'>('active');
  const [dialog, setDialog] = useState<{ readonly entity?: Tagged<Site> }>();
  const list = useInfiniteQuery({
    queryKey: ['sites', 'list', asked, status],
    queryFn: ({ pageParam }) =>
      answerOf(
        api.GET('/sites', {
          params: {
            query: {
              ...{ status, sort: 'name', limit: 50 },
              ...(asked === '' ? {} : { q: asked }),
              ...(pageParam === '' ? {} : { after: pageParam }),
            },
          },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    placeholderData: (before) => before,
  });
  const sites = list.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <>
      <PageHeader
        title={t('title')}
        description={t('description')}
        actions={
          mayChange && (
            <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setDialog({})}>
              {t('new.sites')}
            </Button>
          )
        }
      />
      <Group gap="sm" mb="md">
        <TextInput
          flex="1 1 200px"
          maw={320}
          type="search"
          aria-label={t('search')}
          placeholder={t('search')}
          leftSection={<Icon name="search" size={16} />}
          value={q}
          onChange={({ currentTarget }) => setQ(currentTarget.value)}
        />
        <Select
          w={160}
          aria-label={t('statusLabel')}
          allowDeselect={false}
          data={(['active', 'archived'] as const).map((value) => ({
            value,
            label: common(`status.${value}`),
          }))}
          value={status}
          onChange={(value) => setStatus(value === 'archived' ? 'archived' : 'active')}
        />
      </Group>
      {list.isPending && <Waiting lines={6} height={36} />}
      {list.isError && <ErrorNote error={list.error} onRetry={list.refetch} />}
      {list.isSuccess && sites.length === 0 && (
        <Paper>
          <Empty icon="layout" title={t(asked === '' && status === 'active' ? 'noSites' : 'nothingFound')}>
            {t(asked === '' && status === 'active' ? 'noSitesText' : 'nothingFoundText')}
          </Empty>
        </Paper>
      )}
      {sites.length > 0 && (
        <SiteTable
          sites={sites}
          mayChange={mayChange}
          onEdit={async (id) => setDialog({ entity: await readOne('sites', id) })}
        />
      )}
      {list.hasNextPage && (
        <Button variant="default" size="xs" mt="sm" onClick={() => list.fetchNextPage()}>
          {common('common.more')}
        </Button>
      )}
      <SupplyDialog
        kind="sites"
        opened={dialog !== undefined}
        entity={dialog?.entity}
        onClose={() => setDialog(undefined)}
        onSaved={({ id }) => go(`/sites/${id}`)}
      />
    </>
  );
}

interface TableProps {
  readonly sites: readonly Site[];
  readonly mayChange: boolean;
  readonly onEdit: (id: number) => void;
}

function SiteTable({ sites, mayChange, onEdit }: TableProps) {
  const { t } = useTranslation('sites');
  const fill = useFill();
  const zones = useQuery({
    queryKey: ['zones', 'all'],
    queryFn: async () =>
      (
        await answerOf(
          api.GET('/zones', { params: { query: { status: 'active', limit: 200, sort: 'name' } } }),
        )
      ).items,
  });
  return (
    <Paper className={table.paper}>
      <Table className={table.table} highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('site')}</Table.Th>
            <Table.Th>{t('statusLabel')}</Table.Th>
            <Table.Th>{t('zones')}</Table.Th>
            <Table.Th>{t('fillOfWeek')}</Table.Th>
            {mayChange && (
              <Table.Th>
                <VisuallyHidden>{t('actions')}</VisuallyHidden>
              </Table.Th>
            )}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {sites.map((site) => {
            const own = zones.data?.filter(({ siteId }) => siteId === site.id) ?? [];
            return (
              <Table.Tr key={site.id}>
                <Table.Td className={table.name}>
                  <Anchor component={Link} href={`/sites/${site.id}`} fw={550} c="var(--mantine-color-text)">
                    {site.name}
                  </Anchor>
                  <Text size="xs" c="dimmed">
                    {site.domain}
                  </Text>
                </Table.Td>
                <Table.Td>
                  <StatusBadge status={site.status} />
                </Table.Td>
                <Table.Td data-label={t('zones')}>{own.length}</Table.Td>
                <Table.Td data-label={t('fillOfWeek')} className={table.bars}>
                  {fill.data !== undefined && (
                    <FillBar fill={sumOf(own.map(({ id }) => fill.data.get(id)))} />
                  )}
                </Table.Td>
                {mayChange && (
                  <Table.Td className={table.menu}>
                    <SupplyMenu kind="sites" entity={site} onEdit={() => onEdit(site.id)} />
                  </Table.Td>
                )}
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </Paper>
  );
}

function sumOf(fills: readonly (Fill | undefined)[]): Fill {
  const sum = (name: 'adRequests' | 'filled') =>
    fills.reduce((total, fill) => total + (fill?.[name] ?? 0), 0);
  return { adRequests: sum('adRequests'), filled: sum('filled'), fillRate: null };
}
