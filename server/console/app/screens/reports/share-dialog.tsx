import { Alert, Button, Modal, NumberInput, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client.ts';
import { fieldErrors } from '../../api/problem.ts';
import { CopyText } from '../../parts/copy-text.tsx';
import { savedQueryOf } from './chosen.ts';
import { type About, Dialog } from './dialog.tsx';
import { sharesKey } from './keys.ts';

/** Makes a link that shows just this to whoever has it. */
export function ShareDialog({ asked, view, onClose }: About) {
  const { t } = useTranslation(['reports', 'shell']);
  const client = useQueryClient();
  const form = useForm({ initialValues: { name: '', days: 30 } });
  const { mutate, isPending, error, data } = useMutation({
    mutationFn: (values: typeof form.values) =>
      answerOf(
        api.POST('/report-shares', {
          body: { ...values, report: asked.report, query: savedQueryOf(asked, view) },
        }),
      ),
    onError: (problem) => form.setErrors(fieldErrors(problem)),
    onSuccess: () => client.invalidateQueries({ queryKey: sharesKey }),
  });
  if (data !== undefined)
    return (
      <Modal
        opened
        onClose={onClose}
        title={t('shareDialog.title')}
        closeButtonProps={{ 'aria-label': t('shell:common.close') }}
      >
        <Stack gap="sm">
          <Alert color="pine">{t('shareDialog.made')}</Alert>
          <TextInput readOnly label={t('shareDialog.link')} value={`${window.location.origin}${data.path}`} />
          <CopyText text={`${window.location.origin}${data.path}`} />
          <Button variant="default" onClick={onClose}>
            {t('shell:common.close')}
          </Button>
        </Stack>
      </Modal>
    );
  return (
    <Dialog
      {...{
        title: t('shareDialog.title'),
        submit: t('shareDialog.create'),
        pending: isPending,
        error,
        onClose,
      }}
      onSubmit={form.onSubmit((values) => mutate(values))}
    >
      <Text size="sm">{t('shareDialog.text')}</Text>
      <TextInput label={t('name')} required maxLength={200} data-autofocus {...form.getInputProps('name')} />
      <NumberInput label={t('shareDialog.days')} min={1} max={365} required {...form.getInputProps('days')} />
    </Dialog>
  );
}
