import { Box, Paper, Skeleton, UnstyledButton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import { TimeChart } from '../../parts/charts/time-chart.tsx';
import { ErrorNote } from '../../parts/error-note.tsx';
import { ChangeBadge } from '../../parts/report-view/change-badge.tsx';
import { byDay } from '../../parts/report-view/day-points.ts';
import classes from '../../parts/report-view/metric-tiles.module.css';
import { changeIn, numberIn, useReport } from '../../parts/report-view/use-report.ts';
import type { ViewControl } from '../../parts/report-view/use-view.ts';
import { useAccount } from '../../session/account.ts';

const metrics = ['impressions', 'viewableRate', 'clicks', 'clickRate', 'conversions', 'spendMicros'] as const;
type Metric = (typeof metrics)[number];

/** The totals; the one chosen is what the chart shows by day. */
export function Delivery({ view }: { readonly view: ViewControl }) {
  const { t } = useTranslation(['overview', 'report-view']);
  const format = useFormat();
  const { currency } = useAccount();
  const chosen = metrics.find((metric) => metric === view.choices['metric']) ?? 'impressions';
  const totals = useReport({ report: 'delivery', view, metrics });
  const days = useReport({ report: 'delivery', view, metrics: [chosen], dimensions: ['day'], sort: 'day' });
  const written = (metric: Metric, value: number, short = false) => {
    if (metric.endsWith('Rate')) return format.percent(value);
    if (metric === 'spendMicros') return format.money(value, currency, short);
    return short ? format.compact(value) : format.number(value);
  };
  if (totals.error !== null) return <ErrorNote error={totals.error} onRetry={totals.refetch} />;
  const name = t(`report-view:metrics.${chosen}`);
  return (
    <Paper style={{ overflow: 'hidden' }}>
      <div className={classes.tiles}>
        {metrics.map((metric) => (
          <UnstyledButton
            key={metric}
            className={classes.tile}
            aria-pressed={metric === chosen}
            onClick={() => view.change({ choices: { metric } })}
          >
            <span className={classes.name}>{t(`report-view:metrics.${metric}`)}</span>
            {totals.data === undefined ? (
              <Skeleton height={26} width={84} mt={4} />
            ) : (
              <span className={classes.numbers}>
                <span className={classes.value}>{written(metric, numberIn(totals.data.totals, metric))}</span>
                <ChangeBadge change={changeIn(totals.data.totals, metric)} lessIsBetter={false} />
              </span>
            )}
          </UnstyledButton>
        ))}
      </div>
      <Box px="md" pt="lg" pb="sm">
        {days.error !== null && <ErrorNote error={days.error} onRetry={days.refetch} />}
        {days.data === undefined ? (
          <Skeleton height={250} />
        ) : (
          <TimeChart
            points={byDay(days.data, chosen, view, format)}
            label={t('chart', { metric: name })}
            format={(value) => written(chosen, value)}
            axisFormat={(value) => written(chosen, value, true)}
          />
        )}
      </Box>
    </Paper>
  );
}
