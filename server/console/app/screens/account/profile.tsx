import { Button, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client.ts';
import { fieldErrors } from '../../api/problem.ts';
import { ErrorNote } from '../../parts/error-note.tsx';
import { Section } from '../../parts/section.tsx';
import { toast } from '../../parts/toast.ts';
import { accountKey, useAccount } from '../../session/account.ts';

export function Profile() {
  const { t } = useTranslation(['account', 'shell']);
  const { user, role } = useAccount();
  const queries = useQueryClient();
  const form = useForm({ initialValues: { name: user?.name ?? '' } });
  const save = useMutation({
    mutationFn: (body: typeof form.values) => answerOf(api.PATCH('/account', { body })),
    onError: (error) => form.setErrors(fieldErrors(error)),
    async onSuccess() {
      await queries.invalidateQueries({ queryKey: accountKey });
      toast(t('shell:common.saved'));
    },
  });
  return (
    <Section title={t('profile.title')}>
      <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
        <Stack gap="sm">
          {save.error !== null && <ErrorNote error={save.error} />}
          <TextInput {...form.getInputProps('name')} label={t('profile.name')} autoComplete="name" required />
          <TextInput
            label={t('profile.email')}
            description={t('profile.emailHint')}
            value={user?.email ?? ''}
            readOnly
            variant="filled"
          />
          <TextInput label={t('profile.role')} value={t(`shell:roles.${role}`)} readOnly variant="filled" />
          <Button type="submit" loading={save.isPending} disabled={!form.isDirty()} w="fit-content">
            {t('shell:common.save')}
          </Button>
        </Stack>
      </form>
    </Section>
  );
}
