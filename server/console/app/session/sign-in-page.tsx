import { Alert, Anchor } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { accountKey } from './account.ts';
import { FrontPage } from './front-page.tsx';
import { SignInForm } from './sign-in-form.tsx';

/** In place of the page that was asked for, which comes once one is signed in. */
export function SignInPage() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const passwordSet = window.history.state?.passwordSet === true;
  return (
    <FrontPage title={t('signIn.title')}>
      {passwordSet && (
        <Alert mb="md" role="status">
          {t('signIn.passwordSet')}
        </Alert>
      )}
      <SignInForm onSignedIn={() => queries.invalidateQueries({ queryKey: accountKey })} />
      <Anchor component={Link} href="/forgotten" size="sm" mt="lg" display="inline-block">
        {t('signIn.forgotten')}
      </Anchor>
    </FrontPage>
  );
}
