import { Tabs } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';

const tabs = ['', '/advertisers', '/approvals'] as const;
const labels = {
  '': 'tab.campaigns',
  '/advertisers': 'tab.advertisers',
  '/approvals': 'tab.approvals',
} as const;

/** The lists of this screen, beside each other. */
export function CampaignTabs() {
  const { t } = useTranslation('campaigns');
  const [location, go] = useLocation();
  return (
    <Tabs
      value={location.slice('/campaigns'.length)}
      onChange={(tab) => go(`/campaigns${tab ?? ''}`)}
      mb="md"
    >
      <Tabs.List aria-label={t('tab.label')}>
        {tabs.map((tab) => (
          <Tabs.Tab key={tab} value={tab} aria-controls={undefined}>
            {t(labels[tab])}
          </Tabs.Tab>
        ))}
      </Tabs.List>
    </Tabs>
  );
}
