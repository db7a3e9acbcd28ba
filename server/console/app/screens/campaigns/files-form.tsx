import { Alert, Button, Group, Loader, Paper, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/problem.ts';
import { ErrorNote } from '../../parts/error-note.tsx';
import { toast } from '../../parts/toast.ts';
import { bodyOfDraft, type CreativeDraft, emptyDraft, upload } from './creative-draft.ts';
import { DraftPreview } from './creative-preview.tsx';
import { createOne, useInventoryChanged } from './inventory.ts';

interface Props {
  readonly lineItemId: number;
  readonly files: readonly File[];
  readonly onDone: () => void;
}

interface Entry {
  readonly file: File;
  /** Same picture with twice the pixels, by its name. */
  readonly double: File | undefined;
  readonly once: string;
  readonly draft: CreativeDraft | undefined;
  readonly error: unknown;
}

const isDouble = (name: string) => /@2x\.\w+$/i.test(name);
const plainName = (name: string) => name.replace(/\.\w+$/, '').replace(/@2x$/i, '');

/** Files that were dropped become creatives: one each, `name@2x` as the alternative of `name`. */
export function FilesForm({ lineItemId, files, onDone }: Props) {
  const { t } = useTranslation('campaigns');
  const changed = useInventoryChanged();
  const [clickUrl, setClickUrl] = useState('');
  const [entries, setEntries] = useState<readonly Entry[]>(() => entriesOf(files));
  const change = (once: string, part: Partial<Entry>) =>
    setEntries((all) => all.map((each) => (each.once === once ? { ...each, ...part } : each)));
  const started = useRef(false);
  useEffect(() => {
    if (started.current) return;
    started.current = true;
    for (const entry of entries) {
      draftOfFiles(entry).then(
        (draft) => change(entry.once, { draft }),
        (error: unknown) => change(entry.once, { error }),
      );
    }
  });
  const save = useMutation({
    async mutationFn() {
      for (const { once, draft } of entries) {
        if (draft === undefined) continue;
        await createOne('creatives', { lineItemId, ...bodyOfDraft({ ...draft, clickUrl }) }, once);
      }
    },
    async onSuccess() {
      await changed();
      toast(t('creativesSaved', { count: entries.filter(({ draft }) => draft !== undefined).length }));
      onDone();
    },
  });
  const waiting = entries.some(({ draft, error }) => draft === undefined && error === undefined);
  const usable = entries.filter(({ draft }) => draft !== undefined).length;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <Stack>
        {save.isError && <ErrorNote error={save.error} />}
        <TextInput
          label={t('clickUrl')}
          description={t('clickUrlHint')}
          type="url"
          required
          data-autofocus
          value={clickUrl}
          onChange={({ currentTarget }) => setClickUrl(currentTarget.value)}
        />
        {entries.map(({ file, double, once, draft, error }) => (
          <Paper key={once} p="sm" component="section" aria-label={file.name}>
            {draft === undefined && error === undefined && (
              <Group gap="xs">
                <Loader size="xs" />
                <Text size="sm">{t('uploading', { name: file.name })}</Text>
              </Group>
            )}
            {error !== undefined && (
              <Alert color="red" title={file.name} role="alert">
                {error instanceof ApiError && error.message !== '' ? error.message : t('uploadFailed')}
              </Alert>
            )}
            {draft !== undefined && (
              <Stack gap="xs">
                {draft.width !== '' && draft.height !== '' && (
                  <DraftPreview
                    draft={draft}
                    size={{ width: draft.width, height: draft.height }}
                    box={{ width: 640, height: 260 }}
                  />
                )}
                <Text size="xs" c="dimmed">
                  {`${draft.width}×${draft.height}`}
                  {double !== undefined && ` · ${t('withDouble')}`}
                </Text>
                <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
                  <TextInput
                    label={t('name')}
                    required
                    value={draft.name}
                    onChange={({ currentTarget: { value: name } }) =>
                      change(once, { draft: { ...draft, name } })
                    }
                  />
                  <TextInput
                    label={t('alt')}
                    value={draft.alt}
                    onChange={({ currentTarget: { value: alt } }) =>
                      change(once, { draft: { ...draft, alt } })
                    }
                  />
                </SimpleGrid>
              </Stack>
            )}
          </Paper>
        ))}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onDone}>
            {t('cancel')}
          </Button>
          <Button type="submit" disabled={waiting || usable === 0} loading={save.isPending}>
            {t('saveCreatives', { count: usable })}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function entriesOf(files: readonly File[]): Entry[] {
  const doubles = new Map(
    files.filter(({ name }) => isDouble(name)).map((file) => [plainName(file.name), file]),
  );
  const plain = files.filter(({ name }) => !isDouble(name));
  const paired = new Set(plain.map(({ name }) => plainName(name)));
  const alone = [...doubles].filter(([name]) => !paired.has(name)).map(([, file]) => file);
  return [...plain, ...alone].map((file) => ({
    file,
    double: isDouble(file.name) ? undefined : doubles.get(plainName(file.name)),
    once: crypto.randomUUID(),
    draft: undefined,
    error: undefined,
  }));
}

/** @throws ApiError */
async function draftOfFiles({ file, double }: Entry): Promise<CreativeDraft> {
  const [{ type, asset, width, height }, twice] = await Promise.all([
    upload(file),
    double === undefined ? undefined : upload(double),
  ]);
  return {
    ...emptyDraft(type),
    ...{ name: plainName(file.name), asset, asset2x: twice?.asset ?? '' },
    ...{ width: width ?? '', height: height ?? '' },
    image: type === 'image' ? URL.createObjectURL(file) : '',
  };
}
