import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import { Icon } from '../parts/icon.tsx';
import { type ScreenEntry, type ScreenGroup, screensOf } from '../screens/registry.ts';
import { useAccount } from '../session/account.ts';
import classes from './navigation.module.css';

/** The screens of the person's role, by groups. */
export function Navigation({ onGo }: { readonly onGo: () => void }) {
  const { t } = useTranslation();
  const { role } = useAccount();
  const [location] = useLocation();
  return (
    <nav aria-label={t('nav.label')}>
      {groupsOf(screensOf(role)).map(([group, entries]) => (
        <div key={group} className={classes.group}>
          <p className={classes.label} id={`nav-${group}`}>
            {t(`nav.groups.${group}`)}
          </p>
          <ul aria-labelledby={`nav-${group}`}>
            {entries.map(({ name, path, icon }) => (
              <li key={name}>
                <Link
                  href={path}
                  className={classes.link}
                  aria-current={location === path || location.startsWith(`${path}/`) ? 'page' : undefined}
                  onClick={onGo}
                >
                  <Icon name={icon} />
                  {t(`nav.screens.${name}`)}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}

function groupsOf(entries: readonly ScreenEntry[]): [ScreenGroup, ScreenEntry[]][] {
  const groups = new Map<ScreenGroup, ScreenEntry[]>();
  for (const entry of entries) {
    if (entry.group === null) continue;
    groups.set(entry.group, [...(groups.get(entry.group) ?? []), entry]);
  }
  return [...groups];
}
