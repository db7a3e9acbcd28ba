import { Group, Paper, SegmentedControl, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import { ErrorNote } from '../../parts/error-note.tsx';
import { BarTable } from '../../parts/report-view/bar-table.tsx';
import { withFilter } from '../../parts/report-view/filters.ts';
import type { Metric } from '../../parts/report-view/metrics.ts';
import { type Asked, type Row, useReport } from '../../parts/report-view/use-report.ts';
import type { View, ViewControl } from '../../parts/report-view/use-view.ts';
import { useValueNames } from '../../parts/report-view/value-names.ts';
import { Waiting } from '../../parts/waiting.tsx';

const tables = ['country', 'region', 'city', 'page', 'site'] as const;
type Table = (typeof tables)[number];
const rowsShown = 10;

const chosenTable = (view: View, country: string | undefined): Table =>
  tables.find((table) => table === view.choices['by']) ?? (country === undefined ? 'country' : 'region');

/** Names of regions and cities are told apart by what they are in. */
const dimensionsOf: Readonly<Record<Table, readonly string[]>> = {
  country: ['country'],
  region: ['country', 'region'],
  city: ['country', 'city'],
  page: ['page'],
  site: ['site'],
};

/** What the table asks for, which is also what is exported. */
export function tableOf(view: View, metric: Metric, country: string | undefined): Asked {
  const dimensions = dimensionsOf[chosenTable(view, country)];
  return { report: 'visitors', view, metrics: [metric], dimensions, sort: `-${metric}`, limit: rowsShown };
}

interface Props {
  readonly view: ViewControl;
  readonly metric: Metric;
  readonly country: string | undefined;
}

/** The same numbers as on the map, and by page and site. A click on a row shows it alone. */
export function TableCard({ view, metric, country }: Props) {
  const { t } = useTranslation(['visitors', 'report-view']);
  const format = useFormat();
  const nameOf = useValueNames();
  const table = chosenTable(view, country);
  const { data, error, refetch } = useReport(tableOf(view, metric, country));
  const textOf = (row: Row) => {
    const own = nameOf(table, row[table] ?? '');
    const inCountry = (table === 'region' || table === 'city') && country === undefined;
    return inCountry ? `${own}, ${nameOf('country', row['country'] ?? '')}` : own;
  };
  const choose = (row: Row) => {
    const filters = dimensionsOf[table].reduce<readonly ReturnType<typeof withFilter>[number][]>(
      (all, dimension) =>
        withFilter(all, { dimension, operator: '=', values: [String(row[dimension] ?? '')] }),
      view.filters,
    );
    const next = { country: 'region', region: 'city' }[table as string] ?? table;
    view.change({ filters, choices: { by: next } });
  };
  return (
    <Paper p="md" h="100%">
      <Group justify="space-between" mb="sm" mih={30}>
        <SegmentedControl
          size="xs"
          aria-label={t('by')}
          value={table}
          onChange={(by) => view.change({ choices: { by } })}
          data={tables.map((value) => ({ value, label: t(value) }))}
        />
      </Group>
      {error !== null && <ErrorNote error={error} onRetry={refetch} />}
      {error === null && data === undefined && <Waiting lines={8} height={26} />}
      {data !== undefined && error === null && (
        <>
          <BarTable
            rows={data.rows}
            name={t(`report-view:dimensions.${table}`)}
            textOf={textOf}
            keyOf={(row) => dimensionsOf[table].map((dimension) => row[dimension]).join(' ')}
            metric={metric}
            compare={view.compare}
            onChoose={choose}
          />
          {data.truncated && (
            <Text size="xs" c="dimmed" mt="xs">
              {t('report-view:rowsLeft', {
                shown: format.number(data.rows.length),
                all: format.number(data.totalRows ?? data.rows.length),
              })}
            </Text>
          )}
        </>
      )}
    </Paper>
  );
}
