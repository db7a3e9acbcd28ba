import { Button, Group, Modal, Select, Stack, Switch, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Tagged } from '../../api/client.ts';
import { fieldErrors } from '../../api/problem.ts';
import { changesOf } from '../../parts/changes.ts';
import { ConflictDialog } from '../../parts/conflict-dialog.tsx';
import { ErrorNote } from '../../parts/error-note.tsx';
import { toast } from '../../parts/toast.ts';
import { useGuardedSave } from '../../parts/use-guarded-save.ts';
import { useInventoryList } from '../targeting/names.ts';
import { type Cap, CapsField } from './caps-field.tsx';
import {
  type Advertiser,
  type Campaign,
  changeOne,
  createOne,
  readOne,
  useInventoryChanged,
} from './inventory.ts';

type DialogKind = 'advertisers' | 'campaigns';

interface Props {
  readonly kind: DialogKind;
  readonly opened: boolean;
  readonly onClose: () => void;
  /** What is to be changed; undefined: a new one. */
  readonly entity?: Tagged<Advertiser | Campaign> | undefined;
  /** Of a new campaign, where that is known. */
  readonly advertiserId?: number | undefined;
  readonly onSaved?: (entity: Advertiser | Campaign) => void;
}

/** Makes or changes an advertiser or a campaign. */
export function EntityDialog(props: Props) {
  const { t } = useTranslation('campaigns');
  const { kind, opened, onClose, entity } = props;
  const title = entity === undefined ? t(`new.${kind}`) : entity.value.name;
  return (
    <Modal opened={opened} onClose={onClose} title={title} closeButtonProps={{ 'aria-label': t('close') }}>
      {opened && <EntityForm {...props} />}
    </Modal>
  );
}

interface Values {
  readonly name: string;
  readonly advertiserId: string | null;
  readonly category: string;
  readonly payer: string;
  readonly visitorValues: boolean;
  readonly caps: readonly Cap[];
}

function EntityForm({ kind, entity: given, advertiserId, onClose, onSaved }: Props) {
  // What was read when the form was opened: its mark goes with what is filled in.
  const [entity] = useState(given);
  const { t } = useTranslation('campaigns');
  const changed = useInventoryChanged();
  const advertisers = useInventoryList('advertisers', kind === 'campaigns' && entity === undefined);
  const once = useRef(crypto.randomUUID());
  const form = useForm<Values>({
    initialValues: valuesOf(entity?.value, advertiserId),
    validate: {
      name: (name) => (name.trim() === '' ? t('nameNeeded') : null),
      advertiserId: (id) =>
        kind === 'campaigns' && entity === undefined && id === null ? t('advertiserNeeded') : null,
    },
  });
  const done = async ({ value }: Tagged<Advertiser | Campaign>) => {
    await changed();
    toast(t('savedNow', { name: value.name }));
    onSaved?.(value);
    onClose();
  };
  const create = useMutation({
    mutationFn: (body: object) =>
      createOne(kind, body, once.current) as Promise<Tagged<Advertiser | Campaign>>,
    onSuccess: done,
    onError: (error) => form.setErrors(fieldErrors(error)),
  });
  const change = useGuardedSave<Advertiser | Campaign, object>({
    base: entity ?? { value: {} as Campaign, tag: '' },
    send: (patch, tag) => changeOne(kind, entity?.value.id ?? 0, patch, tag),
    read: () => readOne(kind, entity?.value.id ?? 0),
    onSaved: done,
  });
  const { setErrors } = form;
  useEffect(() => setErrors(fieldErrors(change.error)), [change.error, setErrors]);
  const submit = (values: Values) => {
    const body = bodyOf(kind, values);
    if (entity === undefined) return create.mutate({ ...body, ...parentOf(kind, values) });
    const patch = changesOf(bodyOf(kind, valuesOf(entity.value)), body);
    if (Object.keys(patch).length === 0) return onClose();
    change.save(patch);
  };
  const error = create.error ?? change.error;
  return (
    <form onSubmit={form.onSubmit(submit)}>
      <Stack>
        {error !== null && <ErrorNote error={error} />}
        {kind === 'campaigns' && entity === undefined && (
          <Select
            {...form.getInputProps('advertiserId')}
            label={t('advertiser')}
            placeholder={t('chooseAdvertiser')}
            searchable
            data={advertisers.map(({ id, name }) => ({ value: String(id), label: name }))}
            nothingFoundMessage={t('noAdvertiser')}
          />
        )}
        <TextInput {...form.getInputProps('name')} label={t('name')} maxLength={200} data-autofocus />
        {kind === 'advertisers' && (
          <>
            <TextInput
              {...form.getInputProps('payer')}
              label={t('payer')}
              description={t('payerHint')}
              maxLength={200}
            />
            <Switch
              {...form.getInputProps('visitorValues', { type: 'checkbox' })}
              label={t('visitorValues')}
              description={t('visitorValuesHint')}
            />
          </>
        )}
        {kind === 'campaigns' && (
          <>
            <TextInput
              {...form.getInputProps('category')}
              label={t('category')}
              description={t('categoryHint')}
              maxLength={100}
            />
            <CapsField {...form.getInputProps('caps')} label={t('capsOfCampaign')} />
          </>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button type="submit" loading={create.isPending || change.pending}>
            {t(entity === undefined ? 'create' : 'save')}
          </Button>
        </Group>
      </Stack>
      <ConflictDialog
        conflict={change.conflict}
        labelOf={(field) => t(`field.${field as 'name'}`, { defaultValue: field })}
        onOverwrite={change.overwrite}
        onTakeTheirs={change.takeTheirs}
        onClose={change.goOnEditing}
      />
    </form>
  );
}

function valuesOf(entity: Advertiser | Campaign | undefined, advertiserId?: number): Values {
  return {
    name: entity?.name ?? '',
    advertiserId: advertiserId === undefined ? null : String(advertiserId),
    category: (entity !== undefined && 'category' in entity && entity.category) || '',
    payer: (entity !== undefined && 'payer' in entity && entity.payer) || '',
    visitorValues: entity !== undefined && 'visitorValues' in entity && entity.visitorValues,
    caps: entity !== undefined && 'caps' in entity ? entity.caps : [],
  };
}

function bodyOf(kind: DialogKind, { name, category, payer, visitorValues, caps }: Values): object {
  if (kind === 'advertisers')
    return { name: name.trim(), payer: payer.trim() === '' ? null : payer.trim(), visitorValues };
  return { name: name.trim(), category: category.trim() === '' ? null : category.trim(), caps };
}

const parentOf = (kind: DialogKind, { advertiserId }: Values): object =>
  kind === 'campaigns' ? { advertiserId: Number(advertiserId) } : {};
