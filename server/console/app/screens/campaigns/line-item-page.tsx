import { Anchor, Breadcrumbs, Tabs } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation, useSearchParams } from 'wouter';
import type { Tagged } from '../../api/client.ts';
import { changesOf } from '../../parts/changes.ts';
import { ConflictDialog } from '../../parts/conflict-dialog.tsx';
import { ErrorNote } from '../../parts/error-note.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { shownValue } from '../../parts/shown-value.ts';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { toast } from '../../parts/toast.ts';
import { forgetDraft, readDraft } from '../../parts/use-draft.ts';
import { useGuardedSave } from '../../parts/use-guarded-save.ts';
import { Waiting } from '../../parts/waiting.tsx';
import type { Targeting } from '../targeting/model.ts';
import { useRuleWords } from '../targeting/words.ts';
import { CreativesTab } from './creatives-tab.tsx';
import { EntityMenu } from './entity-menu.tsx';
import {
  changeOne,
  createOne,
  type LineItem,
  oneKey,
  readOne,
  useInventoryChanged,
  useOne,
} from './inventory.ts';
import { type KeptLineItem, LineItemForm } from './line-item-form.tsx';
import { bodyOf, type LineItemBody, newLineItem, valuesOf } from './line-item-values.ts';
import { useCreatives } from './use-creatives.ts';

/** A new line item of a campaign. */
export function NewLineItemPage({ campaignId }: { readonly campaignId: number }) {
  const { t } = useTranslation('campaigns');
  const [, go] = useLocation();
  const changed = useInventoryChanged();
  const once = useRef(crypto.randomUUID());
  const [initial] = useState(newLineItem);
  const draftName = `line-item.new.${campaignId}`;
  const [kept] = useState(() => readDraft<KeptLineItem>(draftName));
  const create = useMutation({
    mutationFn: (body: LineItemBody) => createOne('line-items', { campaignId, ...body }, once.current),
    async onSuccess({ value }) {
      forgetDraft(draftName);
      await changed();
      toast(t('savedNow', { name: value.name }));
      go(`/campaigns/line-items/${value.id}?tab=creatives`);
    },
  });
  return (
    <>
      <Trail campaignId={campaignId} />
      <PageHeader title={t('newLineItem')} />
      <LineItemForm
        draftName={draftName}
        initial={initial}
        kept={kept}
        submitLabel={t('createLineItem')}
        pending={create.isPending}
        error={create.error}
        onSubmit={(body) => create.mutate(body)}
      />
    </>
  );
}

/** A line item: its settings, and its creatives. */
export function LineItemPage({ id }: { readonly id: number }) {
  const { t } = useTranslation('campaigns');
  const [params, setParams] = useSearchParams();
  const lineItem = useOne('line-items', id);
  const creatives = useCreatives(id);
  if (lineItem.isPending) return <Waiting lines={8} height={30} />;
  if (lineItem.isError) return <ErrorNote error={lineItem.error} onRetry={lineItem.refetch} />;
  const { value } = lineItem.data;
  const count = creatives.data?.length;
  return (
    <>
      <Trail campaignId={value.campaignId} />
      <PageHeader
        title={value.name}
        description={<StatusBadge status={value.status} />}
        actions={<EntityMenu kind="line-items" entity={value} />}
      />
      <Tabs
        value={params.get('tab') ?? 'settings'}
        onChange={(tab) => setParams(tab === 'settings' ? {} : { tab: tab ?? '' })}
        keepMounted
      >
        <Tabs.List mb="md" aria-label={value.name}>
          <Tabs.Tab value="settings">{t('tab.settings')}</Tabs.Tab>
          <Tabs.Tab value="creatives">
            {t('tab.creatives')}
            {count !== undefined && ` (${count})`}
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="settings">
          <Settings
            key={id}
            lineItem={lineItem.data}
            sizes={creatives.data?.map(({ width, height }) => [width, height] as const)}
          />
        </Tabs.Panel>
        <Tabs.Panel value="creatives">
          <CreativesTab lineItemId={id} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

interface SettingsProps {
  readonly lineItem: Tagged<LineItem>;
  readonly sizes: readonly (readonly [number, number])[] | undefined;
}

function Settings({ lineItem, sizes }: SettingsProps) {
  const draftName = `line-item.${lineItem.value.id}`;
  const [kept, setKept] = useState(() => readDraft<KeptLineItem>(draftName));
  // Others' changes do not slip in below what is being filled in: saving tells of them.
  const [base, setBase] = useState(kept?.base ?? lineItem);
  const onSaved = (saved: Tagged<LineItem>) => {
    setKept(undefined);
    setBase(saved);
  };
  const props = { draftName, kept, base, onSaved };
  return <ChangeForm key={base.tag} {...props} sizes={sizes} />;
}

interface ChangeProps {
  readonly draftName: string;
  readonly kept: KeptLineItem | undefined;
  readonly base: Tagged<LineItem>;
  readonly sizes: SettingsProps['sizes'];
  readonly onSaved: (saved: Tagged<LineItem>) => void;
}

function ChangeForm({ draftName, kept, base, sizes, onSaved }: ChangeProps) {
  const { t } = useTranslation('campaigns');
  const queries = useQueryClient();
  const changed = useInventoryChanged();
  const { id } = base.value;
  const [initial] = useState(() => valuesOf(base.value));
  const guarded = useGuardedSave<LineItem, Partial<LineItemBody>>({
    base,
    send: (patch, tag) => changeOne('line-items', id, patch, tag),
    read: () => readOne('line-items', id),
    async onSaved(saved) {
      forgetDraft(draftName);
      queries.setQueryData(oneKey('line-items', id), saved);
      toast(t('savedNow', { name: saved.value.name }));
      onSaved(saved);
      await changed();
    },
  });
  const words = useRuleWords(
    [guarded.conflict?.theirs.value.targeting, guarded.conflict?.mine.targeting].map((rule) => rule ?? null),
  );
  return (
    <>
      <LineItemForm
        draftName={draftName}
        initial={initial}
        kept={kept}
        base={base}
        lineItemId={id}
        {...(sizes === undefined ? {} : { sizes })}
        submitLabel={t('save')}
        pending={guarded.pending}
        error={guarded.error}
        onSubmit={(body) => {
          const patch = changesOf(bodyOf(initial), body);
          if (Object.keys(patch).length === 0) toast(t('nothingChanged'));
          else guarded.save(patch);
        }}
      />
      <ConflictDialog
        conflict={guarded.conflict}
        labelOf={(field) => t(`field.${field as 'name'}`, { defaultValue: field })}
        show={(field, value) =>
          field === 'targeting' ? words(value as Targeting | null) : shownValue(value)
        }
        onOverwrite={guarded.overwrite}
        onTakeTheirs={guarded.takeTheirs}
        onClose={guarded.goOnEditing}
      />
    </>
  );
}

function Trail({ campaignId }: { readonly campaignId: number }) {
  const { t } = useTranslation('campaigns');
  const campaign = useOne('campaigns', campaignId);
  return (
    <Breadcrumbs mb="xs">
      <Anchor component={Link} href="/campaigns" size="sm">
        {t('title')}
      </Anchor>
      <Anchor component={Link} href={`/campaigns/${campaignId}`} size="sm">
        {campaign.data?.value.name ?? '…'}
      </Anchor>
    </Breadcrumbs>
  );
}
