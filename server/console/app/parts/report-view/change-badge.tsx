import { useFormat } from '../../i18n/format.ts';
import { Icon } from '../icon.tsx';
import classes from './change-badge.module.css';

interface Props {
  /** Share of more or less; null: there is nothing to compare with. */
  readonly change: number | null;
  readonly lessIsBetter?: boolean;
}

/** More or less than before, in a colour that says whether that is good. */
export function ChangeBadge({ change, lessIsBetter = false }: Props) {
  const format = useFormat();
  if (change === null) return null;
  const mood = Math.abs(change) < 0.0005 ? 'same' : change > 0 !== lessIsBetter ? 'good' : 'bad';
  return (
    <span className={classes.badge} data-mood={mood}>
      {mood !== 'same' && <Icon name={change > 0 ? 'arrowUp' : 'arrowDown'} size={12} strokeWidth={2.4} />}
      {format.percent(Math.abs(change))}
    </span>
  );
}
