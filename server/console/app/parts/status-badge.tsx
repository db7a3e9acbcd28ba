import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import classes from './status-badge.module.css';

export type Status = 'active' | 'paused' | 'archived';

/** Whether something of the inventory runs. The word says it; the color helps. */
export function StatusBadge({ status }: { readonly status: Status }) {
  const { t } = useTranslation();
  return (
    <Badge variant="default" radius="sm" className={classes.badge} data-status={status} tt="none">
      {t(`status.${status}`)}
    </Badge>
  );
}
