import { Anchor, Breadcrumbs, Button, Paper, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import { answerOf, api } from '../../api/client.ts';
import { Empty } from '../../parts/empty.tsx';
import { ErrorNote } from '../../parts/error-note.tsx';
import { Icon } from '../../parts/icon.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { Waiting } from '../../parts/waiting.tsx';
import { useAccount } from '../../session/account.ts';
import table from '../campaigns/table.module.css';
import { FillBar } from './fill-bar.tsx';
import { useFill, useOne } from './supply.ts';
import { SupplyDialog } from './supply-dialog.tsx';
import { SupplyMenu } from './supply-menu.tsx';

/** A site with its zones. */
export function SitePage({ id }: { readonly id: number }) {
  const { t } = useTranslation('sites');
  const mayChange = useAccount().role !== 'publisher';
  const [, go] = useLocation();
  const [dialog, setDialog] = useState<'site' | 'zone'>();
  const site = useOne('sites', id);
  const fill = useFill();
  const zones = useQuery({
    queryKey: ['zones', 'of', id],
    queryFn: async () =>
      (await answerOf(api.GET('/zones', { params: { query: { siteId: id, limit: 200, sort: 'name' } } })))
        .items,
  });
  if (site.isPending) return <Waiting lines={6} height={30} />;
  if (site.isError) return <ErrorNote error={site.error} onRetry={site.refetch} />;
  const { value } = site.data;
  const shown = zones.data?.filter(({ status }) => status === 'active' || value.status === 'archived');
  return (
    <>
      <Breadcrumbs mb="xs">
        <Anchor component={Link} href="/sites" size="sm">
          {t('title')}
        </Anchor>
      </Breadcrumbs>
      <PageHeader
        title={value.name}
        description={value.domain}
        actions={
          mayChange && (
            <>
              <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setDialog('zone')}>
                {t('new.zones')}
              </Button>
              <SupplyMenu kind="sites" entity={value} onEdit={() => setDialog('site')} />
            </>
          )
        }
      />
      {zones.isPending && <Waiting />}
      {zones.isError && <ErrorNote error={zones.error} onRetry={zones.refetch} />}
      {shown?.length === 0 && (
        <Paper>
          <Empty icon="layout" title={t('noZones')}>
            {t('noZonesText')}
          </Empty>
        </Paper>
      )}
      {shown !== undefined && shown.length > 0 && (
        <Paper className={table.paper}>
          <Table className={table.table} highlightOnHover>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('zone')}</Table.Th>
                <Table.Th>{t('statusLabel')}</Table.Th>
                <Table.Th>{t('sizes')}</Table.Th>
                <Table.Th>{t('fillOfWeek')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {shown.map((zone) => (
                <Table.Tr key={zone.id}>
                  <Table.Td className={table.name}>
                    <Anchor
                      component={Link}
                      href={`/sites/zones/${zone.id}`}
                      fw={550}
                      c="var(--mantine-color-text)"
                    >
                      {zone.name}
                    </Anchor>
                    <Text size="xs" c="dimmed">
                      {t('zoneNumber', { id: zone.id })}
                    </Text>
                  </Table.Td>
                  <Table.Td>
                    <StatusBadge status={zone.status} />
                  </Table.Td>
                  <Table.Td data-label={t('sizes')}>
                    {zone.sizes.map(([width, height]) => `${width}×${height}`).join(', ')}
                  </Table.Td>
                  <Table.Td data-label={t('fillOfWeek')} className={table.bars}>
                    {fill.data !== undefined && <FillBar fill={fill.data.get(zone.id)} />}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Paper>
      )}
      <SupplyDialog
        kind="sites"
        opened={dialog === 'site'}
        entity={site.data}
        onClose={() => setDialog(undefined)}
      />
      <SupplyDialog
        kind="zones"
        siteId={id}
        opened={dialog === 'zone'}
        onClose={() => setDialog(undefined)}
        onSaved={(zone) => go(`/sites/zones/${zone.id}`)}
      />
    </>
  );
}
