import {
  ActionIcon,
  Button,
  Group,
  Input,
  Modal,
  NumberInput,
  Select,
  Stack,
  TextInput,
} from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Tagged } from '../../api/client.ts';
import { fieldErrors } from '../../api/problem.ts';
import { changesOf } from '../../parts/changes.ts';
import { ConflictDialog } from '../../parts/conflict-dialog.tsx';
import { ErrorNote } from '../../parts/error-note.tsx';
import { Icon } from '../../parts/icon.tsx';
import { toast } from '../../parts/toast.ts';
import { useGuardedSave } from '../../parts/use-guarded-save.ts';
import {
  changeOne,
  createOne,
  readOne,
  type Site,
  type SupplyKind,
  useSupplyChanged,
  type Zone,
} from './supply.ts';

const exampleDomain = 'news.example';

type Size = readonly [number, number];

interface Props {
  readonly kind: SupplyKind;
  readonly opened: boolean;
  readonly onClose: () => void;
  /** What is to be changed; undefined: a new one. */
  readonly entity?: Tagged<Site | Zone> | undefined;
  /** Of a new zone. */
  readonly siteId?: number;
  readonly onSaved?: (entity: Site | Zone) => void;
}

/** Makes or changes a site or a zone. */
export function SupplyDialog(props: Props) {
  const { t } = useTranslation('sites');
  const { kind, opened, onClose, entity } = props;
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={entity === undefined ? t(`new.${kind}`) : entity.value.name}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      {opened && <SupplyForm {...props} />}
    </Modal>
  );
}

interface Values {
  readonly name: string;
  readonly domain: string;
  readonly sizes: readonly Size[];
}

function SupplyForm({ kind, entity: given, siteId, onClose, onSaved }: Props) {
  // What was read when the form was opened: its mark goes with what is filled in.
  const [entity] = useState(given);
  const { t } = useTranslation('sites');
  const changed = useSupplyChanged();
  const once = useRef(crypto.randomUUID());
  const form = useForm<Values>({
    initialValues: valuesOf(entity?.value),
    validate: {
      name: (name) => (name.trim() === '' ? t('nameNeeded') : null),
      domain: (domain) => (kind === 'sites' && domain.trim() === '' ? t('domainNeeded') : null),
      sizes: (sizes) => (kind === 'zones' && sizes.length === 0 ? t('sizeNeeded') : null),
    },
  });
  const done = async ({ value }: Tagged<Site | Zone>) => {
    await changed();
    toast(t('savedNow', { name: value.name }));
    onClose();
    onSaved?.(value);
  };
  const create = useMutation({
    mutationFn: (body: object) => createOne(kind, body, once.current) as Promise<Tagged<Site | Zone>>,
    onSuccess: done,
  });
  const id = entity?.value.id ?? 0;
  const guarded = useGuardedSave<Site | Zone, object>({
    base: entity ?? { value: {} as Site, tag: '' },
    send: (patch, tag) => changeOne(kind, id, patch, tag),
    read: () => readOne(kind, id),
    onSaved: done,
  });
  const error = create.error ?? guarded.error;
  const { setErrors } = form;
  useEffect(() => setErrors(fieldErrors(error)), [error, setErrors]);
  const submit = (values: Values) => {
    const body = bodyOf(kind, values);
    if (entity === undefined) return create.mutate(kind === 'zones' ? { ...body, siteId } : body);
    const patch = changesOf(bodyOf(kind, valuesOf(entity.value)), body);
    if (Object.keys(patch).length === 0) return onClose();
    guarded.save(patch);
  };
  return (
    <form onSubmit={form.onSubmit(submit)} noValidate>
      <Stack>
        {error !== null && <ErrorNote error={error} />}
        <TextInput {...form.getInputProps('name')} label={t('name')} maxLength={200} data-autofocus />
        {kind === 'sites' ? (
          <TextInput
            {...form.getInputProps('domain')}
            label={t('domain')}
            description={t('domainHint')}
            placeholder={exampleDomain}
          />
        ) : (
          <SizesField {...form.getInputProps('sizes')} />
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button type="submit" loading={create.isPending || guarded.pending}>
            {t(entity === undefined ? 'create' : 'save')}
          </Button>
        </Group>
      </Stack>
      <ConflictDialog
        conflict={guarded.conflict}
        labelOf={(field) => t(`field.${field as 'name'}`, { defaultValue: field })}
        onOverwrite={guarded.overwrite}
        onTakeTheirs={guarded.takeTheirs}
        onClose={guarded.goOnEditing}
      />
    </form>
  );
}

const valuesOf = (entity: Site | Zone | undefined): Values => ({
  name: entity?.name ?? '',
  domain: entity !== undefined && 'domain' in entity ? entity.domain : '',
  sizes: entity !== undefined && 'sizes' in entity ? (entity.sizes as unknown as Size[]) : [[300, 250]],
});

const bodyOf = (kind: SupplyKind, { name, domain, sizes }: Values): object =>
  kind === 'sites' ? { name: name.trim(), domain: domain.trim() } : { name: name.trim(), sizes };

/** Those that most creatives are made in (IAB). */
const usual = [
  '300×250',
  '336×280',
  '728×90',
  '970×250',
  '970×90',
  '300×600',
  '160×600',
  '320×50',
  '320×100',
];

interface SizesProps {
  readonly value?: readonly Size[];
  readonly onChange?: (sizes: Size[]) => void;
  readonly error?: React.ReactNode;
}

/** The sizes of a zone; the first is the one that the tag reserves. */
function SizesField({ value = [], onChange, error }: SizesProps) {
  const { t } = useTranslation('sites');
  const replace = (index: number, size: Size) =>
    onChange?.(value.map((each, at) => (at === index ? size : each)));
  const known = new Set(value.map(([width, height]) => `${width}×${height}`));
  return (
    <Input.Wrapper label={t('sizes')} description={t('sizesHint')} error={error} labelElement="div">
      <Stack gap="xs" mt="xs">
        {value.map(([width, height], index) => (
          <Group
            // biome-ignore lint/suspicious/noArrayIndexKey: a size has nothing else that stays while it is typed
            key={index}
            gap="xs"
            wrap="nowrap"
          >
            <NumberInput
              w={100}
              min={1}
              max={4096}
              hideControls
              aria-label={t('width')}
              value={width}
              onChange={(next) => replace(index, [Number(next), height])}
            />
            <span aria-hidden="true">{'×'}</span>
            <NumberInput
              w={100}
              min={1}
              max={4096}
              hideControls
              aria-label={t('height')}
              value={height}
              onChange={(next) => replace(index, [width, Number(next)])}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t('removeSize', { size: `${width}×${height}` })}
              onClick={() => onChange?.(value.filter((_, at) => at !== index))}
            >
              <Icon name="cross" size={16} />
            </ActionIcon>
          </Group>
        ))}
        <Select
          w={220}
          aria-label={t('addSize')}
          placeholder={t('addSize')}
          value={null}
          data={[...usual.filter((size) => !known.has(size)), t('otherSize')]}
          onChange={(chosen) => {
            if (chosen === null) return;
            const [width, height] = chosen.split('×').map(Number);
            onChange?.([...value, [width || 300, height || 100]]);
          }}
        />
      </Stack>
    </Input.Wrapper>
  );
}
