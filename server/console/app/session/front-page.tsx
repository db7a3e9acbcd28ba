import { Box, Group, Paper, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { Logo } from '../parts/logo.tsx';
import { LanguageMenu, ThemeMenu } from '../shell/preferences.tsx';
import classes from './front-page.module.css';

/** What is seen without being signed in: one card in the middle. */
export function FrontPage({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Box className={classes.page}>
      <main className={classes.middle}>
        <Group gap={10} justify="center" mb="xl">
          <Logo size={34} />
          <Text fw={650} fz={22} component="span">
            Signpost
          </Text>
        </Group>
        <Paper p="xl" className={classes.card}>
          <Title order={1} fz="1.2rem" mb="lg">
            {title}
          </Title>
          {children}
        </Paper>
      </main>
      <footer>
        <Group justify="center" gap="xs">
          <LanguageMenu />
          <ThemeMenu />
        </Group>
      </footer>
    </Box>
  );
}
