import { Anchor, Badge, Breadcrumbs, Group, Paper, Stack, Title } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { ErrorNote } from '../../parts/error-note.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { Waiting } from '../../parts/waiting.tsx';
import { useAccount } from '../../session/account.ts';
import { FillBar } from './fill-bar.tsx';
import { useFill, useOne } from './supply.ts';
import { SupplyDialog } from './supply-dialog.tsx';
import { SupplyMenu } from './supply-menu.tsx';
import { TagBuilder } from './tag-builder.tsx';
import { TagSeen } from './tag-seen.tsx';

/** A zone: how it fills, its tag, and where the tag was seen. */
export function ZonePage({ id }: { readonly id: number }) {
  const { t } = useTranslation('sites');
  const mayChange = useAccount().role !== 'publisher';
  const [editing, setEditing] = useState(false);
  const zone = useOne('zones', id);
  const site = useOne('sites', zone.data?.value.siteId);
  const fill = useFill();
  if (zone.isPending) return <Waiting lines={6} height={30} />;
  if (zone.isError) return <ErrorNote error={zone.error} onRetry={zone.refetch} />;
  const { value } = zone.data;
  return (
    <>
      <Breadcrumbs mb="xs">
        <Anchor component={Link} href="/sites" size="sm">
          {t('title')}
        </Anchor>
        <Anchor component={Link} href={`/sites/${value.siteId}`} size="sm">
          {site.data?.value.name ?? '…'}
        </Anchor>
      </Breadcrumbs>
      <PageHeader
        title={value.name}
        actions={mayChange && <SupplyMenu kind="zones" entity={value} onEdit={() => setEditing(true)} />}
      />
      <Group gap={6} mb="md">
        <StatusBadge status={value.status} />
        <Badge variant="default" radius="sm" tt="none" fw={500}>
          {t('zoneNumber', { id })}
        </Badge>
        {value.sizes.map(([width, height]) => (
          <Badge key={`${width}×${height}`} variant="default" radius="sm" tt="none" fw={500}>
            {width}×{height}
          </Badge>
        ))}
      </Group>
      <Stack gap="md">
        <Paper p="md" component="section">
          <Title order={2} mb="sm">
            {t('fillOfWeek')}
          </Title>
          {fill.isError && <ErrorNote error={fill.error} onRetry={fill.refetch} />}
          {fill.data !== undefined && <FillBar fill={fill.data.get(id)} />}
        </Paper>
        <TagBuilder zone={value} />
        <TagSeen zoneId={id} />
      </Stack>
      <SupplyDialog kind="zones" opened={editing} entity={zone.data} onClose={() => setEditing(false)} />
    </>
  );
}
