import { Group, Select, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client.ts';
import { PageHeader } from '../../parts/page-header.tsx';
import { useAccount } from '../../session/account.ts';
import { ByRegion } from './by-region.tsx';
import { NewsList } from './news-list.tsx';

/** How many members there are where, and whom news and offers may be sent to. */
export function Screen() {
  const { t } = useTranslation('members');
  const { role } = useAccount();
  const [site, setSite] = useState<string | null>(null);
  const sites = useQuery({
    queryKey: ['sites', 'of-members'],
    queryFn: () => answerOf(api.GET('/sites', { params: { query: { limit: 200 } } })),
    enabled: role !== 'analyst',
  });
  const siteId = site === null ? undefined : Number(site);
  return (
    <>
      <PageHeader title={t('title')} description={t('description')} />
      <Stack gap="lg">
        {sites.data !== undefined && sites.data.items.length > 1 && (
          <Group>
            <Select
              label={t('site')}
              placeholder={t('allSites')}
              clearable
              value={site}
              onChange={setSite}
              data={sites.data.items.map(({ id, name }) => ({ value: String(id), label: name }))}
            />
          </Group>
        )}
        <ByRegion siteId={siteId} />
        {role !== 'analyst' && <NewsList siteId={siteId} />}
      </Stack>
    </>
  );
}
