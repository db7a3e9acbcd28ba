import { Alert, Loader, Paper, Stack, Text, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client.ts';
import type { components } from '../../api/schema';
import { useFormat } from '../../i18n/format.ts';
import { ErrorNote } from '../../parts/error-note.tsx';
import { useRuleWords } from '../targeting/words.ts';
import classes from './forecast-panel.module.css';
import type { LineItemBody } from './line-item-values.ts';

type Forecast = components['schemas']['Forecast'];

interface Props {
  readonly body: LineItemBody;
  readonly sizes: readonly (readonly [number, number])[] | undefined;
  readonly lineItemId: number | undefined;
}

/** What the line item can expect as it is filled in, a moment after each change. */
export function ForecastPanel({ body, sizes, lineItemId }: Props) {
  const { t } = useTranslation('campaigns');
  const { type, targeting, startAt, endAt, goal, timeZone } = body;
  const [draft] = useDebouncedValue(
    JSON.stringify({
      ...{ type, targeting, startAt, endAt, goal, timeZone },
      ...(lineItemId === undefined ? {} : { lineItemId }),
      ...(sizes === undefined || sizes.length === 0 ? {} : { sizes }),
    }),
    500,
  );
  const forecast = useQuery({
    queryKey: ['forecast', draft],
    queryFn: () => answerOf(api.POST('/forecasts', { body: JSON.parse(draft) })),
    placeholderData: keepPreviousData,
    staleTime: 300_000,
    retry: false,
  });
  return (
    <Paper p="md" aria-busy={forecast.isFetching}>
      <Title order={2} mb="sm" className={classes.title}>
        {t('forecast.title')}
        {forecast.isFetching && <Loader size={14} aria-label={t('forecast.counting')} />}
      </Title>
      {forecast.isError && <ErrorNote error={forecast.error} onRetry={forecast.refetch} />}
      {forecast.data !== undefined && !forecast.isError && <Numbers forecast={forecast.data} />}
    </Paper>
  );
}

function Numbers({ forecast }: { readonly forecast: Forecast }) {
  const { t } = useTranslation('campaigns');
  const format = useFormat();
  const { days, fit, rules, zoneRequests, bookings } = forecast;
  const sum = (name: 'adRequests' | 'impressions' | 'impressionsLow' | 'impressionsHigh' | 'free') =>
    days.reduce((total, day) => total + day[name], 0);
  return (
    <Stack gap="md" aria-live="polite">
      {days.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('forecast.noHistory')}
        </Text>
      ) : (
        <Expected sum={sum} days={days.length} />
      )}
      {fit !== null && (
        <Alert
          p="xs"
          color={fit.answer === 'yes' ? 'green' : fit.answer === 'tight' ? 'yellow' : 'red'}
          className={classes.fit}
          title={t(`forecast.fit.${fit.answer}`)}
        >
          {t('forecast.fitText', {
            expected: format.compact(fit.expected),
            needed: format.compact(fit.needed),
          })}
        </Alert>
      )}
      <Funnel zoneRequests={zoneRequests} rules={rules} />
      {bookings.length > 0 && (
        <div>
          <Text size="sm" fw={550}>
            {t('forecast.bookings')}
          </Text>
          {bookings.map(({ lineItemId, name, perDay }) => (
            <Text key={lineItemId} size="sm" c="dimmed">
              {t('forecast.booking', { name, perDay: format.compact(perDay) })}
            </Text>
          ))}
        </div>
      )}
    </Stack>
  );
}

interface ExpectedProps {
  readonly sum: (
    name: 'adRequests' | 'impressions' | 'impressionsLow' | 'impressionsHigh' | 'free',
  ) => number;
  readonly days: number;
}

/** Impressions; where no ad was ever shown there, how many of the requests become any is not known. */
function Expected({ sum, days }: ExpectedProps) {
  const { t } = useTranslation('campaigns');
  const format = useFormat();
  const impressions = sum('impressions');
  const requests = sum('adRequests');
  const known = impressions > 0 || requests === 0;
  return (
    <div>
      <Text fz={26} fw={650} lh={1.2} data-figures>
        {format.compact(known ? impressions : requests)}
      </Text>
      <Text size="sm" c="dimmed">
        {known
          ? t('forecast.impressions', {
              days,
              low: format.compact(sum('impressionsLow')),
              high: format.compact(sum('impressionsHigh')),
            })
          : t('forecast.requests', { days })}
      </Text>
      {known && (
        <Text size="sm" mt={4}>
          {t('forecast.free', { free: format.compact(sum('free')) })}
        </Text>
      )}
    </div>
  );
}

/** From all requests of the zones down to what is left, rule by rule. */
function Funnel({ zoneRequests, rules }: Pick<Forecast, 'zoneRequests' | 'rules'>) {
  const { t } = useTranslation('campaigns');
  const format = useFormat();
  const words = useRuleWords(rules.map(({ rule }) => rule));
  if (zoneRequests === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t('forecast.noRequests')}
      </Text>
    );
  }
  const width = (value: number) => `${(100 * value) / zoneRequests}%`;
  return (
    <div>
      <Text size="sm" fw={550} mb={6}>
        {t('forecast.perDay')}
      </Text>
      <ul className={classes.funnel}>
        <li>
          <span className={classes.step}>
            <span>{t('forecast.allRequests')}</span>
            <span data-figures>{format.compact(zoneRequests)}</span>
          </span>
          <span className={classes.track}>
            <span className={classes.left} style={{ width: '100%' }} />
          </span>
        </li>
        {rules.map(({ path, rule, remaining, lost, known }) => (
          <li key={path}>
            <span className={classes.step}>
              <span>{words(rule)}</span>
              <span data-figures>{format.compact(remaining)}</span>
            </span>
            <span className={classes.track}>
              <span className={classes.left} style={{ width: width(remaining) }} />
              <span className={classes.lost} style={{ width: width(lost) }} />
            </span>
            <Text size="xs" c="dimmed">
              {known ? t('forecast.lost', { lost: format.compact(lost) }) : t('forecast.unknown')}
            </Text>
          </li>
        ))}
      </ul>
    </div>
  );
}
