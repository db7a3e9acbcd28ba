import { UnstyledButton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import { Empty } from '../empty.tsx';
import classes from './bar-table.module.css';
import { ChangeBadge } from './change-badge.tsx';
import { lessIsBetter, type Metric, metricText } from './metrics.ts';
import { changeIn, numberIn, type Row } from './use-report.ts';

interface Props {
  readonly rows: readonly Row[];
  /** The columns before the number; the first one's name stands above. */
  readonly name: string;
  readonly textOf: (row: Row) => string;
  readonly keyOf: (row: Row) => string;
  readonly metric: Metric;
  readonly compare: boolean;
  /** What a click on a row does; null: nothing. */
  readonly onChoose: ((row: Row) => void) | null;
}

/** Rows with a bar behind each, as long as its number. */
export function BarTable({ rows, name, textOf, keyOf, metric, compare, onChoose }: Props) {
  const { t } = useTranslation('report-view');
  const format = useFormat();
  if (rows.length === 0) {
    return (
      <Empty icon="bars" title={t('nothing')}>
        {t('nothingMend')}
      </Empty>
    );
  }
  // Nothing was there before: a column of nothing says no more.
  const changes = compare && rows.some((row) => changeIn(row, metric) !== null);
  const most = Math.max(...rows.map((row) => numberIn(row, metric)));
  return (
    <table className={classes.table}>
      <thead>
        <tr>
          <th scope="col">{name}</th>
          <th scope="col" className={classes.number}>
            {t(`metrics.${metric}`)}
          </th>
          {changes && (
            <th scope="col" className={classes.number}>
              {t('change')}
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => {
          const value = numberIn(row, metric);
          const text = textOf(row);
          return (
            <tr key={keyOf(row)}>
              <th scope="row" className={classes.name}>
                <span
                  className={classes.bar}
                  style={{ width: `${most === 0 ? 0 : (100 * value) / most}%` }}
                  aria-hidden="true"
                />
                {onChoose === null ? (
                  <span className={classes.text}>{text}</span>
                ) : (
                  <UnstyledButton className={classes.text} title={text} onClick={() => onChoose(row)}>
                    {text}
                  </UnstyledButton>
                )}
              </th>
              <td className={classes.number}>{metricText(metric, value, format)}</td>
              {changes && (
                <td className={classes.number}>
                  <ChangeBadge change={changeIn(row, metric)} lessIsBetter={lessIsBetter.has(metric)} />
                </td>
              )}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
