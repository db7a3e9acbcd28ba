import { Anchor, Breadcrumbs, Button, Group, Paper, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { answerOf, api } from '../../api/client.ts';
import { useFormat } from '../../i18n/format.ts';
import { Empty } from '../../parts/empty.tsx';
import { ErrorNote } from '../../parts/error-note.tsx';
import { Icon } from '../../parts/icon.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { Waiting } from '../../parts/waiting.tsx';
import { useRuleWords } from '../targeting/words.ts';
import { EntityDialog } from './entity-dialog.tsx';
import { EntityMenu } from './entity-menu.tsx';
import { flightOf, HealthOf, useHealth } from './health.tsx';
import { type LineItem, useOne } from './inventory.ts';
import { ListTable } from './list-table.tsx';
import classes from './table.module.css';

/** A campaign with its line items. */
export function CampaignPage({ id }: { readonly id: number }) {
  const { t } = useTranslation('campaigns');
  const [editing, setEditing] = useState(false);
  const campaign = useOne('campaigns', id);
  const advertiserId = campaign.data?.value.advertiserId;
  const advertiser = useQuery({
    queryKey: ['advertisers', 'name', advertiserId],
    queryFn: () => answerOf(api.GET('/advertisers/{id}', { params: { path: { id: advertiserId ?? 0 } } })),
    enabled: advertiserId !== undefined,
    select: ({ name }) => name,
  });
  const lineItems = useQuery({
    queryKey: ['line-items', 'of', id],
    queryFn: () =>
      answerOf(api.GET('/line-items', { params: { query: { campaignId: id, limit: 200, sort: 'id' } } })),
  });
  if (campaign.isPending) return <Waiting lines={6} height={30} />;
  if (campaign.isError) return <ErrorNote error={campaign.error} onRetry={campaign.refetch} />;
  const { value } = campaign.data;
  const items = lineItems.data?.items.filter(
    ({ status }) => status !== 'archived' || value.status === 'archived',
  );
  return (
    <>
      <Breadcrumbs mb="xs" fz="sm">
        <Anchor component={Link} href="/campaigns" size="sm">
          {t('title')}
        </Anchor>
        <Anchor component={Link} href={`/campaigns?advertiser=${value.advertiserId}`} size="sm">
          {advertiser.data ?? '…'}
        </Anchor>
      </Breadcrumbs>
      <PageHeader
        title={value.name}
        description={<StatusBadge status={value.status} />}
        actions={
          <>
            <Button
              component={Link}
              href={`/campaigns/${id}/new`}
              leftSection={<Icon name="plus" size={16} />}
            >
              {t('newLineItem')}
            </Button>
            <EntityMenu kind="campaigns" entity={value} onEdit={() => setEditing(true)} />
          </>
        }
      />
      {lineItems.isError && <ErrorNote error={lineItems.error} onRetry={lineItems.refetch} />}
      {lineItems.isPending && <Waiting />}
      {items?.length === 0 && (
        <Paper>
          <Empty icon="target" title={t('noLineItems')}>
            {t('noLineItemsText')}
          </Empty>
        </Paper>
      )}
      {items !== undefined && items.length > 0 && <LineItemTable lineItems={items} campaignId={id} />}
      <EntityDialog
        kind="campaigns"
        opened={editing}
        entity={campaign.data}
        onClose={() => setEditing(false)}
      />
    </>
  );
}

function LineItemTable({
  lineItems,
  campaignId,
}: {
  readonly lineItems: readonly LineItem[];
  readonly campaignId: number;
}) {
  const { t } = useTranslation('campaigns');
  const format = useFormat();
  const words = useRuleWords(lineItems.map(({ targeting }) => targeting));
  const health = useHealth([campaignId]);
  return (
    <ListTable heads={[t('lineItem'), t('status'), t('dates'), t('delivery')]}>
      {lineItems.map((lineItem) => (
        <Table.Tr key={lineItem.id}>
          <Table.Td className={classes.name}>
            <Anchor
              component={Link}
              href={`/campaigns/line-items/${lineItem.id}`}
              fw={550}
              c="var(--mantine-color-text)"
            >
              {lineItem.name}
            </Anchor>
            <Text size="xs" c="dimmed" lineClamp={2}>
              {words(lineItem.targeting)}
            </Text>
          </Table.Td>
          <Table.Td>
            <Group gap={6} wrap="nowrap">
              <StatusBadge status={lineItem.status} />
              <Text size="xs" c="dimmed">
                {t(`type.${lineItem.type}`)}
              </Text>
            </Group>
          </Table.Td>
          <Table.Td data-label={t('dates')}>{flightOf(lineItem, format)}</Table.Td>
          <Table.Td data-label={t('delivery')} className={classes.bars}>
            <HealthOf lineItems={health.ofLineItem(lineItem.id)} />
          </Table.Td>
          <Table.Td className={classes.menu}>
            <EntityMenu kind="line-items" entity={lineItem} />
          </Table.Td>
        </Table.Tr>
      ))}
    </ListTable>
  );
}
