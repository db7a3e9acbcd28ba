import { Button, Grid, Group, Stack, TextInput } from '@mantine/core';
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
import { forgetDraft, readDraft, useDraft } from '../../parts/use-draft.ts';
import { useGuardedSave } from '../../parts/use-guarded-save.ts';
import { CapsField } from './caps-field.tsx';
import { bodyOfDraft, type CreativeDraft, type CreativeType, draftOf, emptyDraft } from './creative-draft.ts';
import { SizeField, TypeFields } from './creative-fields.tsx';
import { Previews } from './creative-previews.tsx';
import { type Creative, changeOne, createOne, readOne, useInventoryChanged } from './inventory.ts';

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
