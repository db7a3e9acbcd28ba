import { Route, Switch } from 'wouter';
import { SiteList } from './site-list.tsx';
import { SitePage } from './site-page.tsx';
import { ZonePage } from './zone-page.tsx';

export function Screen() {
  return (
    <Switch>
      <Route path="/sites/zones/:id">{({ id }) => <ZonePage key={id} id={Number(id)} />}</Route>
      <Route path="/sites/:id">{({ id }) => <SitePage key={id} id={Number(id)} />}</Route>
      <Route>
        <SiteList />
      </Route>
    </Switch>
  );
}
