import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import classes from './fill-bar.module.css';
import type { Fill } from './supply.ts';

/** How much of what was asked for in the last week got an ad. */
export function FillBar({ fill }: { readonly fill: Fill | undefined }) {
  const { t } = useTranslation('sites');
  const format = useFormat();
  if (fill === undefined || fill.adRequests === 0) {
    return (
      <Text size="xs" c="dimmed" component="span">
        {t('noRequests')}
      </Text>
    );
  }
  const rate = fill.filled / fill.adRequests;
  return (
    <div>
      <div
        className={classes.bar}
        role="meter"
        aria-label={t('fill')}
        aria-valuemin={0}
        aria-valuemax={1}
        aria-valuenow={rate}
        aria-valuetext={format.percent(rate)}
      >
        <div className={classes.done} style={{ width: `${100 * rate}%` }} />
      </div>
      <Text size="xs" component="span" data-figures>
        {t('filledOf', { rate: format.percent(rate), requests: format.compact(fill.adRequests) })}
      </Text>
    </div>
  );
}
