import { Grid, Paper } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ErrorNote } from '../../parts/error-note.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { ExportMenu, useDrawing } from '../../parts/report-view/export-menu.tsx';
import { FilterBar } from '../../parts/report-view/filter-bar.tsx';
import { onlyValue } from '../../parts/report-view/filters.ts';
import { LinkButton } from '../../parts/report-view/link-button.tsx';
import { MetricTiles } from '../../parts/report-view/metric-tiles.tsx';
import { metricOf, metrics } from '../../parts/report-view/metrics.ts';
import { useReport } from '../../parts/report-view/use-report.ts';
import { useView } from '../../parts/report-view/use-view.ts';
import { Live } from './live.tsx';
import { MapCard } from './map-card.tsx';
import { ShareButton } from './share-button.tsx';
import { TableCard, tableOf } from './table-card.tsx';
import { TimeCard } from './time-card.tsx';

/** Who comes, from where: totals, a chart, a map and a table of the same view, which is all in the address. */
export function Screen() {
  const { t } = useTranslation('visitors');
  const view = useView();
  const metric = metricOf(view.choices['metric']);
  const country = onlyValue(view.filters, 'country');
  const chart = useDrawing();
  const map = useDrawing();
  const totals = useReport({ report: 'visitors', view, metrics });
  return (
    <>
      <PageHeader
        title={t('title')}
        description={t('description')}
        actions={
          <>
            <ShareButton
              // From changes, small groups could be told.
              asked={tableOf({ ...view, compare: false }, metric, country)}
              view={view}
            />
            <LinkButton link={view.link} />
            <ExportMenu
              table={tableOf(view, metric, country)}
              drawings={[
                { kind: 'chart', ref: chart },
                { kind: 'map', ref: map },
              ]}
            />
          </>
        }
      />
      <FilterBar view={view} />
      {totals.error !== null ? (
        <ErrorNote error={totals.error} onRetry={totals.refetch} />
      ) : (
        <>
          <Paper mb="md" style={{ overflow: 'hidden' }}>
            <MetricTiles
              totals={totals.data?.totals}
              chosen={metric}
              onChoose={(chosen) => view.change({ choices: { metric: chosen } })}
            />
            <TimeCard view={view} metric={metric} svgRef={chart} />
          </Paper>
          <Grid gap="md" mb="md">
            <Grid.Col span={{ base: 12, lg: 7 }}>
              <MapCard view={view} metric={metric} country={country} svgRef={map} />
            </Grid.Col>
            <Grid.Col span={{ base: 12, lg: 5 }}>
              <TableCard view={view} metric={metric} country={country} />
            </Grid.Col>
          </Grid>
          <Live filters={view.filters} />
        </>
      )}
    </>
  );
}
