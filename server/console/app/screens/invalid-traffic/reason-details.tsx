import { Button, Grid, Group, Paper, Table, Text, Title, VisuallyHidden } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import { ErrorNote } from '../../parts/error-note.tsx';
import { StackedTable } from '../../parts/stacked-table.tsx';
import { Waiting } from '../../parts/waiting.tsx';
import classes from './invalid-traffic.module.css';
import { type Days, type LedgerRow, useLedger } from './ledger.ts';
import { useReasonTexts } from './reason-texts.ts';
import { type Scope, TakeBack } from './take-back.tsx';

const mostNetworks = 20;
/** What does not make an event invalid cannot be taken back. */
const factual = new Set(['late', 'repeated', 'duplicate']);

/** When and from where events of a reason came, and the way to take it back. */
export function ReasonDetails({ reason, days }: { readonly reason: string; readonly days: Days }) {
  const { t } = useTranslation('invalid-traffic');
  const [scope, setScope] = useState<Scope>();
  const { name } = useReasonTexts()(reason);
  const reversible = !factual.has(reason);
  return (
    <Paper component="section" p="lg" aria-label={name}>
      <Group justify="space-between" mb="md">
        <Title order={2}>{`${name}: ${t('details')}`}</Title>
        {reversible && (
          <Button size="xs" variant="default" onClick={() => setScope({ reason, days })}>
            {t('takeBack')}
          </Button>
        )}
      </Group>
      <Grid gap="xl">
        <Grid.Col span={{ base: 12, md: 5 }}>
          <ByDay reason={reason} days={days} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 7 }}>
          <ByNetwork
            reason={reason}
            days={days}
            onTakeBack={reversible ? (network) => setScope({ reason, days, network }) : undefined}
          />
        </Grid.Col>
      </Grid>
      {scope !== undefined && <TakeBack scope={scope} onClose={() => setScope(undefined)} />}
    </Paper>
  );
}

function ByDay({ reason, days }: { readonly reason: string; readonly days: Days }) {
  const { t } = useTranslation('invalid-traffic');
  const format = useFormat('UTC');
  const { data, error, refetch } = useLedger(days, ['day'], reason);
  if (error !== null && data === undefined) return <ErrorNote error={error} onRetry={refetch} />;
  if (data === undefined) return <Waiting />;
  const most = Math.max(1, ...data.rows.map((row) => Number(row['events'])));
  return (
    <Table verticalSpacing={6} captionSide="top">
      <Table.Caption ta="left">{t('byDay')}</Table.Caption>
      <Table.Tbody>
        {data.rows.map((row) => (
          <Table.Tr key={String(row['day'])}>
            <Table.Th scope="row" className={classes.day}>
              {format.date(String(row['day']))}
            </Table.Th>
            <Table.Td w="50%">
              <svg
                className={classes.wideBar}
                viewBox="0 0 100 6"
                preserveAspectRatio="none"
                aria-hidden="true"
              >
                <rect width={(Number(row['events']) / most) * 100} height="6" rx="1" />
              </svg>
            </Table.Td>
            <Table.Td ta="right">{format.number(Number(row['events']))}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

interface NetworkProps {
  readonly reason: string;
  readonly days: Days;
  readonly onTakeBack: ((network: string) => void) | undefined;
}

function ByNetwork({ reason, days, onTakeBack }: NetworkProps) {
  const { t } = useTranslation('invalid-traffic');
  const { data, error, refetch } = useLedger(days, ['network', 'asn'], reason, mostNetworks);
  if (error !== null && data === undefined) return <ErrorNote error={error} onRetry={refetch} />;
  if (data === undefined) return <Waiting />;
  return (
    <>
      <StackedTable minWidth={420} verticalSpacing={6} captionSide="top">
        <Table.Caption ta="left">{t('byNetwork')}</Table.Caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('columns.network')}</Table.Th>
            <Table.Th>{t('columns.asn')}</Table.Th>
            <Table.Th data-number>{t('columns.events')}</Table.Th>
            {onTakeBack !== undefined && (
              <Table.Th>
                <VisuallyHidden>{t('takeBack')}</VisuallyHidden>
              </Table.Th>
            )}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {data.rows.map((row) => (
            <NetworkRow key={`${row['network']} ${row['asn']}`} row={row} onTakeBack={onTakeBack} />
          ))}
        </Table.Tbody>
      </StackedTable>
      {data.truncated && (
        <Text size="xs" c="dimmed" mt="xs">
          {t('topOnly', { count: mostNetworks })}
        </Text>
      )}
    </>
  );
}

function NetworkRow({ row, onTakeBack }: { readonly row: LedgerRow } & Pick<NetworkProps, 'onTakeBack'>) {
  const { t } = useTranslation('invalid-traffic');
  const format = useFormat();
  const network = String(row['network']);
  const asn = Number(row['asn']);
  return (
    <Table.Tr>
      <Table.Td className={classes.network}>{network === '' ? t('noNetwork') : network}</Table.Td>
      <Table.Td data-label={t('columns.asn')}>{asn === 0 ? '–' : `AS${asn}`}</Table.Td>
      <Table.Td data-number data-label={t('columns.events')}>
        {format.number(Number(row['events']))}
      </Table.Td>
      {onTakeBack !== undefined && (
        <Table.Td data-menu>
          {network !== '' && (
            <Button
              size="compact-xs"
              variant="subtle"
              aria-label={`${t('takeBack')} ${network}`}
              onClick={() => onTakeBack(network)}
            >
              {t('takeBack')}
            </Button>
          )}
        </Table.Td>
      )}
    </Table.Tr>
  );
}
