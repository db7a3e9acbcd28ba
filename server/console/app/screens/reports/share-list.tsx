import { Button, Table, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client.ts';
import type { components } from '../../api/schema';
import { useFormat } from '../../i18n/format.ts';
import { ErrorNote } from '../../parts/error-note.tsx';
import { toast } from '../../parts/toast.ts';
import { EntryList } from './entry-list.tsx';
import { sharesKey } from './keys.ts';

type Share = components['schemas']['ReportShare'];

export function ShareList() {
  const { t } = useTranslation('reports');
  const query = useQuery({
    queryKey: sharesKey,
    queryFn: async () => (await answerOf(api.GET('/report-shares'))).items,
  });
  return (
    <EntryList query={query} icon="share" none={t('shares.none')} noneText={t('shares.noneText')}>
      {(entries) => (
        <Table verticalSpacing="sm">
          <Table.Tbody>
            {entries.map((entry) => (
              <ShareRow key={entry.id} share={entry} />
            ))}
          </Table.Tbody>
        </Table>
      )}
    </EntryList>
  );
}

function ShareRow({ share }: { readonly share: Share }) {
  const { t } = useTranslation('reports');
  const format = useFormat();
  const client = useQueryClient();
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => answerOf(api.DELETE('/report-shares/{id}', { params: { path: { id: share.id } } })),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: sharesKey });
      toast(t('shares.done'));
    },
  });
  const expired = new Date(share.expiresAt).getTime() < Date.now();
  const state =
    share.revokedAt !== null
      ? t('shares.revoked')
      : expired
        ? t('shares.expired')
        : t('shares.expires', { when: format.dateTime(share.expiresAt) });
  return (
    <Table.Tr>
      <Table.Td>
        <Text fw={600}>{share.name}</Text>
        <Text size="xs" c="dimmed">
          {`${state} · `}
          {share.lastUsedAt === null
            ? t('shares.unused')
            : t('shares.used', { when: format.dateTime(share.lastUsedAt) })}
        </Text>
        {error !== null && <ErrorNote error={error} />}
      </Table.Td>
      <Table.Td ta="right">
        {share.revokedAt === null && !expired && (
          <Button
            size="xs"
            variant="subtle"
            color="red"
            loading={isPending}
            aria-label={`${t('shares.revoke')}: ${share.name}`}
            onClick={() => mutate()}
          >
            {t('shares.revoke')}
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
