import { Button, Grid, Paper, Stack, Text, Title } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import { WorldMap } from '../../parts/charts/world-map.tsx';
import { Empty } from '../../parts/empty.tsx';
import { ErrorNote } from '../../parts/error-note.tsx';
import { Icon } from '../../parts/icon.tsx';
import { ResultTable } from '../../parts/report-view/result-table.tsx';
import { numberIn, useReport } from '../../parts/report-view/use-report.ts';
import type { ViewControl } from '../../parts/report-view/use-view.ts';
import { useValueNames } from '../../parts/report-view/value-names.ts';
import { Waiting } from '../../parts/waiting.tsx';

/** Who saw the ads: by place on a map, how often, and on what; of no small group. */
export function Audience({ view }: { readonly view: ViewControl }) {
  const { t } = useTranslation('overview');
  const countries = useAudience(view, ['country']);
  if (countries.error !== null) return <ErrorNote error={countries.error} onRetry={countries.refetch} />;
  return (
    <section aria-labelledby="audience">
      <Title order={2} id="audience">
        {t('audience')}
      </Title>
      <Text size="sm" c="dimmed" mt={2} mb="sm">
        {t('audienceText')}
      </Text>
      {countries.data === undefined && <Waiting lines={8} height={26} />}
      {countries.data?.rows.length === 0 && (
        <Paper>
          <Empty icon="people" title={t('nothing')}>
            {t('nothingText')}
          </Empty>
        </Paper>
      )}
      {countries.data !== undefined && countries.data.rows.length > 0 && (
        <Stack gap="md">
          <Places view={view} />
          <Grid gap="md">
            {(['frequency', 'device'] as const).map((dimension) => (
              <Grid.Col key={dimension} span={{ base: 12, md: 6 }}>
                <Split view={view} dimension={dimension} />
              </Grid.Col>
            ))}
          </Grid>
        </Stack>
      )}
    </section>
  );
}

function useAudience(view: ViewControl, dimensions: readonly string[], country?: string) {
  const own =
    country === undefined ? [] : [{ dimension: 'country', operator: '=' as const, values: [country] }];
  return useReport({
    ...{ report: 'audience', dimensions, metrics: ['reach', 'impressions', 'clicks'] },
    ...{ sort: '-reach', limit: 50 },
    view: { ...view, compare: false, filters: [...view.filters, ...own] },
  });
}

function Places({ view }: { readonly view: ViewControl }) {
  const { t } = useTranslation(['overview', 'report-view']);
  const format = useFormat();
  const [country, setCountry] = useState<string>();
  const world = useAudience(view, ['country']);
  const inside = useAudience(view, country === undefined ? ['country'] : ['country', 'region'], country);
  const nameOf = useValueNames();
  const level = country === undefined ? 'country' : 'region';
  const rows = (country === undefined ? world : inside).data?.rows;
  const values = useMemo(
    () => new Map((rows ?? []).map((row) => [String(row[level]), numberIn(row, 'reach')])),
    [rows, level],
  );
  return (
    <Grid gap="md">
      <Grid.Col span={{ base: 12, lg: 6 }}>
        <Paper p="md" h="100%">
          <Title order={3} mb="sm">
            {country === undefined ? t('places') : format.country(country)}
          </Title>
          <WorldMap
            values={values}
            country={country}
            label={
              country === undefined
                ? t('mapLabel')
                : t('report-view:map.country', { country: format.country(country) })
            }
            nameOf={(code) => nameOf(code.includes('-') ? 'region' : 'country', code)}
            unit={t('report-view:metrics.reach')}
            format={format.number}
            onChoose={country === undefined ? setCountry : undefined}
          />
          {country !== undefined && (
            <Button
              size="compact-sm"
              variant="subtle"
              leftSection={<Icon name="chevronLeft" size={14} />}
              onClick={() => setCountry(undefined)}
            >
              {t('back')}
            </Button>
          )}
        </Paper>
      </Grid.Col>
      <Grid.Col span={{ base: 12, lg: 6 }}>
        {inside.error !== null && <ErrorNote error={inside.error} onRetry={inside.refetch} />}
        {inside.data !== undefined && <ResultTable report={inside.data} />}
      </Grid.Col>
    </Grid>
  );
}

function Split({
  view,
  dimension,
}: {
  readonly view: ViewControl;
  readonly dimension: 'frequency' | 'device';
}) {
  const { t } = useTranslation('overview');
  const { data, error, refetch } = useAudience(view, [dimension]);
  return (
    <>
      <Title order={3} mb="xs">
        {t(dimension === 'device' ? 'devices' : 'frequency')}
      </Title>
      {error !== null && <ErrorNote error={error} onRetry={refetch} />}
      {error === null && data === undefined && <Waiting />}
      {error === null && data !== undefined && <ResultTable report={data} />}
    </>
  );
}
