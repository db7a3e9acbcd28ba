import { ActionIcon, Button, Group, Menu, Paper, Text, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import { saveFile } from '../../parts/charts/picture.ts';
import { ErrorNote } from '../../parts/error-note.tsx';
import { Icon } from '../../parts/icon.tsx';
import { BarTable } from '../../parts/report-view/bar-table.tsx';
import { onlyValue, withFilter } from '../../parts/report-view/filters.ts';
import type { Metric } from '../../parts/report-view/metrics.ts';
import { type Asked, type Row, reportFile, useReport } from '../../parts/report-view/use-report.ts';
import type { ViewControl } from '../../parts/report-view/use-view.ts';
import { useValueNames } from '../../parts/report-view/value-names.ts';
import { Waiting } from '../../parts/waiting.tsx';

const fewRows = 8;
const manyRows = 100;

type Dimension = 'page' | 'referrer' | 'browser' | 'browserVersion' | 'os' | 'device' | 'language';

interface Props {
  readonly view: ViewControl;
  readonly metric: Metric;
  readonly dimension: Dimension;
}

/** The most of one dimension, and a file of them. */
export function RankingCard({ view, metric, dimension }: Props) {
  const { t } = useTranslation(['traffic', 'report-view', 'shell']);
  const format = useFormat();
  const nameOf = useValueNames();
  const [limit, setLimit] = useState(fewRows);
  const dimensions = dimension === 'browserVersion' ? ['browser', 'browserVersion'] : [dimension];
  const asked: Asked = {
    ...{ report: 'visitors', view, metrics: [metric], dimensions, sort: `-${metric}`, limit },
  };
  const { data, error, refetch } = useReport(asked);
  const title = t(dimension, { browser: onlyValue(view.filters, 'browser') });
  const choose = (row: Row) =>
    view.change({
      filters: withFilter(view.filters, { dimension, operator: '=', values: [String(row[dimension] ?? '')] }),
    });
  return (
    <Paper p="md" component="section" aria-label={title}>
      <Group justify="space-between" mb="xs" wrap="nowrap">
        <Title order={2}>{title}</Title>
        <SaveMenu asked={asked} title={title} />
      </Group>
      {error !== null && <ErrorNote error={error} onRetry={refetch} />}
      {error === null && data === undefined && <Waiting lines={6} height={26} />}
      {error === null && data !== undefined && (
        <>
          <BarTable
            rows={data.rows}
            name={t(`report-view:dimensions.${dimension}`)}
            textOf={(row) => nameOf(dimension, row[dimension] ?? '')}
            keyOf={(row) => String(row[dimension])}
            metric={metric}
            compare={view.compare}
            onChoose={choose}
          />
          {data.truncated && (
            <Group justify="space-between" mt="xs">
              <Text size="xs" c="dimmed">
                {t('report-view:rowsLeft', {
                  shown: format.number(data.rows.length),
                  all: format.number(data.totalRows ?? data.rows.length),
                })}
              </Text>
              {limit === fewRows && (
                <Button size="compact-xs" variant="subtle" onClick={() => setLimit(manyRows)}>
                  {t('shell:common.more')}
                </Button>
              )}
            </Group>
          )}
        </>
      )}
    </Paper>
  );
}

function SaveMenu({ asked, title }: { readonly asked: Asked; readonly title: string }) {
  const { t } = useTranslation(['traffic']);
  const save = useMutation({
    mutationFn: async (format: 'csv' | 'xlsx') => {
      const { from, to } = asked.view.days;
      saveFile(await reportFile(asked, format), `${asked.dimensions?.join('-')}-${from}-${to}.${format}`);
    },
  });
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          loading={save.isPending}
          aria-label={`${t('save')}: ${title}`}
        >
          <Icon name="download" size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {(['csv', 'xlsx'] as const).map((format) => (
          <Menu.Item key={format} onClick={() => save.mutate(format)}>
            {format.toUpperCase()}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
