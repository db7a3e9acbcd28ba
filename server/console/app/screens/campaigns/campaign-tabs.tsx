import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import classes from './campaign-tabs.module.css';

const tabs = [
  ['/campaigns', 'tab.campaigns'],
  ['/campaigns/advertisers', 'tab.advertisers'],
  ['/campaigns/approvals', 'tab.approvals'],
] as const;

/** The lists of this screen, beside each other. */
export function CampaignTabs() {
  const { t } = useTranslation('campaigns');
  const [location] = useLocation();
  return (
    <nav aria-label={t('tab.label')} className={classes.tabs}>
      {tabs.map(([href, label]) => (
        <Link key={href} href={href} aria-current={location === href ? 'page' : undefined}>
          {t(label)}
        </Link>
      ))}
    </nav>
  );
}
