import { Alert, Anchor, Button, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { answerOf, publicApi } from '../api/client.ts';
import { ApiError, fieldErrors } from '../api/problem.ts';
import { ErrorNote } from '../parts/error-note.tsx';
import { FrontPage } from './front-page.tsx';

/** Asks for a link to set a new password, by mail. It says the same whether somebody has the address or nobody. */
export function ForgottenPage() {
  const { t } = useTranslation();
  const form = useForm({ initialValues: { email: '' } });
  const ask = useMutation({
    mutationFn: (body: typeof form.values) => answerOf(publicApi.POST('/password-resets', { body })),
    onError: (error) => form.setErrors(fieldErrors(error)),
  });
  const noMail = ask.error instanceof ApiError && ask.error.code === 'conflict';
  return (
    <FrontPage title={t('forgotten.title')}>
      <Stack>
        {ask.isSuccess && (
          <Alert role="status" title={t('forgotten.sent')}>
            {t('forgotten.sentText')}
          </Alert>
        )}
        {noMail && (
          <Alert color="red" role="alert">
            {t('forgotten.noMail')}
          </Alert>
        )}
        {ask.error !== null && !noMail && <ErrorNote error={ask.error} />}
        {!ask.isSuccess && (
          <form onSubmit={form.onSubmit((values) => ask.mutate(values))}>
            <Stack>
              <Text size="sm">{t('forgotten.text')}</Text>
              <TextInput
                {...form.getInputProps('email')}
                label={t('signIn.email')}
                type="email"
                autoComplete="username"
                required
              />
              <Button type="submit" loading={ask.isPending} fullWidth>
                {t('forgotten.submit')}
              </Button>
            </Stack>
          </form>
        )}
        <Anchor component={Link} href="/" size="sm">
          {t('forgotten.back')}
        </Anchor>
      </Stack>
    </FrontPage>
  );
}
