import { useTranslation } from 'react-i18next';
import classes from './status-badge.module.css';

export type Status = 'active' | 'paused' | 'archived';

/** Whether something of the inventory runs. The word says it; the color helps. */
export function StatusBadge({ status }: { readonly status: Status }) {
  const { t } = useTranslation();
  return <Mark of={status}>{t(`status.${status}`)}</Mark>;
}

/** A word with a color of its own. */
export function Mark({ of, children }: { readonly of: string; readonly children: string }) {
  return (
    <span className={classes.badge} data-status={of}>
      {children}
    </span>
  );
}
