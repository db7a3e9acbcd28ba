import { Box, Skeleton } from '@mantine/core';
import type { RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import { type Format, useFormat } from '../../i18n/format.ts';
import { TimeChart, type TimePoint } from '../../parts/charts/time-chart.tsx';
import { Empty } from '../../parts/empty.tsx';
import { ErrorNote } from '../../parts/error-note.tsx';
import { byDay, numbersAt } from '../../parts/report-view/day-points.ts';
import { type Metric, metricText } from '../../parts/report-view/metrics.ts';
import { type DayRange, lengthOf } from '../../parts/report-view/period.ts';
import { type Report, useReport } from '../../parts/report-view/use-report.ts';
import type { View } from '../../parts/report-view/use-view.ts';

interface Props {
  readonly view: View;
  readonly metric: Metric;
  readonly svgRef: RefObject<SVGSVGElement | null>;
}

/** The metric by day; by hour where the period is short. */
export function TimeCard({ view, metric, svgRef }: Props) {
  const { t } = useTranslation(['visitors', 'report-view']);
  const format = useFormat();
  const unit = lengthOf(view.days) <= 2 ? 'hour' : 'day';
  const { data, error, refetch } = useReport({
    ...{ report: 'visitors', view, metrics: [metric], dimensions: [unit], sort: unit },
  });
  const name = t(`report-view:metrics.${metric}`);
  if (error !== null) return <ErrorNote error={error} onRetry={refetch} />;
  if (data === undefined) return <Skeleton height={250} m="lg" width="auto" />;
  if (data.rows.length === 0) {
    return (
      <Empty icon="chart" title={t('report-view:nothing')}>
        {t('report-view:nothingMend')}
      </Empty>
    );
  }
  const points = unit === 'day' ? byDay(data, metric, view, format) : byHour(data, metric, view, format);
  return (
    <Box px="md" pt="lg" pb="sm">
      <TimeChart
        svgRef={svgRef}
        points={points}
        label={t('chart', { metric: name })}
        format={(value) => metricText(metric, value, format)}
        axisFormat={(value) => metricText(metric, value, format, true)}
      />
    </Box>
  );
}

/** Every hour of the range, up to the present one. */
function byHour(data: Report, metric: Metric, view: View, format: Format): TimePoint[] {
  const rows = new Map(data.rows.map((row) => [Date.parse(String(row['hour'])), row]));
  const zone = { timeZone: view.timeZone };
  const short = new Intl.DateTimeFormat(format.locale, { hour: 'numeric', ...zone });
  const long = new Intl.DateTimeFormat(format.locale, { weekday: 'short', hour: 'numeric', ...zone });
  const hourMs = 3_600_000;
  const end = Math.min(Date.parse(data.to), Date.now());
  const count = Math.max(1, Math.ceil((end - Date.parse(data.from)) / hourMs));
  return Array.from({ length: count }, (_, index) => {
    const at = Date.parse(data.from) + index * hourMs;
    return {
      label: short.format(at),
      title: long.format(at),
      ...numbersAt(rows.get(at), metric, view.compare),
      previousTitle: long.format(at - daysMs(view.days)),
    };
  });
}

const daysMs = (days: DayRange) => lengthOf(days) * 86_400_000;
