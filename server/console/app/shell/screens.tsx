import { Button, Text, Title } from '@mantine/core';
import { type ComponentType, lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, Redirect, Route, Switch, useLocation } from 'wouter';
import { Waiting } from '../parts/waiting.tsx';
import { type ScreenEntry, screens, screensOf } from '../screens/registry.ts';
import { useAccount } from '../session/account.ts';
import { ScreenFailure } from './screen-failure.tsx';

/** Loaded when it is first gone to. */
const loaded = new Map<ScreenEntry, ComponentType>(
  screens.map((entry) => [entry, lazy(async () => ({ default: (await entry.load()).Screen }))]),
);

/** The screen at the browser's address, where the person's role has it. */
export function Screens() {
  const { role } = useAccount();
  const [location] = useLocation();
  const mine = screensOf(role);
  return (
    <ScreenFailure at={location}>
      <Suspense fallback={<Waiting lines={6} height={28} />}>
        <Switch>
          <Route path="/">
            <Redirect to={mine[0]?.path ?? '/account'} replace />
          </Route>
          {mine.map((entry) => (
            <Route key={entry.name} path={`${entry.path}/*?`} component={loaded.get(entry)} />
          ))}
          <Route>
            <NotFound />
          </Route>
        </Switch>
      </Suspense>
    </ScreenFailure>
  );
}

function NotFound() {
  const { t } = useTranslation();
  return (
    <>
      <Title order={1}>{t('notFound.title')}</Title>
      <Text c="dimmed" mt="xs" mb="lg">
        {t('notFound.text')}
      </Text>
      <Button component={Link} href="/" variant="default">
        {t('notFound.home')}
      </Button>
    </>
  );
}
