import { Badge, Button, Paper, Table, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client.ts';
import type { components } from '../../api/schema';
import { useFormat } from '../../i18n/format.ts';
import { Empty } from '../../parts/empty.tsx';
import { ErrorNote } from '../../parts/error-note.tsx';
import { StackedTable } from '../../parts/stacked-table.tsx';
import { toast } from '../../parts/toast.ts';
import { Waiting } from '../../parts/waiting.tsx';
import { ledgerKey } from './ledger.ts';
import { useReasonTexts } from './reason-texts.ts';
import { reversalsKey } from './reversals-key.ts';

type Reversal = components['schemas']['TrafficReversal'];

/** All that was ever taken back, the youngest first, and the way to undo it. */
export function Reversals() {
  const { t } = useTranslation('invalid-traffic');
  const { data, error, refetch } = useQuery({
    queryKey: reversalsKey,
    queryFn: () => answerOf(api.GET('/invalid-traffic/reversals')),
  });
  return (
    <Paper component="section" p="lg" aria-labelledby="reversals">
      <Title order={2} id="reversals" mb="sm">
        {t('reversals')}
      </Title>
      {error !== null && data === undefined ? (
        <ErrorNote error={error} onRetry={refetch} />
      ) : data === undefined ? (
        <Waiting />
      ) : data.items.length === 0 ? (
        <Empty icon="check" title={t('noReversals')}>
          {t('noReversalsText')}
        </Empty>
      ) : (
        <StackedTable minWidth={620} verticalSpacing="sm">
          <Table.Thead>
            <Table.Tr>
              {(['reason', 'period', 'network', 'note', 'state'] as const).map((column) => (
                <Table.Th key={column}>{t(`columns.${column}`)}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data.items.toReversed().map((reversal) => (
              <ReversalRow key={reversal.id} reversal={reversal} />
            ))}
          </Table.Tbody>
        </StackedTable>
      )}
    </Paper>
  );
}

function ReversalRow({ reversal }: { readonly reversal: Reversal }) {
  const { t } = useTranslation('invalid-traffic');
  const format = useFormat();
  const textOf = useReasonTexts();
  const client = useQueryClient();
  const { mutate, isPending, error } = useMutation({
    mutationFn: () =>
      answerOf(api.DELETE('/invalid-traffic/reversals/{id}', { params: { path: { id: reversal.id } } })),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ledgerKey });
      await client.invalidateQueries({ queryKey: reversalsKey });
      toast(t('undoneToast'));
    },
  });
  const { reason, from, to, network, asn, site, lineItem, note, undoneAt } = reversal;
  const where = [
    network,
    asn === null ? null : `AS${asn}`,
    site === null ? null : `${t('columns.site')} ${site}`,
    lineItem === null ? null : `${t('columns.lineItem')} ${lineItem}`,
  ].filter((part) => part !== null);
  return (
    <Table.Tr>
      <Table.Td>{textOf(reason).name}</Table.Td>
      <Table.Td
        data-label={t('columns.period')}
      >{`${format.dateTime(from)} – ${format.dateTime(to)}`}</Table.Td>
      <Table.Td data-label={t('columns.network')}>
        {where.length === 0 ? t('everywhere') : where.join(', ')}
      </Table.Td>
      <Table.Td data-label={t('columns.note')}>
        {note}
        <Text size="xs" c="dimmed">
          {t('made', { when: format.dateTime(reversal.madeAt) })}
        </Text>
      </Table.Td>
      <Table.Td>
        {undoneAt === null ? (
          <>
            <Badge variant="light" color="pine" tt="none" mr="xs">
              {t('holds')}
            </Badge>
            <Button size="compact-xs" variant="subtle" loading={isPending} onClick={() => mutate()}>
              {t('undo')}
            </Button>
            {error !== null && <ErrorNote error={error} />}
          </>
        ) : (
          <Text size="sm" c="dimmed">
            {t('undone', { when: format.dateTime(undoneAt) })}
          </Text>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
