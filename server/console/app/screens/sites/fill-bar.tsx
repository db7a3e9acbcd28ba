import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import { Meter } from '../../parts/meter.tsx';
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
      <Meter label={t('fill')} text={format.percent(rate)} value={fill.filled} max={fill.adRequests} />
      <Text size="xs" component="span" data-figures>
        {t('filledOf', { rate: format.percent(rate), requests: format.compact(fill.adRequests) })}
      </Text>
    </div>
  );
}
