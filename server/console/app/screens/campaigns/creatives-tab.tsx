import { Badge, Button, Group, Paper, SimpleGrid, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Empty } from '../../parts/empty.tsx';
import { ErrorNote } from '../../parts/error-note.tsx';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { Waiting } from '../../parts/waiting.tsx';
import { ApprovalBadge } from './approval.tsx';
import { CreativeDialog, type Opened } from './creative-dialog.tsx';
import { CreativePreview } from './creative-preview.tsx';
import { DropArea } from './drop-area.tsx';
import { EntityMenu } from './entity-menu.tsx';
import type { Creative } from './inventory.ts';
import { readOne } from './inventory.ts';
import { useCreatives, useZoneSizes } from './use-creatives.ts';

const written = ['html', 'text', 'native'] as const;

/** The creatives of a line item, and the ways to make further ones. */
export function CreativesTab({ lineItemId }: { readonly lineItemId: number }) {
  const { t } = useTranslation('campaigns');
  const creatives = useCreatives(lineItemId);
  const [opened, setOpened] = useState<Opened>();
  return (
    <>
      <DropArea onFiles={(files) => setOpened({ lineItemId, files })}>
        <Group gap="xs" justify="center" mt="sm">
          <Text size="sm" c="dimmed">
            {t('orWrite')}
          </Text>
          {written.map((type) => (
            <Button key={type} size="xs" variant="default" onClick={() => setOpened({ lineItemId, type })}>
              {t(`creativeType.${type}`)}
            </Button>
          ))}
        </Group>
      </DropArea>
      {creatives.isPending && <Waiting />}
      {creatives.isError && <ErrorNote error={creatives.error} onRetry={creatives.refetch} />}
      {creatives.data?.length === 0 && (
        <Empty icon="image" title={t('noCreatives')}>
          {t('noCreativesText')}
        </Empty>
      )}
      <SimpleGrid cols={{ base: 1, xs: 2, lg: 3 }} mt="md">
        {creatives.data?.map((creative) => (
          <CreativeCard
            key={creative.id}
            creative={creative}
            onEdit={async () => setOpened({ lineItemId, creative: await readOne('creatives', creative.id) })}
          />
        ))}
      </SimpleGrid>
      <CreativeDialog opened={opened} onClose={() => setOpened(undefined)} />
    </>
  );
}

interface CardProps {
  readonly creative: Creative;
  readonly onEdit: () => void;
}

function CreativeCard({ creative, onEdit }: CardProps) {
  const { t } = useTranslation('campaigns');
  const zones = useZoneSizes();
  const fitting = zones.data?.filter(({ sizes }) =>
    sizes.some(([width, height]) => width === creative.width && height === creative.height),
  );
  return (
    <Paper p="sm" component="article" aria-label={creative.name}>
      <CreativePreview creative={creative} box={{ width: 320, height: 180 }} />
      <Group justify="space-between" wrap="nowrap" mt="sm" gap="xs">
        <Text fw={550} truncate miw={0}>
          {creative.name}
        </Text>
        <EntityMenu kind="creatives" entity={creative} onEdit={onEdit} />
      </Group>
      <Group gap={6} mt={4}>
        <StatusBadge status={creative.status} />
        <ApprovalBadge creative={creative} />
        <Badge variant="default" radius="sm" tt="none" fw={500}>
          {creative.width}×{creative.height}
        </Badge>
        <Text size="xs" c="dimmed">
          {t(`creativeType.${creative.type}`)}
        </Text>
      </Group>
      <Text size="xs" mt={6} c={fitting?.length === 0 ? 'var(--mantine-color-error)' : 'dimmed'}>
        {fitting === undefined
          ? ' '
          : fitting.length === 0
            ? t('fitsNoZone')
            : t('fitsZones', { zones: fitting.map(({ name }) => name).join(', ') })}
      </Text>
    </Paper>
  );
}
