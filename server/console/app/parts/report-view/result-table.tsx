import { Paper, Table, Text, UnstyledButton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import { Empty } from '../empty.tsx';
import { Icon } from '../icon.tsx';
import { ChangeBadge } from './change-badge.tsx';
import classes from './result-table.module.css';
import type { Report } from './use-report.ts';
import { useValueNames } from './value-names.ts';

type Column = Report['columns'][number];
type Value = string | number | null | undefined;

interface Props {
  readonly report: Report;
  readonly sort?: string;
  /** Where it is there, a press on a column's head sorts by it. */
  readonly onSort?: (sort: string) => void;
}

/** A report's rows and totals, each number as its kind is written. */
export function ResultTable({ report, sort, onSort }: Props) {
  const { t } = useTranslation('report-view');
  const format = useFormat();
  if (report.rows.length === 0)
    return (
      <Paper>
        <Empty icon="report" title={t('nothing')}>
          {t('nothingMend')}
        </Empty>
      </Paper>
    );
  const { columns, rows, totals, currency } = report;
  const dimensions = columns.filter(({ kind }) => kind === 'dimension').map(({ name }) => name);
  return (
    <Paper>
      <Table.ScrollContainer minWidth={columns.length * 110} type="native" tabIndex={0}>
        <Table verticalSpacing="xs" horizontalSpacing="md" highlightOnHover>
          <Table.Thead>
            <Table.Tr>
              {columns.map((column) => (
                <Head key={column.name} column={column} sort={sort} onSort={onSort} />
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <Table.Tr key={dimensions.map((name) => row[name]).join('\n')}>
                {columns.map((column) => (
                  <Cell
                    key={column.name}
                    column={column}
                    value={row[column.name]}
                    dimensions={dimensions}
                    currency={currency}
                  />
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
          <Table.Tfoot>
            <Table.Tr>
              {columns.map((column, index) =>
                column.kind === 'dimension' ? (
                  index === 0 ? (
                    <Table.Th key={column.name}>{t('table.totals')}</Table.Th>
                  ) : (
                    <Table.Td key={column.name} />
                  )
                ) : (
                  <Cell
                    key={column.name}
                    column={column}
                    value={totals[column.name]}
                    dimensions={dimensions}
                    currency={currency}
                  />
                ),
              )}
            </Table.Tr>
          </Table.Tfoot>
        </Table>
      </Table.ScrollContainer>
      <Text size="xs" c="dimmed" p="md">
        {report.truncated
          ? t('table.rows', {
              shown: format.number(rows.length),
              all: format.number(report.totalRows ?? rows.length),
            })
          : t('table.allRows', { count: rows.length })}
        {' · '}
        {t('table.final', { when: format.dateTime(report.finalUntil) })}
      </Text>
    </Paper>
  );
}

function Head({ column, sort, onSort }: { readonly column: Column } & Pick<Props, 'sort' | 'onSort'>) {
  const { t, i18n } = useTranslation('report-view');
  const base = column.name.replace(/(Previous|Change)$/, '');
  const group = column.kind === 'dimension' ? 'dimensions' : 'metrics';
  const key = `${group}.${base}`;
  const own = i18n.exists(key, { ns: 'report-view' }) ? t(key as 'metrics.visits') : column.label;
  const text =
    column.kind === 'previous' ? `${own} (${t('before')})` : column.kind === 'change' ? t('change') : own;
  const down = sort === `-${column.name}`;
  const sorted = down || sort === column.name;
  return (
    <Table.Th
      ta={column.kind === 'dimension' ? 'left' : 'right'}
      aria-sort={sorted ? (down ? 'descending' : 'ascending') : undefined}
    >
      {onSort === undefined ? (
        text
      ) : (
        <UnstyledButton
          className={classes.head}
          title={column.definition}
          aria-label={t('table.sort', { column: text })}
          onClick={() => onSort(down ? column.name : `-${column.name}`)}
        >
          {text}
          {sorted && <Icon name={down ? 'arrowDown' : 'arrowUp'} size={13} />}
        </UnstyledButton>
      )}
    </Table.Th>
  );
}

interface CellProps {
  readonly column: Column;
  readonly value: Value;
  readonly dimensions: readonly string[];
  readonly currency: string;
}

function Cell({ column, value, dimensions, currency }: CellProps) {
  const written = useWritten(dimensions, currency);
  if (column.kind === 'change')
    return (
      <Table.Td ta="right">
        <ChangeBadge change={typeof value === 'number' ? value : null} lessIsBetter={false} />
      </Table.Td>
    );
  return <Table.Td ta={column.kind === 'dimension' ? 'left' : 'right'}>{written(column, value)}</Table.Td>;
}

function useWritten(
  dimensions: readonly string[],
  currency: string,
): (column: Column, value: Value) => string {
  const format = useFormat();
  const days = useFormat('UTC');
  const nameOf = useValueNames(dimensions);
  return ({ kind, name, type }, value) => {
    if (kind === 'dimension') {
      if (type === 'day') return days.date(String(value));
      if (type === 'hour') return String(value).replace('T', ' ');
      if (name === 'weekday') return format.weekday(Number(value));
      return nameOf(name, value ?? null);
    }
    if (value === null || value === undefined) return '–';
    if (typeof value === 'string') return value;
    if (type === 'ratio') return format.percent(value);
    if (type === 'ms') return format.duration(value);
    if (type !== 'micros') return format.number(value);
    // Of conversions in the currencies of their conversion actions.
    return name.startsWith('conversionValue')
      ? format.number(value / 1_000_000)
      : format.money(value, currency);
  };
}
