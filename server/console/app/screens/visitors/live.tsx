import { Box, Group, Paper, SimpleGrid, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client.ts';
import { useFormat } from '../../i18n/format.ts';
import { filterText } from '../../parts/report-view/filters.ts';
import { numberIn, type Report } from '../../parts/report-view/use-report.ts';
import type { View } from '../../parts/report-view/use-view.ts';
import { useValueNames } from '../../parts/report-view/value-names.ts';
import classes from './live.module.css';

const minuteMs = 60_000;
const everyMs = 10_000;
const rowsShown = 5;

/** The last half hour, asked for again every ten seconds while the page is in view. */
function useLive(filters: View['filters'], dimension: 'country' | 'page') {
  return useQuery({
    queryKey: ['live', dimension, filterText(filters)],
    queryFn: async () => {
      const to = new Date(Math.ceil(Date.now() / 1000) * 1000);
      const query = {
        ...{ from: new Date(to.getTime() - 30 * minuteMs).toISOString(), to: to.toISOString() },
        ...{ metrics: 'visitors,pageViews', dimensions: dimension, limit: rowsShown },
        ...(filters.length > 0 ? { filter: filterText(filters) } : {}),
      };
      return (await answerOf(
        api.GET('/reports/{name}', { params: { path: { name: 'visitors' }, query } }),
      )) as Report;
    },
    refetchInterval: everyMs,
  });
}

/** Who is there now. */
export function Live({ view }: { readonly view: View }) {
  const { t } = useTranslation('visitors');
  const format = useFormat();
  const places = useLive(view.filters, 'country');
  const pages = useLive(view.filters, 'page');
  const visitors = numberIn(places.data?.totals, 'visitors');
  const views = numberIn(places.data?.totals, 'pageViews');
  return (
    <Paper p="md" component="section" aria-label={t('live.title')}>
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
              : t('live.pageViews', { count: views, number: format.number(views) })}
          </Text>
        </Box>
        <Ranking title={t('live.where')} dimension="country" data={places.data} />
        <Ranking title={t('live.what')} dimension="page" data={pages.data} />
      </SimpleGrid>
    </Paper>
  );
}

interface RankingProps {
  readonly title: string;
  readonly dimension: 'country' | 'page';
  readonly data: Report | undefined;
}

function Ranking({ title, dimension, data }: RankingProps) {
  const nameOf = useValueNames();
  const format = useFormat();
  const metric = dimension === 'country' ? 'visitors' : 'pageViews';
  return (
    <div>
      <Title order={3} mb={6}>
        {title}
      </Title>
      <ol className={classes.ranking}>
        {data?.rows.map((row) => (
          <li key={String(row[dimension])}>
            <span title={nameOf(dimension, row[dimension] ?? '')}>
              {nameOf(dimension, row[dimension] ?? '')}
            </span>
            <span data-figures>{format.number(numberIn(row, metric))}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}
