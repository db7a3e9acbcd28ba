import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { Route, Switch } from 'wouter';
import { ApiError } from './api/problem.ts';
import { ErrorNote } from './parts/error-note.tsx';
import { Waiting } from './parts/waiting.tsx';
import { AccountContext, useAccountQuery } from './session/account.ts';
import { ForgottenPage } from './session/forgotten-page.tsx';
import { SignInAgain } from './session/sign-in-again.tsx';
import { SignInPage } from './session/sign-in-page.tsx';
import { WelcomePage } from './session/welcome-page.tsx';
import { Shell } from './shell/shell.tsx';
import { styleNonce } from './style-nonce.ts';
import { cssVariables, theme } from './theme.ts';

const SharedPage = lazy(async () => ({
  default: (await import('./screens/reports/shared-page.tsx')).SharedPage,
}));

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      // What the server says is so; what it cannot say may pass.
      retry: (failures, error) => failures < 2 && error instanceof ApiError && error.status === 0,
    },
  },
});

export function App() {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      getStyleNonce={styleNonce}
    >
      <QueryClientProvider client={queries}>
        <Notifications position="bottom-right" />
        <Switch>
          <Route path="/welcome">
            <WelcomePage />
          </Route>
          <Route path="/forgotten">
            <ForgottenPage />
          </Route>
          <Route path="/shared/:token">
            <Suspense fallback={<Waiting lines={8} height={28} />}>
              <SharedPage />
            </Suspense>
          </Route>
          <Route>
            <Inside />
          </Route>
        </Switch>
      </QueryClientProvider>
    </MantineProvider>
  );
}

/** The console for who is signed in, and the way in for who is not. */
function Inside() {
  const { data: account, error, isPending, refetch } = useAccountQuery();
  if (isPending) return null;
  if (error !== null && account === undefined) return <ErrorNote error={error} onRetry={refetch} />;
  if (account === null || account === undefined) return <SignInPage />;
  return (
    <AccountContext value={account}>
      <Shell />
      <SignInAgain email={account.user?.email ?? ''} />
    </AccountContext>
  );
}
