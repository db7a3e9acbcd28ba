import { Button, PasswordInput, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client.ts';
import { fieldErrors } from '../../api/problem.ts';
import { ErrorNote } from '../../parts/error-note.tsx';
import { Section } from '../../parts/section.tsx';
import { toast } from '../../parts/toast.ts';

const shortest = 12;

export function Password() {
  const { t } = useTranslation('account');
  const queries = useQueryClient();
  const form = useForm({
    initialValues: { current: '', password: '' },
    validate: { password: (value) => (value.length < shortest ? t('password.hint') : null) },
  });
  const change = useMutation({
    mutationFn: (body: typeof form.values) => answerOf(api.PUT('/account/password', { body })),
    onError: (error) => form.setErrors(fieldErrors(error)),
    async onSuccess() {
      form.reset();
      toast(t('password.done'));
      await queries.invalidateQueries({ queryKey: ['sessions'] });
    },
  });
  return (
    <Section title={t('password.title')} text={t('password.text')}>
      <form onSubmit={form.onSubmit((values) => change.mutate(values))}>
        <Stack gap="sm">
          {change.error !== null && <ErrorNote error={change.error} />}
          <PasswordInput
            {...form.getInputProps('current')}
            label={t('password.current')}
            autoComplete="current-password"
            required
          />
          <PasswordInput
            {...form.getInputProps('password')}
            label={t('password.new')}
            description={t('password.hint')}
            autoComplete="new-password"
            required
          />
          <Button type="submit" variant="default" loading={change.isPending} w="fit-content">
            {t('password.submit')}
          </Button>
        </Stack>
      </form>
    </Section>
  );
}
