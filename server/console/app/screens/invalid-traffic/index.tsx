import {
  Group,
  Paper,
  SegmentedControl,
  Stack,
  Table,
  Text,
  UnstyledButton,
  VisuallyHidden,
} from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import { Empty } from '../../parts/empty.tsx';
import { ErrorNote } from '../../parts/error-note.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { StackedTable } from '../../parts/stacked-table.tsx';
import { Waiting } from '../../parts/waiting.tsx';
import classes from './invalid-traffic.module.css';
import { type Days, daysChoices, type LedgerRow, useLedger } from './ledger.ts';
import { ReasonDetails } from './reason-details.tsx';
import { useReasonTexts } from './reason-texts.ts';
import { Reversals } from './reversals.tsx';

export function Screen() {
  const { t } = useTranslation('invalid-traffic');
  const [days, setDays] = useState<Days>('7');
  const [reason, setReason] = useState<string>();
  return (
    <>
      <PageHeader title={t('title')} description={t('description')} />
      <Stack gap="lg">
        <SegmentedControl
          aria-label={t('period')}
          value={days}
          onChange={(value) => setDays(value as Days)}
          data={daysChoices.map((value) => ({ value, label: t(`periods.${value}`) }))}
          className={classes.period}
        />
        <Ledger days={days} chosen={reason} onChoose={setReason} />
        {reason !== undefined && <ReasonDetails key={`${reason}${days}`} reason={reason} days={days} />}
        <Reversals />
      </Stack>
    </>
  );
}

interface LedgerProps {
  readonly days: Days;
  readonly chosen: string | undefined;
  readonly onChoose: (reason: string) => void;
}

function Ledger({ days, chosen, onChoose }: LedgerProps) {
  const { t } = useTranslation('invalid-traffic');
  const format = useFormat();
  const { data, error, refetch } = useLedger(days, ['reason', 'class']);
  if (error !== null && data === undefined) return <ErrorNote error={error} onRetry={refetch} />;
  if (data === undefined) return <Waiting lines={6} height={28} />;
  if (data.rows.length === 0)
    return (
      <Paper>
        <Empty icon="shield" title={t('none')}>
          {t('noneText')}
        </Empty>
      </Paper>
    );
  const all = Number(data.totals['events']);
  return (
    <Paper>
      <StackedTable minWidth={560} highlightOnHover verticalSpacing="sm" horizontalSpacing="md">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('columns.reason')}</Table.Th>
            <Table.Th>{t('columns.class')}</Table.Th>
            <Table.Th data-number>{t('columns.events')}</Table.Th>
            <Table.Th data-number>{t('share')}</Table.Th>
            <Table.Th data-number>{t('columns.reversed')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {data.rows.map((row) => (
            <ReasonRow
              key={String(row['reason'])}
              row={row}
              all={all}
              chosen={row['reason'] === chosen}
              onChoose={onChoose}
            />
          ))}
        </Table.Tbody>
        <Table.Tfoot>
          <Table.Tr>
            <Table.Th colSpan={2}>{t('total')}</Table.Th>
            <Table.Th data-number data-label={t('columns.events')}>
              {format.number(all)}
            </Table.Th>
            <Table.Td />
            <Table.Th data-number data-label={t('columns.reversed')}>
              {format.number(Number(data.totals['reversed']))}
            </Table.Th>
          </Table.Tr>
        </Table.Tfoot>
      </StackedTable>
      <Text size="xs" c="dimmed" p="md">
        {t('final', { when: format.dateTime(data.finalUntil) })}
      </Text>
    </Paper>
  );
}

interface RowProps {
  readonly row: LedgerRow;
  readonly all: number;
  readonly chosen: boolean;
  readonly onChoose: (reason: string) => void;
}

function ReasonRow({ row, all, chosen, onChoose }: RowProps) {
  const { t } = useTranslation('invalid-traffic');
  const format = useFormat();
  const textOf = useReasonTexts();
  const reason = String(row['reason']);
  const events = Number(row['events']);
  const share = all === 0 ? 0 : events / all;
  const { name, text } = textOf(reason);
  return (
    <Table.Tr data-chosen={chosen || undefined} className={classes.row}>
      <Table.Td>
        {reason === '' ? (
          <Text fw={600}>{name}</Text>
        ) : (
          <UnstyledButton className={classes.reason} aria-pressed={chosen} onClick={() => onChoose(reason)}>
            {name}
          </UnstyledButton>
        )}
        <Text size="xs" c="dimmed">
          {text}
        </Text>
      </Table.Td>
      <Table.Td data-label={t('columns.class')}>
        {row['class'] === '' ? t('notInvalid') : row['class']}
      </Table.Td>
      <Table.Td data-number data-label={t('columns.events')}>
        {format.number(events)}
      </Table.Td>
      <Table.Td data-number data-label={t('share')}>
        <Group justify="flex-end" display="inline-flex" gap="xs" wrap="nowrap">
          <svg className={classes.bar} viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
            <rect width={share * 100} height="6" rx="1" />
          </svg>
          {format.percent(share)}
        </Group>
      </Table.Td>
      <Table.Td data-number data-label={Number(row['reversed']) === 0 ? undefined : t('columns.reversed')}>
        {Number(row['reversed']) === 0 ? (
          <VisuallyHidden>0</VisuallyHidden>
        ) : (
          format.number(Number(row['reversed']))
        )}
      </Table.Td>
    </Table.Tr>
  );
}
