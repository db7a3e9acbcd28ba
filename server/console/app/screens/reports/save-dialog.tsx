import { Switch, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client.ts';
import { fieldErrors } from '../../api/problem.ts';
import { toast } from '../../parts/toast.ts';
import { lastDaysOf, savedQueryOf } from './chosen.ts';
import { type About, Dialog } from './dialog.tsx';
import { savedKey } from './keys.ts';

/** Keeps what is asked under a name. */
export function SaveDialog({ asked, view, onClose }: About) {
  const { t } = useTranslation('reports');
  const client = useQueryClient();
  const form = useForm({ initialValues: { name: '', shared: false } });
  const { mutate, isPending, error } = useMutation({
    mutationFn: (values: typeof form.values) =>
      answerOf(
        api.POST('/saved-reports', {
          body: { ...values, report: asked.report, query: savedQueryOf(asked, view) },
        }),
      ),
    onError: (problem) => form.setErrors(fieldErrors(problem)),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: savedKey });
      toast(t('saveDialog.done'));
      onClose();
    },
  });
  const days = lastDaysOf(view);
  return (
    <Dialog
      {...{ title: t('saveDialog.title'), submit: t('save'), pending: isPending, error, onClose }}
      onSubmit={form.onSubmit((values) => mutate(values))}
    >
      <TextInput label={t('name')} required maxLength={200} data-autofocus {...form.getInputProps('name')} />
      <Switch label={t('saveDialog.shared')} {...form.getInputProps('shared', { type: 'checkbox' })} />
      <Text size="sm" c="dimmed">
        {days === undefined ? t('saveDialog.fixed') : t('saveDialog.rolling', { count: days })}
      </Text>
    </Dialog>
  );
}
