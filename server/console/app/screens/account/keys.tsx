import { Button, Group, MultiSelect, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client.ts';
import { fieldErrors } from '../../api/problem.ts';
import type { components } from '../../api/schema';
import { useFormat } from '../../i18n/format.ts';
import { ConfirmButton } from '../../parts/confirm-button.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Entries, Entry } from '../../parts/entries.tsx';
import { ErrorNote } from '../../parts/error-note.tsx';
import { SecretOnce } from '../../parts/secret-once.tsx';
import { Section } from '../../parts/section.tsx';
import { Waiting } from '../../parts/waiting.tsx';
import { useAccount } from '../../session/account.ts';

type Key = components['schemas']['ApiKey'];
type Scope = NonNullable<Key['scopes']>[number];

const scopes = ['inventory', 'reports', 'operations', 'accounts', 'visitors'].flatMap((area) => [
  `${area}:read`,
  `${area}:write`,
]) as Scope[];
const listed = ['api-keys'] as const;

export function Keys() {
  const { t } = useTranslation('account');
  const queries = useQueryClient();
  const { user } = useAccount();
  const { data, error, refetch } = useQuery({
    queryKey: listed,
    queryFn: () => answerOf(api.GET('/api-keys', { params: { query: { limit: 200 } } })),
  });
  const revoke = useMutation({
    mutationFn: (id: number) => answerOf(api.DELETE('/api-keys/{id}', { params: { path: { id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: listed }),
  });
  const own = data?.items.filter(({ userId, revokedAt }) => userId === user?.id && revokedAt === null);
  return (
    <Section title={t('keys.title')} text={t('keys.text')}>
      {error !== null && <ErrorNote error={error} onRetry={refetch} />}
      {revoke.error !== null && <ErrorNote error={revoke.error} />}
      {own === undefined && error === null && <Waiting lines={2} height={36} />}
      {own?.length === 0 && (
        <Empty icon="key" title={t('keys.none')}>
          {t('keys.noneText')}
        </Empty>
      )}
      <Entries>
        {own?.map((key) => (
          <KeyEntry key={key.id} apiKey={key} onRevoke={() => revoke.mutate(key.id)} />
        ))}
      </Entries>
      <NewKey onMade={() => queries.invalidateQueries({ queryKey: listed })} />
    </Section>
  );
}

function KeyEntry({ apiKey, onRevoke }: { readonly apiKey: Key; readonly onRevoke: () => void }) {
  const { t } = useTranslation('account');
  const format = useFormat();
  const { name, lastUsedAt, scopes: given } = apiKey;
  const use = lastUsedAt === null ? t('keys.never') : t('keys.used', { when: format.ago(lastUsedAt) });
  return (
    <Entry
      title={name}
      action={
        <ConfirmButton
          label={t('keys.revokeLabel', { name })}
          question={t('keys.question')}
          onConfirm={onRevoke}
        >
          {t('keys.revoke')}
        </ConfirmButton>
      }
    >
      {given === null ? t('keys.all') : given.join(', ')} · {use}
    </Entry>
  );
}

function NewKey({ onMade }: { readonly onMade: () => unknown }) {
  const { t } = useTranslation('account');
  const form = useForm({ initialValues: { name: '', scopes: [] as Scope[] } });
  const make = useMutation({
    mutationFn: ({ name, scopes: wanted }: typeof form.values) =>
      answerOf(api.POST('/api-keys', { body: { name, ...(wanted.length > 0 ? { scopes: wanted } : {}) } })),
    onError: (error) => form.setErrors(fieldErrors(error)),
    onSuccess() {
      form.reset();
      return onMade();
    },
  });
  return (
    <form onSubmit={form.onSubmit((values) => make.mutate(values))}>
      <Stack gap="sm" mt="md">
        {make.error !== null && <ErrorNote error={make.error} />}
        {make.data !== undefined && <SecretOnce hint={t('keys.once')} secret={make.data.key} />}
        <TextInput {...form.getInputProps('name')} label={t('keys.name')} required />
        <MultiSelect
          {...form.getInputProps('scopes')}
          label={t('keys.scopes')}
          description={t('keys.scopesHint')}
          data={scopes}
        />
        <Group>
          <Button type="submit" variant="default" loading={make.isPending}>
            {t('keys.make')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
