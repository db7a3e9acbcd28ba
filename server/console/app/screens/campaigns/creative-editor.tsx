import {
  Button,
  FileButton,
  Grid,
  Group,
  NumberInput,
  Select,
  Stack,
  Switch,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import { type UseFormReturnType, useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Tagged } from '../../api/client.ts';
import { fieldErrors } from '../../api/problem.ts';
import { changesOf } from '../../parts/changes.ts';
import { ConflictDialog } from '../../parts/conflict-dialog.tsx';
import { ErrorNote } from '../../parts/error-note.tsx';
import { toast } from '../../parts/toast.ts';
import { forgetDraft, readDraft, useDraft } from '../../parts/use-draft.ts';
import { useGuardedSave } from '../../parts/use-guarded-save.ts';
import { CapsField } from './caps-field.tsx';
import {
  bodyOfDraft,
  type CreativeDraft,
  type CreativeType,
  draftOf,
  emptyDraft,
  upload,
} from './creative-draft.ts';
import { CreativePreview, DraftPreview } from './creative-preview.tsx';
import { type Creative, changeOne, createOne, readOne, useInventoryChanged } from './inventory.ts';
import { useZoneSizes } from './use-creatives.ts';

interface Props {
  readonly lineItemId: number;
  /** To be changed. */
  readonly creative?: Tagged<Creative>;
  /** Of a new one. */
  readonly type?: CreativeType;
  readonly onDone: () => void;
}

/** What is filled in, with the version that it changes. */
interface KeptCreative {
  readonly draft: CreativeDraft;
  readonly base?: Tagged<Creative>;
}

/** Makes or changes a creative, and shows it as it is typed. */
export function CreativeEditor({ lineItemId, creative: given, type = 'text', onDone }: Props) {
  const { t } = useTranslation('campaigns');
  const changed = useInventoryChanged();
  const once = useRef(crypto.randomUUID());
  const draftName = given === undefined ? `creative.new.${lineItemId}.${type}` : `creative.${given.value.id}`;
  const [kept] = useState(() => readDraft<KeptCreative>(draftName));
  const [creative] = useState(kept?.base ?? given);
  const [initial] = useState(() => (creative === undefined ? emptyDraft(type) : draftOf(creative.value)));
  const form = useForm<CreativeDraft>({
    initialValues: kept === undefined ? initial : restored(kept.draft, initial),
    validate: {
      name: (name) => (name.trim() === '' ? t('nameNeeded') : null),
      clickUrl: (url) => (/^https?:\/\/./i.test(url.trim()) ? null : t('clickUrlNeeded')),
      width: (width, draft) => (width === '' && draft.type !== 'html5' ? t('sizeNeeded') : null),
    },
  });
  const { values: draft, setErrors } = form;
  useDraft(draftName, { draft, base: creative }, JSON.stringify(draft) !== JSON.stringify(initial));
  const done = async () => {
    forgetDraft(draftName);
    await changed();
    toast(t('savedNow', { name: draft.name }));
    onDone();
  };
  const create = useMutation({
    mutationFn: (body: object) => createOne('creatives', { lineItemId, ...body }, once.current),
    onSuccess: done,
  });
  const id = creative?.value.id ?? 0;
  const guarded = useGuardedSave<Creative, object>({
    base: creative ?? { value: {} as Creative, tag: '' },
    send: (patch, tag) => changeOne('creatives', id, patch, tag),
    read: () => readOne('creatives', id),
    onSaved: done,
  });
  const error = create.error ?? guarded.error;
  useEffect(() => setErrors(fieldErrors(error)), [error, setErrors]);
  const submit = (values: CreativeDraft) => {
    const { type: ofType, ...body } = bodyOfDraft(values);
    if (creative === undefined) return create.mutate({ type: ofType, ...body });
    const { type: _, ...before } = bodyOfDraft(initial);
    const patch = changesOf(before, body);
    if (Object.keys(patch).length === 0) return onDone();
    // A new size comes whole.
    if ('width' in patch || 'height' in patch)
      Object.assign(patch, { width: body['width'], height: body['height'] });
    guarded.save(patch);
  };
  return (
    <form onSubmit={form.onSubmit(submit)} noValidate>
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 6 }}>
          <Stack gap="sm">
            {error !== null && <ErrorNote error={error} />}
            <TextInput {...form.getInputProps('name')} label={t('name')} data-autofocus />
            <TypeFields form={form} />
            <SizeField form={form} />
            <TextInput
              {...form.getInputProps('clickUrl')}
              type="url"
              label={t('clickUrl')}
              description={t('clickUrlHint')}
            />
            <TextInput {...form.getInputProps('alt')} label={t('alt')} />
            <CapsField {...form.getInputProps('caps')} label={t('caps')} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 6 }}>
          <Previews draft={draft} creative={creative?.value} />
        </Grid.Col>
      </Grid>
      <Group justify="flex-end" gap="xs" mt="md">
        <Button
          variant="default"
          onClick={() => {
            forgetDraft(draftName);
            onDone();
          }}
        >
          {t('cancel')}
        </Button>
        <Button type="submit" loading={create.isPending || guarded.pending}>
          {t(creative === undefined ? 'create' : 'save')}
        </Button>
      </Group>
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

/** The address of a chosen file does not outlive the page that it was chosen in. */
const restored = (draft: CreativeDraft, initial: CreativeDraft): CreativeDraft =>
  draft.image.startsWith('blob:') ? { ...draft, image: initial.image } : draft;

type Form = Pick<
  UseFormReturnType<CreativeDraft>,
  'values' | 'getInputProps' | 'setFieldValue' | 'setValues'
>;

function TypeFields({ form }: { readonly form: Form }) {
  const { t } = useTranslation('campaigns');
  switch (form.values.type) {
    case 'html':
      return (
        <>
          <Textarea
            {...form.getInputProps('html')}
            label={t('html')}
            description={t('htmlHint')}
            autosize
            minRows={6}
            maxRows={16}
            spellCheck={false}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
          />
          <Switch
            {...form.getInputProps('thirdParty', { type: 'checkbox' })}
            label={t('thirdParty')}
            description={t('thirdPartyHint')}
          />
        </>
      );
    case 'text':
      return (
        <>
          <TextInput {...form.getInputProps('headline')} label={t('headline')} maxLength={100} />
          <Textarea {...form.getInputProps('text')} label={t('text')} autosize minRows={2} maxLength={500} />
        </>
      );
    case 'native':
      return (
        <>
          <TextInput {...form.getInputProps('title')} label={t('nativeTitle')} maxLength={100} />
          <Textarea
            {...form.getInputProps('body')}
            label={t('nativeBody')}
            autosize
            minRows={2}
            maxLength={1000}
          />
          <TextInput {...form.getInputProps('sponsor')} label={t('sponsor')} maxLength={100} />
          <FileField form={form} field="asset" label={t('nativeImage')} />
        </>
      );
    case 'image':
      return (
        <>
          <FileField form={form} field="asset" label={t('replaceImage')} />
          <FileField form={form} field="asset2x" label={t('doubleImage')} />
        </>
      );
    case 'html5':
      return <FileField form={form} field="asset" label={t('replaceBundle')} />;
  }
}

function FileField({
  form,
  field,
  label,
}: {
  readonly form: Form;
  readonly field: 'asset' | 'asset2x';
  readonly label: string;
}) {
  const { t } = useTranslation('campaigns');
  const send = useMutation({
    mutationFn: upload,
    onSuccess({ asset, width, height, type }, file) {
      form.setFieldValue(field, asset);
      if (field === 'asset2x') return;
      if (type === 'image') form.setFieldValue('image', URL.createObjectURL(file));
      if (form.values.type === 'image' || form.values.type === 'html5') {
        form.setValues({ width: width ?? '', height: height ?? '' });
      }
    },
  });
  return (
    <div>
      <Group gap="xs">
        <FileButton
          accept={form.values.type === 'html5' ? '.zip' : 'image/*'}
          onChange={(file) => file !== null && send.mutate(file)}
        >
          {(props) => (
            <Button {...props} variant="default" size="xs" loading={send.isPending}>
              {label}
            </Button>
          )}
        </FileButton>
        {form.values[field] !== '' && (
          <Text size="xs" c="dimmed">
            {t('stored')}
          </Text>
        )}
      </Group>
      {send.isError && <ErrorNote error={send.error} />}
    </div>
  );
}

/** One of the sizes that zones have, or another. */
function SizeField({ form }: { readonly form: Form }) {
  const { t } = useTranslation('campaigns');
  const { width, height, type } = form.values;
  const zones = useZoneSizes();
  const known = [...new Set(zones.data?.flatMap(({ sizes }) => sizes.map(([w, h]) => `${w}×${h}`)))];
  const own = width === '' || height === '' ? null : `${width}×${height}`;
  return (
    <Group gap="xs" align="flex-end">
      {type !== 'image' && type !== 'html5' && (
        <Select
          w={160}
          label={t('sizeOfZone')}
          data={known}
          value={own !== null && known.includes(own) ? own : null}
          placeholder={t('chooseSize')}
          onChange={(size) => {
            const [w, h] = (size ?? '').split('×').map(Number);
            if (w && h) form.setValues({ width: w, height: h });
          }}
        />
      )}
      <NumberInput
        {...form.getInputProps('width')}
        w={100}
        label={t('width')}
        min={1}
        max={4096}
        hideControls
      />
      <NumberInput
        {...form.getInputProps('height')}
        w={100}
        label={t('height')}
        min={1}
        max={4096}
        hideControls
      />
    </Group>
  );
}

/** In its own size, and written ones also in those of the zones. */
function Previews({
  draft,
  creative,
}: {
  readonly draft: CreativeDraft;
  readonly creative: Creative | undefined;
}) {
  const { t } = useTranslation('campaigns');
  const zones = useZoneSizes();
  const box = { width: 340, height: 300 };
  const own = draft.width === '' || draft.height === '' ? undefined : ([draft.width, draft.height] as const);
  const free = draft.type === 'text' || draft.type === 'native' || draft.type === 'html';
  const offered = free ? (zones.data ?? []).flatMap(({ sizes }) => sizes) : [];
  const sizes = new Map(
    [...(own === undefined ? [] : [own]), ...offered].map(([width, height]) => [
      `${width}×${height}`,
      { width, height },
    ]),
  );
  const fitting = (zones.data ?? []).filter(({ sizes: all }) =>
    all.some(([width, height]) => own !== undefined && width === own[0] && height === own[1]),
  );
  return (
    <Stack gap="sm">
      <Text size="sm" fw={550}>
        {t('preview')}
      </Text>
      {creative?.type === 'html5' && creative.asset === draft.asset ? (
        <CreativePreview creative={creative} box={box} />
      ) : (
        [...sizes].slice(0, 6).map(([name, size]) => (
          <div key={name}>
            <DraftPreview draft={draft} size={size} box={box} />
            <Text size="xs" c="dimmed">
              {name}
            </Text>
          </div>
        ))
      )}
      <Text size="xs" c="dimmed">
        {own === undefined
          ? t('sizeNeeded')
          : fitting.length === 0
            ? t('fitsNoZone')
            : t('fitsZones', { zones: fitting.map(({ name }) => name).join(', ') })}
      </Text>
    </Stack>
  );
}
