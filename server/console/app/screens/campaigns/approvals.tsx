import { Anchor, Paper, SimpleGrid, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { answerOf, api } from '../../api/client.ts';
import { Empty } from '../../parts/empty.tsx';
import { ErrorNote } from '../../parts/error-note.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { Waiting } from '../../parts/waiting.tsx';
import { ApprovalButtons } from './approval.tsx';
import { CampaignTabs } from './campaign-tabs.tsx';
import { CreativePreview } from './creative-preview.tsx';

/** Creatives that wait for somebody to look at them. */
export function Approvals() {
  const { t } = useTranslation('campaigns');
  const waiting = useQuery({
    queryKey: ['creatives', 'pending'],
    queryFn: () =>
      answerOf(
        api.GET('/creatives', {
          params: { query: { approval: 'pending', status: 'active,paused', limit: 100, sort: '-updatedAt' } },
        }),
      ),
  });
  return (
    <>
      <PageHeader title={t('title')} description={t('description')} />
      <CampaignTabs />
      {waiting.isPending && <Waiting />}
      {waiting.isError && <ErrorNote error={waiting.error} onRetry={waiting.refetch} />}
      {waiting.data?.items.length === 0 && (
        <Paper>
          <Empty icon="check" title={t('nothingWaits')}>
            {t('nothingWaitsText')}
          </Empty>
        </Paper>
      )}
      <SimpleGrid cols={{ base: 1, md: 2, xl: 3 }}>
        {waiting.data?.items.map((creative) => (
          <Paper
            key={`${creative.id} ${creative.updatedAt}`}
            p="sm"
            component="article"
            aria-label={creative.name}
          >
            <CreativePreview creative={creative} box={{ width: 420, height: 300 }} />
            <Anchor
              component={Link}
              href={`/campaigns/line-items/${creative.lineItemId}?tab=creatives`}
              fw={550}
              mt="sm"
              display="block"
            >
              {creative.name}
            </Anchor>
            <Text size="xs" c="dimmed" lineClamp={2}>
              {creative.clickUrl}
            </Text>
            <ApprovalButtons creative={creative} />
          </Paper>
        ))}
      </SimpleGrid>
    </>
  );
}
