import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client.ts';
import { fieldErrors } from '../../api/problem.ts';
import { ErrorNote } from '../../parts/error-note.tsx';
import { requestsKey } from './requests-key.ts';

/** Refuses a request, for the reason that is kept with it. */
export function RefuseButton({ id }: { readonly id: number }) {
  const { t } = useTranslation(['member-requests', 'shell']);
  const queries = useQueryClient();
  const [opened, { open, close }] = useDisclosure(false);
  const form = useForm({ initialValues: { reason: t('notShown') } });
  const refuse = useMutation({
    mutationFn: ({ reason }: typeof form.values) =>
      answerOf(api.POST('/member-requests/{id}/refuse', { params: { path: { id } }, body: { reason } })),
    onError: (error) => form.setErrors(fieldErrors(error)),
    async onSuccess() {
      close();
      await queries.invalidateQueries({ queryKey: requestsKey });
    },
  });
  return (
    <>
      <Button size="compact-sm" variant="subtle" color="gray" onClick={open}>
        {t('refuse')}
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title={t('refuseTitle')}
        closeButtonProps={{ 'aria-label': t('shell:common.close') }}
      >
        <form onSubmit={form.onSubmit((values) => refuse.mutate(values))}>
          <Stack gap="sm">
            <Text size="sm" c="dimmed">
              {t('refuseText')}
            </Text>
            <Textarea
              label={t('reason')}
              description={t('reasonHint')}
              required
              maxLength={1000}
              autosize
              minRows={2}
              data-autofocus
              {...form.getInputProps('reason')}
            />
            {refuse.error !== null && <ErrorNote error={refuse.error} />}
            <Group justify="flex-end">
              <Button variant="default" onClick={close}>
                {t('shell:common.cancel')}
              </Button>
              <Button type="submit" color="red" loading={refuse.isPending}>
                {t('refuse')}
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  );
}
