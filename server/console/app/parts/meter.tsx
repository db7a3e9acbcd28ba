import classes from './meter.module.css';

interface Props {
  readonly label: string;
  /** In words. */
  readonly text: string;
  readonly value: number;
  readonly max: number;
  /** Where it should be by now; null: nowhere. */
  readonly planned?: number | null;
  readonly tone?: 'good' | 'warning' | 'idle';
}

/** How much of something there is, as a bar. */
export function Meter({ label, text, value, max, planned = null, tone = 'good' }: Props) {
  const part = (amount: number) => `${max === 0 ? 0 : Math.min(100, (100 * amount) / max)}%`;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a meter element cannot show where the plan is
    <div
      className={classes.bar}
      data-tone={tone}
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={max}
      aria-valuenow={Math.min(value, max)}
      aria-valuetext={text}
    >
      <div className={classes.done} style={{ width: part(value) }} />
      {planned !== null && <div className={classes.plan} style={{ insetInlineStart: part(planned) }} />}
    </div>
  );
}
