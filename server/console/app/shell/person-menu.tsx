import { Avatar, Menu, Text, UnstyledButton, VisuallyHidden } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { answerOf, publicApi } from '../api/client.ts';
import type { Language } from '../i18n/index.ts';
import { Icon } from '../parts/icon.tsx';
import { useAccount } from '../session/account.ts';
import classes from './person-menu.module.css';
import { LanguageItems, ThemeItems } from './preferences.tsx';

/** Who one is, at the foot of the navigation: account, theme, language, and the way out. */
export function PersonMenu() {
  const { t } = useTranslation();
  const account = useAccount();
  const signOut = useSignOut();
  const saveLanguage = useSaveLanguage();
  const name = account.user?.name ?? t(`roles.${account.role}`);
  return (
    <Menu width={232} position="top-start">
      <Menu.Target>
        <UnstyledButton className={classes.person}>
          <Avatar size={32} color="pine" aria-hidden>
            {[...name][0]?.toLocaleUpperCase()}
          </Avatar>
          <span className={classes.name}>
            <Text size="sm" fw={550} truncate>
              {name}
            </Text>
            <Text size="xs" c="dimmed" truncate>
              {t(`roles.${account.role}`)}
            </Text>
          </span>
          <VisuallyHidden>{t('person.menu')}</VisuallyHidden>
          <Icon name="chevronDown" size={16} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component={Link} href="/account" leftSection={<Icon name="person" size={16} />}>
          {t('person.account')}
        </Menu.Item>
        <Menu.Divider />
        <ThemeItems />
        <Menu.Divider />
        <LanguageItems onChosen={saveLanguage} />
        <Menu.Divider />
        <Menu.Item leftSection={<Icon name="signOut" size={16} />} onClick={() => signOut()}>
          {t('person.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** Mail comes in the language that was chosen last. Where this fails, the console speaks it all the same. */
function useSaveLanguage(): (language: Language) => void {
  const { user } = useAccount();
  const { mutate } = useMutation({
    mutationFn: (language: Language) => answerOf(publicApi.PATCH('/account', { body: { language } })),
  });
  return (language) => user !== null && user.language !== language && mutate(language);
}

/** Ends the session. Loading the page anew forgets all that was loaded in it. */
function useSignOut(): () => void {
  const { sessionId } = useAccount();
  const { mutate } = useMutation({
    async mutationFn() {
      if (sessionId === null) return;
      await answerOf(publicApi.DELETE('/sessions/{id}', { params: { path: { id: sessionId } } }));
    },
    onSettled: () => window.location.assign('/'),
  });
  return mutate;
}
