import { Button, Modal, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { onSessionEnd } from '../api/resume.ts';
import { SignInForm } from './sign-in-form.tsx';

interface Asked {
  readonly signedIn: () => void;
  readonly declined: () => void;
}

/** Over the page, when the session has ended: what waits for it goes on afterwards. The same person, and no other. */
export function SignInAgain({ email }: { readonly email: string }) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState<Asked>();
  useEffect(() => {
    onSessionEnd(
      () =>
        new Promise<void>((resolve, reject) => {
          setAsked({ signedIn: resolve, declined: () => reject(new Error('Not signed in again')) });
        }),
    );
    return () => onSessionEnd(undefined);
  }, []);
  const end = (how: keyof Asked) => {
    asked?.[how]();
    setAsked(undefined);
  };
  return (
    <Modal
      opened={asked !== undefined}
      onClose={() => end('declined')}
      title={t('signIn.again.title')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
      closeOnClickOutside={false}
      zIndex={500}
    >
      <Text size="sm" c="dimmed" mb="md">
        {t('signIn.again.text')}
      </Text>
      <SignInForm email={email} onSignedIn={() => end('signedIn')} />
      <Button variant="subtle" color="gray" fullWidth mt="xs" onClick={() => end('declined')}>
        {t('signIn.again.cancel')}
      </Button>
    </Modal>
  );
}
