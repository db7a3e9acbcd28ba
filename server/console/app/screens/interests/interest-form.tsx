import { Button, Group, Stack } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Tagged } from '../../api/client.ts';
import { fieldErrors } from '../../api/problem.ts';
import { changesOf } from '../../parts/changes.ts';
import { ConflictDialog } from '../../parts/conflict-dialog.tsx';
import { ErrorNote } from '../../parts/error-note.tsx';
import { toast } from '../../parts/toast.ts';
import { useGuardedSave } from '../../parts/use-guarded-save.ts';
import {
  type Category,
  changeOne,
  createOne,
  type Kind,
  readOne,
  type Segment,
  useInterestsChanged,
} from './interests.ts';

interface Props<Values> {
  readonly kind: Kind;
  /** What is to be changed; undefined: a new one. */
  readonly entity: Tagged<Category | Segment> | undefined;
  readonly form: UseFormReturnType<Values>;
  /** What the API takes. */
  readonly bodyOf: (values: Values) => object;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Saves the fields within as a new one, or over the version that they were made from. */
export function InterestForm<Values>({ kind, entity, form, bodyOf, onClose, children }: Props<Values>) {
  const { t } = useTranslation(['interests', 'shell']);
  const changed = useInterestsChanged();
  const once = useRef(crypto.randomUUID());
  const before = useRef(bodyOf(form.getInitialValues()));
  const id = entity?.value.id ?? 0;
  const done = async ({ value }: Tagged<Category | Segment>) => {
    await changed();
    toast(t('savedNow', { name: value.name }));
    onClose();
  };
  const create = useMutation({
    mutationFn: (body: object): Promise<Tagged<Category | Segment>> => createOne(kind, body, once.current),
    onSuccess: done,
  });
  const guarded = useGuardedSave<Category | Segment, object>({
    base: entity ?? { value: {} as Category, tag: '' },
    send: (patch, tag) => changeOne(kind, id, patch, tag),
    read: () => readOne(kind, id),
    onSaved: done,
  });
  const error = create.error ?? guarded.error;
  const { setErrors } = form;
  useEffect(() => setErrors(fieldErrors(error)), [error, setErrors]);
  const submit = (values: Values) => {
    const body = bodyOf(values);
    if (entity === undefined) return create.mutate(body);
    const patch = changesOf(before.current, body);
    if (Object.keys(patch).length === 0) return onClose();
    guarded.save(patch);
  };
  return (
    <form onSubmit={form.onSubmit((values) => submit(values as Values))} noValidate>
      <Stack>
        {error !== null && <ErrorNote error={error} />}
        {children}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t('shell:common.cancel')}
          </Button>
          <Button type="submit" loading={create.isPending || guarded.pending}>
            {t(entity === undefined ? 'create' : 'shell:common.save')}
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
