import { Route, Switch } from 'wouter';
import { AdvertiserList } from './advertiser-list.tsx';
import { Approvals } from './approvals.tsx';
import { CampaignList } from './campaign-list.tsx';
import { CampaignPage } from './campaign-page.tsx';
import { LineItemPage, NewLineItemPage } from './line-item-page.tsx';

export function Screen() {
  return (
    <Switch>
      <Route path="/campaigns/advertisers">
        <AdvertiserList />
      </Route>
      <Route path="/campaigns/approvals">
        <Approvals />
      </Route>
      <Route path="/campaigns/line-items/:id">{({ id }) => <LineItemPage key={id} id={Number(id)} />}</Route>
      <Route path="/campaigns/:id/new">
        {({ id }) => <NewLineItemPage key={id} campaignId={Number(id)} />}
      </Route>
      <Route path="/campaigns/:id">{({ id }) => <CampaignPage key={id} id={Number(id)} />}</Route>
      <Route>
        <CampaignList />
      </Route>
    </Switch>
  );
}
