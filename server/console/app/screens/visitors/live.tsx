import { Box, Group, Paper, SimpleGrid, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client.ts';
import { useFormat } from '../../i18n/format.ts';
import { ErrorNote } from '../../parts/error-note.tsx';
import { type Filter, filterText } from '../../parts/report-view/filters.ts';
import { useValueNames } from '../../parts/report-view/value-names.ts';
import classes from './live.module.css';

const everyMs = 10_000;
const rowsShown = 5;
/** What is now is at one time of day. */
const ofTime: ReadonlySet<string> = new Set(['hour', 'day', 'hourOfDay', 'weekday']);

/** Who is there now, of those whom the filters let through; asked for again every ten seconds while the page is in view. */
export function Live({ filters }: { readonly filters: readonly Filter[] }) {
  const { t } = useTranslation('visitors');
  const format = useFormat();
  const held = filters.filter(({ dimension }) => !ofTime.has(dimension));
  const query = held.length === 0 ? {} : { filter: filterText(held) };
  const { data, error, refetch } = useQuery({
    queryKey: ['live', query],
    queryFn: () => answerOf(api.GET('/live-visitors', { params: { query } })),
    placeholderData: (before) => before,
    refetchInterval: everyMs,
  });
  const { visitors, pageViews, minutes, countries, pages } = data ?? nobody;
  return (
    <Paper p="md" component="section" aria-label={t('live.title')}>
      {error !== null && <ErrorNote error={error} onRetry={refetch} />}
      <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="xl">
        <Box>
          <Group gap={8}>
            <span className={classes.light} aria-hidden="true" />
            <Title order={2}>{t('live.title')}</Title>
          </Group>
          <Group gap={8} align="baseline" mt="sm">
            <span className={classes.number} data-figures>
              {format.number(visitors)}
            </span>
            <Text component="span">{t('live.visitors', { count: visitors })}</Text>
          </Group>
          <Text size="sm" c="dimmed">
            {visitors === 0
              ? t('live.nobody')
              : t('live.pageViews', { count: pageViews, number: format.number(pageViews) })}
          </Text>
          <Minutes minutes={minutes} label={t('live.minutes')} />
        </Box>
        <Ranking
          title={t('live.where')}
          dimension="country"
          rows={countries.map(({ country, visitors: count }) => [country, count])}
        />
        <Ranking
          title={t('live.what')}
          dimension="page"
          rows={pages.map(({ page, pageViews: count }) => [page, count])}
        />
      </SimpleGrid>
    </Paper>
  );
}

const nobody = { visitors: 0, pageViews: 0, minutes: [], countries: [], pages: [] };

/** Page views of each minute, the present one at the right. */
function Minutes({ minutes, label }: { readonly minutes: readonly number[]; readonly label: string }) {
  const most = Math.max(1, ...minutes);
  return (
    <svg
      className={classes.minutes}
      viewBox="0 0 300 44"
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      {minutes.map((count, minute) => {
        const height = count === 0 ? 1.5 : Math.max(3, (44 * count) / most);
        // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place
        return <rect key={minute} x={minute * 10 + 1} width={8} y={44 - height} height={height} rx={1.5} />;
      })}
    </svg>
  );
}

interface RankingProps {
  readonly title: string;
  readonly dimension: 'country' | 'page';
  readonly rows: readonly (readonly [value: string, count: number])[];
}

function Ranking({ title, dimension, rows }: RankingProps) {
  const nameOf = useValueNames();
  const format = useFormat();
  return (
    <div>
      <Title order={3} mb={6}>
        {title}
      </Title>
      <ol className={classes.ranking}>
        {rows.slice(0, rowsShown).map(([value, count]) => (
          <li key={value}>
            <span title={nameOf(dimension, value)}>{nameOf(dimension, value)}</span>
            <span data-figures>{format.number(count)}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}
