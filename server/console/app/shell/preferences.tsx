import { Button, type MantineColorScheme, Menu, useMantineColorScheme } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { changeLanguage, type Language, languages } from '../i18n/index.ts';
import { Icon, type IconName } from '../parts/icon.tsx';

const schemes = [
  ['light', 'light', 'sun'],
  ['dark', 'dark', 'moon'],
  ['auto', 'system', 'screen'],
] as const satisfies readonly (readonly [MantineColorScheme, string, IconName])[];

const languageNames = Object.entries(languages) as [Language, string][];

/** The choices of a theme, as items of a menu. */
export function ThemeItems() {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <>
      <Menu.Label>{t('person.theme')}</Menu.Label>
      {schemes.map(([scheme, label, icon]) => (
        <Menu.Item
          key={scheme}
          role="menuitemradio"
          aria-checked={scheme === colorScheme}
          leftSection={<Icon name={icon} size={16} />}
          rightSection={scheme === colorScheme && <Icon name="check" size={16} />}
          onClick={() => setColorScheme(scheme)}
        >
          {t(`person.${label}`)}
        </Menu.Item>
      ))}
    </>
  );
}

/** The languages, each in its own name, as items of a menu. */
export function LanguageItems() {
  const { t, i18n } = useTranslation();
  return (
    <>
      <Menu.Label>{t('person.language')}</Menu.Label>
      {languageNames.map(([language, name]) => (
        <Menu.Item
          key={language}
          lang={language}
          role="menuitemradio"
          aria-checked={language === i18n.language}
          rightSection={language === i18n.language && <Icon name="check" size={16} />}
          onClick={() => changeLanguage(language)}
        >
          {name}
        </Menu.Item>
      ))}
    </>
  );
}

export function ThemeMenu() {
  const { t } = useTranslation();
  const { colorScheme } = useMantineColorScheme();
  const icon = schemes.find(([scheme]) => scheme === colorScheme)?.[2] ?? 'screen';
  return (
    <Menu position="top">
      <Menu.Target>
        <Button variant="subtle" color="gray" size="compact-sm" leftSection={<Icon name={icon} size={16} />}>
          {t('person.theme')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <ThemeItems />
      </Menu.Dropdown>
    </Menu>
  );
}

export function LanguageMenu() {
  const { i18n } = useTranslation();
  return (
    <Menu position="top">
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          leftSection={<Icon name="language" size={16} />}
        >
          {languages[i18n.language as Language]}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <LanguageItems />
      </Menu.Dropdown>
    </Menu>
  );
}
