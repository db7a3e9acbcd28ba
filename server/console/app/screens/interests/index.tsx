import { Box, Button, Group, Modal, Paper, Switch, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Tagged } from '../../api/client.ts';
import { useFormat } from '../../i18n/format.ts';
import { Empty } from '../../parts/empty.tsx';
import { ErrorNote } from '../../parts/error-note.tsx';
import { Icon } from '../../parts/icon.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { Waiting } from '../../parts/waiting.tsx';
import { useInventoryNames } from '../targeting/names.ts';
import { CategoryForm } from './category-form.tsx';
import { InterestTable } from './interest-table.tsx';
import { type Category, type Entities, type Kind, readOne, type Segment, useInterests } from './interests.ts';
import { SegmentForm } from './segment-form.tsx';

/** What visitors can be interested in, and the segments that line items target. */
export function Screen() {
  const { t } = useTranslation('interests');
  const format = useFormat();
  const siteName = useInventoryNames('sites');
  const [archived, setArchived] = useState(false);
  return (
    <>
      <PageHeader title={t('title')} description={t('description')} />
      <Kinds
        kind="segments"
        archived={archived}
        contentOf={({ categories, match, atLeast }) =>
          t('segmentText', {
            categories: categories.join(t(match === 'any' ? 'or' : 'and')),
            number: format.number(atLeast),
          })
        }
      />
      <Kinds
        kind="interest-categories"
        archived={archived}
        contentOf={({ pages, keyValues, siteId }) =>
          [
            t('pagesCount', { count: pages.length }),
            ...(keyValues.length > 0 ? [t('keyValuesCount', { count: keyValues.length })] : []),
            siteId === null ? t('everySite') : siteName(siteId),
          ].join(' · ')
        }
      />
      <Switch
        size="xs"
        label={t('showArchived')}
        checked={archived}
        onChange={(event) => setArchived(event.currentTarget.checked)}
      />
    </>
  );
}

interface KindsProps<K extends Kind> {
  readonly kind: K;
  readonly archived: boolean;
  readonly contentOf: (row: Entities[K]) => string;
}

function Kinds<K extends Kind>({ kind, archived, contentOf }: KindsProps<K>) {
  const { t } = useTranslation(['interests', 'shell']);
  const [dialog, setDialog] = useState<{ readonly entity?: Tagged<Entities[K]> }>();
  const list = useInterests(kind, archived ? 'archived' : 'active');
  const close = () => setDialog(undefined);
  const entity = dialog?.entity;
  return (
    <Box component="section" aria-label={t(`title_${kind}`)} mb="xl">
      <Group justify="space-between" mb="sm">
        <div>
          <Title order={2}>{t(`title_${kind}`)}</Title>
          <Text size="sm" c="dimmed">
            {t(`text_${kind}`)}
          </Text>
        </div>
        <Button variant="default" leftSection={<Icon name="plus" size={16} />} onClick={() => setDialog({})}>
          {t(`new_${kind}`)}
        </Button>
      </Group>
      {list.isPending && <Waiting lines={3} height={36} />}
      {list.isError && <ErrorNote error={list.error} onRetry={list.refetch} />}
      {list.data?.length === 0 && (
        <Paper>
          <Empty icon="people" title={t(archived ? 'noneArchived' : `none_${kind}`)}>
            {archived ? null : t(`noneText_${kind}`)}
          </Empty>
        </Paper>
      )}
      {list.data !== undefined && list.data.length > 0 && (
        <InterestTable
          kind={kind}
          rows={list.data}
          contentOf={contentOf}
          onEdit={async (id) => setDialog({ entity: await readOne(kind, id) })}
        />
      )}
      <Modal
        opened={dialog !== undefined}
        onClose={close}
        title={entity?.value.name ?? t(`new_${kind}`)}
        closeButtonProps={{ 'aria-label': t('shell:common.close') }}
        size="lg"
      >
        {dialog !== undefined &&
          (kind === 'segments' ? (
            <SegmentForm entity={entity as Tagged<Segment> | undefined} onClose={close} />
          ) : (
            <CategoryForm entity={entity as Tagged<Category> | undefined} onClose={close} />
          ))}
      </Modal>
    </Box>
  );
}
