import { useTranslation } from 'react-i18next';
import type { Shades } from './map-shades.ts';
import classes from './world-map.module.css';

interface Props {
  readonly legend: Shades['legend'];
  readonly unit: string;
  readonly format: (value: number) => string;
}

/** What the shades of a map stand for. */
export function MapLegend({ legend, unit, format }: Props) {
  const { t } = useTranslation('report-view');
  if (legend.length === 0) return null;
  return (
    <div className={classes.legend}>
      <span>{unit}</span>
      <ul>
        <li>
          <i data-shade={0} aria-hidden="true" />
          {t('map.none')}
        </li>
        {legend.map(({ shade, upTo }) => (
          <li key={shade}>
            <i data-shade={shade} aria-hidden="true" />
            {t('map.upTo', { value: format(upTo) })}
          </li>
        ))}
      </ul>
    </div>
  );
}
