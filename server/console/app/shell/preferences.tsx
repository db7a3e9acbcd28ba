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
    <Menu.RadioGroup value={colorScheme} onChange={(scheme) => setColorScheme(scheme as MantineColorScheme)}>
      <Menu.Label>{t('person.theme')}</Menu.Label>
      {schemes.map(([scheme, label, icon]) => (
        <Menu.RadioItem key={scheme} value={scheme} rightSection={<Icon name={icon} size={16} />}>
          {t(`person.${label}`)}
        </Menu.RadioItem>
      ))}
    </Menu.RadioGroup>
  );
}

/** The languages, each in its own name, as items of a menu. */
export function LanguageItems({ onChosen }: { readonly onChosen?: (language: Language) => void }) {
  const { t, i18n } = useTranslation();
  return (
    <Menu.RadioGroup
      value={i18n.language}
      onChange={(language) => {
        changeLanguage(language as Language);
        onChosen?.(language as Language);
      }}
    >
      <Menu.Label>{t('person.language')}</Menu.Label>
      {languageNames.map(([language, name]) => (
        <Menu.RadioItem key={language} value={language} lang={language}>
          {name}
        </Menu.RadioItem>
      ))}
    </Menu.RadioGroup>
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
