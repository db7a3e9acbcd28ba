import { AppShell, Box, Burger, Group, ScrollArea, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { Logo } from '../parts/logo.tsx';
import { Navigation } from './navigation.tsx';
import { PersonMenu } from './person-menu.tsx';
import { Screens } from './screens.tsx';
import classes from './shell.module.css';

/** Navigation beside the screen; on a phone behind a button. */
export function Shell() {
  const { t } = useTranslation();
  const [opened, { toggle, close }] = useDisclosure(false);
  return (
    <>
      <a className="skip-link" href="#content">
        {t('nav.skip')}
      </a>
      <AppShell
        header={{ height: { base: 54, sm: 0 } }}
        navbar={{ width: 236, breakpoint: 'sm', collapsed: { mobile: !opened } }}
        padding={0}
        transitionDuration={0}
      >
        <AppShell.Header hiddenFrom="sm" className={classes.header}>
          <Brand />
          <Burger
            opened={opened}
            onClick={toggle}
            size="sm"
            aria-label={t('nav.menu')}
            aria-expanded={opened}
          />
        </AppShell.Header>
        <AppShell.Navbar className={classes.navbar}>
          <Box visibleFrom="sm" className={classes.brand}>
            <Brand />
          </Box>
          <AppShell.Section grow component={ScrollArea} type="auto" px={10} pt={{ base: 14, sm: 4 }}>
            <Navigation onGo={close} />
          </AppShell.Section>
          <AppShell.Section className={classes.foot}>
            <PersonMenu />
          </AppShell.Section>
        </AppShell.Navbar>
        <AppShell.Main className={classes.main} id="content" tabIndex={-1}>
          <div className={classes.screen}>
            <Screens />
          </div>
        </AppShell.Main>
      </AppShell>
    </>
  );
}

function Brand() {
  return (
    <Link href="/" className={classes.home}>
      <Group gap={9} wrap="nowrap">
        <Logo />
        <Text fw={650} fz={17} component="span">
          Signpost
        </Text>
      </Group>
    </Link>
  );
}
