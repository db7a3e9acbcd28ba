import { Anchor, Stack, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { ErrorNote } from '../../parts/error-note.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { FilterBar } from '../../parts/report-view/filter-bar.tsx';
import { LinkButton } from '../../parts/report-view/link-button.tsx';
import { ResultTable } from '../../parts/report-view/result-table.tsx';
import { useReport } from '../../parts/report-view/use-report.ts';
import { useView, type ViewControl } from '../../parts/report-view/use-view.ts';
import { Waiting } from '../../parts/waiting.tsx';
import { Audience } from './audience.tsx';
import { Delivery } from './delivery.tsx';

const subject = {
  report: 'delivery',
  dimensions: ['campaign', 'lineItem', 'creative'],
  metric: 'impressions',
};

/** What an advertiser comes for: how the campaigns do, and who saw them. */
export function Screen() {
  const { t } = useTranslation('overview');
  const view = useView();
  return (
    <>
      <PageHeader
        title={t('title')}
        description={t('description')}
        actions={<LinkButton link={view.link} />}
      />
      <FilterBar view={view} subject={subject} />
      <Stack gap="lg">
        <Delivery view={view} />
        <LineItems view={view} />
        <Audience view={view} />
      </Stack>
    </>
  );
}

function LineItems({ view }: { readonly view: ViewControl }) {
  const { t } = useTranslation('overview');
  const { data, error, refetch } = useReport({
    ...{ report: 'delivery', dimensions: ['campaign', 'lineItem'], sort: '-impressions', limit: 100 },
    metrics: ['impressions', 'viewableRate', 'clicks', 'clickRate', 'conversions', 'spendMicros'],
    view: { ...view, compare: false },
  });
  return (
    <section aria-labelledby="line-items">
      <Title order={2} id="line-items" mb="xs">
        {t('lineItems')}
      </Title>
      {error !== null ? (
        <ErrorNote error={error} onRetry={refetch} />
      ) : data === undefined ? (
        <Waiting lines={5} height={26} />
      ) : (
        <ResultTable report={data} />
      )}
      <Anchor component={Link} href="/reports?report=delivery" size="sm" mt="xs" display="inline-block">
        {t('more')}
      </Anchor>
    </section>
  );
}
