import { Skeleton, Tooltip, UnstyledButton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import { ChangeBadge } from './change-badge.tsx';
import classes from './metric-tiles.module.css';
import { lessIsBetter, type Metric, metrics, metricText } from './metrics.ts';
import { changeIn, numberIn, type Report } from './use-report.ts';

interface Props {
  readonly totals: Report['totals'] | undefined;
  readonly chosen: Metric;
  readonly onChoose: (metric: Metric) => void;
}

/** The totals; the one chosen is what chart, map and table show. */
export function MetricTiles({ totals, chosen, onChoose }: Props) {
  const { t } = useTranslation('report-view');
  const format = useFormat();
  return (
    <div className={classes.tiles}>
      {metrics.map((metric) => (
        <Tooltip key={metric} label={t(`metricHints.${metric}`)} multiline maw={260}>
          <UnstyledButton
            className={classes.tile}
            aria-pressed={metric === chosen}
            onClick={() => onChoose(metric)}
          >
            <span className={classes.name}>{t(`metrics.${metric}`)}</span>
            {totals === undefined ? (
              <Skeleton height={26} width={84} mt={4} />
            ) : (
              <span className={classes.numbers}>
                <span className={classes.value}>{metricText(metric, numberIn(totals, metric), format)}</span>
                <ChangeBadge change={changeIn(totals, metric)} lessIsBetter={lessIsBetter.has(metric)} />
              </span>
            )}
          </UnstyledButton>
        </Tooltip>
      ))}
    </div>
  );
}
