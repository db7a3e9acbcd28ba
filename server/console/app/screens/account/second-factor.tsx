import { Button, Code, Group, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client.ts';
import { ErrorNote } from '../../parts/error-note.tsx';
import { Icon } from '../../parts/icon.tsx';
import { SecretOnce } from '../../parts/secret-once.tsx';
import { Section } from '../../parts/section.tsx';
import { toast } from '../../parts/toast.ts';
import { accountKey, useAccount } from '../../session/account.ts';
import { QrCode } from './qr-code.tsx';

/** Setting one up, with the code that proves it works; its recovery codes, once; and removing it. */
export function SecondFactor() {
  const { t } = useTranslation('account');
  const { secondFactor } = useAccount();
  const queries = useQueryClient();
  const [code, setCode] = useState('');
  const begin = useMutation({ mutationFn: () => answerOf(api.POST('/account/second-factor')) });
  const confirm = useMutation({
    mutationFn: () =>
      answerOf(api.POST('/account/second-factor/confirmation', { body: { code: code.trim() } })),
    onSuccess() {
      begin.reset();
      return queries.invalidateQueries({ queryKey: accountKey });
    },
  });
  return (
    <Section title={t('factor.title')} text={t('factor.text')}>
      <Stack gap="sm">
        <Group gap={8}>
          <Icon name={secondFactor ? 'shield' : 'minus'} size={18} />
          <Text size="sm" fw={550}>
            {t(secondFactor ? 'factor.on' : 'factor.off')}
          </Text>
        </Group>
        {begin.error !== null && <ErrorNote error={begin.error} />}
        {confirm.data !== undefined && (
          <SecretOnce hint={t('factor.codes')} secret={confirm.data.recoveryCodes.join('\n')} />
        )}
        {!secondFactor && begin.data === undefined && (
          <Button
            variant="default"
            w="fit-content"
            loading={begin.isPending}
            onClick={() => {
              setCode('');
              begin.mutate();
            }}
          >
            {t('factor.begin')}
          </Button>
        )}
        {begin.data !== undefined && (
          <form
            onSubmit={(event) => {
              event.preventDefault();
              confirm.mutate();
            }}
          >
            <Group align="flex-start" gap="lg">
              <QrCode text={begin.data.uri} label={t('factor.qr')} />
              <Stack gap="sm" flex="1 1 200px">
                <Text size="sm">{t('factor.scan')}</Text>
                <div>
                  <Text size="xs" c="dimmed">
                    {t('factor.secret')}
                  </Text>
                  <Code style={{ overflowWrap: 'anywhere' }}>{begin.data.secret}</Code>
                </div>
                {confirm.error !== null && <ErrorNote error={confirm.error} />}
                <TextInput
                  label={t('factor.code')}
                  value={code}
                  onChange={(event) => setCode(event.currentTarget.value)}
                  autoComplete="one-time-code"
                  inputMode="numeric"
                  required
                />
                <Button type="submit" loading={confirm.isPending} w="fit-content">
                  {t('factor.confirm')}
                </Button>
              </Stack>
            </Group>
          </form>
        )}
        {secondFactor && <Removal onRemoved={confirm.reset} />}
      </Stack>
    </Section>
  );
}

function Removal({ onRemoved }: { readonly onRemoved: () => void }) {
  const { t } = useTranslation('account');
  const queries = useQueryClient();
  const [password, setPassword] = useState('');
  const remove = useMutation({
    mutationFn: () => answerOf(api.POST('/account/second-factor/removal', { body: { password } })),
    onSuccess() {
      setPassword('');
      toast(t('factor.removed'));
      onRemoved();
      return queries.invalidateQueries({ queryKey: accountKey });
    },
  });
  return (
    <details>
      <Text component="summary" size="sm" c="dimmed" style={{ cursor: 'pointer' }}>
        {t('factor.remove')}
      </Text>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          remove.mutate();
        }}
      >
        <Stack gap="sm" mt="sm">
          <Text size="sm">{t('factor.removeText')}</Text>
          {remove.error !== null && <ErrorNote error={remove.error} />}
          <PasswordInput
            label={t('factor.removePassword')}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            autoComplete="current-password"
            required
          />
          <Button type="submit" color="red" variant="light" loading={remove.isPending} w="fit-content">
            {t('factor.remove')}
          </Button>
        </Stack>
      </form>
    </details>
  );
}
