import { Tabs } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Route, Switch, useLocation } from 'wouter';
import { PageHeader } from '../../parts/page-header.tsx';
import { useAccount } from '../../session/account.ts';
import { Builder } from './builder.tsx';
import { SavedList } from './saved-list.tsx';
import { ScheduleList } from './schedule-list.tsx';
import { schedulesReports } from './schedules-reports.ts';
import { ShareList } from './share-list.tsx';

const pages = {
  build: '/reports',
  saved: '/reports/saved',
  schedules: '/reports/scheduled',
  shares: '/reports/shared',
};
type Page = keyof typeof pages;

export function Screen() {
  const { t } = useTranslation('reports');
  const { role } = useAccount();
  const [location, go] = useLocation();
  const here = (Object.keys(pages) as Page[]).find((page) => pages[page] === location) ?? 'build';
  const shown = (Object.keys(pages) as Page[]).filter(
    (page) => page !== 'schedules' || schedulesReports(role),
  );
  return (
    <>
      <PageHeader title={t('title')} description={t('description')} />
      <Tabs value={here} onChange={(page) => go(pages[(page ?? 'build') as Page])} mb="lg">
        <Tabs.List>
          {shown.map((page) => (
            <Tabs.Tab key={page} value={page}>
              {t(`tabs.${page}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={here} pt="lg">
          <Switch>
            <Route path={pages.saved}>
              <SavedList />
            </Route>
            <Route path={pages.schedules}>
              <ScheduleList />
            </Route>
            <Route path={pages.shares}>
              <ShareList />
            </Route>
            <Route>
              <Builder />
            </Route>
          </Switch>
        </Tabs.Panel>
      </Tabs>
    </>
  );
}
