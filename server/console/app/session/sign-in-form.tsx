import { Alert, Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, publicApi } from '../api/client.ts';
import { ApiError } from '../api/problem.ts';
import { ErrorNote } from '../parts/error-note.tsx';

interface Props {
  /** Who signs in, where that is known and must stay so. */
  readonly email?: string;
  readonly onSignedIn: () => unknown;
}

/** E-mail address and password, and the code of the second factor once it is asked for. */
export function SignInForm({ email, onSignedIn }: Props) {
  const { t } = useTranslation();
  const [codeNeeded, setCodeNeeded] = useState(false);
  const form = useForm({ initialValues: { email: email ?? '', password: '', code: '' } });
  const signIn = useMutation({
    mutationFn: (values: typeof form.values) => {
      const { code, ...rest } = values;
      const body = codeNeeded ? { ...rest, code: code.trim() } : rest;
      return answerOf(publicApi.POST('/sessions', { body }));
    },
    onSuccess: onSignedIn,
    onError(error) {
      if (codeOf(error) === 'second_factor_needed') setCodeNeeded(true);
    },
  });
  const code = codeOf(signIn.error);
  const codeIsWrong = code === 'second_factor_needed' && signIn.variables?.code !== '';
  return (
    <form onSubmit={form.onSubmit((values) => signIn.mutate(values))}>
      <Stack>
        {(code === 'unauthorized' || codeIsWrong) && (
          <Alert color="red" role="alert">
            {t(codeIsWrong ? 'signIn.wrongCode' : 'signIn.wrong')}
          </Alert>
        )}
        {signIn.error !== null && code !== 'unauthorized' && code !== 'second_factor_needed' && (
          <ErrorNote error={signIn.error} />
        )}
        <TextInput
          {...form.getInputProps('email')}
          label={t('signIn.email')}
          type="email"
          autoComplete="username"
          readOnly={email !== undefined}
          required
        />
        <PasswordInput
          {...form.getInputProps('password')}
          label={t('signIn.password')}
          autoComplete="current-password"
          data-autofocus={email !== undefined || undefined}
          required
        />
        {codeNeeded && (
          <TextInput
            {...form.getInputProps('code')}
            label={t('signIn.code')}
            description={t('signIn.codeHint')}
            autoComplete="one-time-code"
            autoFocus
            required
          />
        )}
        <Button type="submit" loading={signIn.isPending} fullWidth mt="xs">
          {t('signIn.submit')}
        </Button>
      </Stack>
    </form>
  );
}

const codeOf = (error: unknown) => (error instanceof ApiError ? error.code : undefined);
