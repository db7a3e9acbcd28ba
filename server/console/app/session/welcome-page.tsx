import { Alert, Anchor, Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import { answerOf, publicApi } from '../api/client.ts';
import { fieldErrors } from '../api/problem.ts';
import { ErrorNote } from '../parts/error-note.tsx';
import { accountKey } from './account.ts';
import { FrontPage } from './front-page.tsx';

const shortest = 12;

/** Such a link is of somebody who has no e-mail address yet, like the first administrator. */
const asksWho = 'spa_';

/** `/welcome#token=…`: an invitation, or the way back. Behind the `#`, where no log of a server or proxy sees it. */
export function WelcomePage() {
  const { t } = useTranslation();
  const [, go] = useLocation();
  const queries = useQueryClient();
  const token = new URLSearchParams(window.location.hash.slice(1)).get('token') ?? '';
  const first = token.startsWith(asksWho);
  const form = useForm({
    initialValues: { name: '', email: '', password: '', repeat: '' },
    validate: {
      password: (value) => (value.length < shortest ? t('welcome.short') : null),
      repeat: (value, { password }) => (value === password ? null : t('welcome.different')),
    },
  });
  const set = useMutation({
    async mutationFn({ name, email, password }: typeof form.values) {
      const body = { token, password, ...(first ? { name, email } : {}) };
      await answerOf(publicApi.POST('/passwords', { body }));
      if (first) await answerOf(publicApi.POST('/sessions', { body: { email, password } }));
    },
    onError: (error) => form.setErrors(fieldErrors(error)),
    async onSuccess() {
      await queries.invalidateQueries({ queryKey: accountKey });
      go('/', { replace: true, state: { passwordSet: !first } });
    },
  });
  if (token === '') {
    return (
      <FrontPage title={t('welcome.noToken')}>
        <Text size="sm">{t('welcome.noTokenMend')}</Text>
      </FrontPage>
    );
  }
  // The server's word for a link that is too old, was used, or never was.
  const refused = 'token' in fieldErrors(set.error);
  return (
    <FrontPage title={t(first ? 'welcome.firstTitle' : 'welcome.title')}>
      <form onSubmit={form.onSubmit((values) => set.mutate(values))}>
        <Stack>
          {refused && (
            <Alert color="red" role="alert">
              {t('welcome.used')}{' '}
              <Anchor component={Link} href="/forgotten" size="sm">
                {t('welcome.another')}
              </Anchor>
            </Alert>
          )}
          {set.error !== null && !refused && <ErrorNote error={set.error} />}
          {first && (
            <>
              <Text size="sm">{t('welcome.first')}</Text>
              <TextInput
                {...form.getInputProps('name')}
                label={t('welcome.name')}
                autoComplete="name"
                required
              />
              <TextInput
                {...form.getInputProps('email')}
                label={t('signIn.email')}
                type="email"
                autoComplete="username"
                required
              />
            </>
          )}
          <PasswordInput
            {...form.getInputProps('password')}
            label={t(first ? 'signIn.password' : 'welcome.password')}
            description={t('welcome.text')}
            autoComplete="new-password"
            required
          />
          <PasswordInput
            {...form.getInputProps('repeat')}
            label={t('welcome.repeat')}
            autoComplete="new-password"
            required
          />
          <Button type="submit" loading={set.isPending} fullWidth mt="xs">
            {t('welcome.submit')}
          </Button>
        </Stack>
      </form>
    </FrontPage>
  );
}
