import { SegmentedControl, SimpleGrid } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { PageHeader } from '../../parts/page-header.tsx';
import { FilterBar } from '../../parts/report-view/filter-bar.tsx';
import { onlyValue } from '../../parts/report-view/filters.ts';
import { LinkButton } from '../../parts/report-view/link-button.tsx';
import { useView } from '../../parts/report-view/use-view.ts';
import { RankingCard } from './ranking-card.tsx';

const metrics = ['pageViews', 'visits', 'visitors'] as const;

/** Pages, referrers, and what is read with; a click on a row keeps all of the screen to it. */
export function Screen() {
  const { t } = useTranslation(['traffic', 'report-view']);
  const view = useView();
  const metric = metrics.find((each) => each === view.choices['metric']) ?? 'pageViews';
  // Versions count from 1 again for each browser, so they are shown of one alone.
  const browser = onlyValue(view.filters, 'browser') === undefined ? 'browser' : 'browserVersion';
  return (
    <>
      <PageHeader
        title={t('title')}
        description={t('description')}
        actions={<LinkButton link={view.link} />}
      />
      <FilterBar view={view}>
        <SegmentedControl
          size="xs"
          ml="auto"
          aria-label={t('metric')}
          value={metric}
          onChange={(chosen) => view.change({ choices: { metric: chosen } })}
          data={metrics.map((value) => ({ value, label: t(`report-view:metrics.${value}`) }))}
        />
      </FilterBar>
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
        {(['page', 'referrer', browser, 'os', 'device', 'language'] as const).map((dimension) => (
          <RankingCard key={dimension} view={view} metric={metric} dimension={dimension} />
        ))}
      </SimpleGrid>
    </>
  );
}
