import { Button, Group, Paper, Title } from '@mantine/core';
import { type RefObject, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import { WorldMap } from '../../parts/charts/world-map.tsx';
import { ErrorNote } from '../../parts/error-note.tsx';
import { Icon } from '../../parts/icon.tsx';
import { withFilter } from '../../parts/report-view/filters.ts';
import { type Metric, metricText } from '../../parts/report-view/metrics.ts';
import { numberIn, useReport } from '../../parts/report-view/use-report.ts';
import type { ViewControl } from '../../parts/report-view/use-view.ts';
import { useValueNames } from '../../parts/report-view/value-names.ts';

interface Props {
  readonly view: ViewControl;
  readonly metric: Metric;
  readonly country: string | undefined;
  readonly svgRef: RefObject<SVGSVGElement | null>;
}

/**
 * The world by country. A click goes to the country: all of the screen is of it then, and the map has its regions, until
 * one comes back.
 */
export function MapCard({ view, metric, country, svgRef }: Props) {
  const { t } = useTranslation(['visitors', 'report-view']);
  const format = useFormat();
  const nameOf = useValueNames();
  const level = country === undefined ? 'country' : 'region';
  const { data, error, refetch } = useReport({
    ...{ report: 'visitors', metrics: [metric], dimensions: [level] },
    view: { ...view, compare: false },
  });
  const values = useMemo(
    () => new Map((data?.rows ?? []).map((row) => [String(row[level]), numberIn(row, metric)])),
    [data, metric, level],
  );
  const metricName = t(`report-view:metrics.${metric}`);
  const world = () =>
    view.change({
      filters: view.filters.filter(({ dimension }) => !['country', 'region', 'city'].includes(dimension)),
      choices: { by: 'country' },
    });
  const choose = (code: string) => {
    const dimension = code.includes('-') ? 'region' : 'country';
    view.change({
      filters: withFilter(view.filters, { dimension, operator: '=', values: [code] }),
      choices: { by: dimension === 'region' ? 'city' : 'region' },
    });
  };
  return (
    <Paper p="md" h="100%">
      <Group justify="space-between" mb="sm" mih={30}>
        <Title order={2}>{country === undefined ? t('places') : format.country(country)}</Title>
        {country !== undefined && (
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<Icon name="chevronLeft" size={14} />}
            onClick={world}
          >
            {t('back')}
          </Button>
        )}
      </Group>
      {error !== null ? (
        <ErrorNote error={error} onRetry={refetch} />
      ) : (
        <WorldMap
          svgRef={svgRef}
          values={values}
          country={country}
          label={
            country === undefined
              ? t('report-view:map.label', { metric: metricName })
              : t('report-view:map.country', { country: format.country(country) })
          }
          nameOf={(code) => nameOf(code.includes('-') ? 'region' : 'country', code)}
          unit={metricName}
          format={(value) => metricText(metric, value, format)}
          onChoose={choose}
        />
      )}
    </Paper>
  );
}
