import { Paper, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './system.module.css';

interface Props {
  readonly title: string;
  readonly note?: string;
  readonly children: ReactNode;
}

/** One subject of the screen, in a frame. */
export function Part({ title, note, children }: Props) {
  return (
    <Paper component="section" p="lg" aria-label={title}>
      <Title order={2}>{title}</Title>
      {note !== undefined && (
        <Text size="sm" c="dimmed" mt={2}>
          {note}
        </Text>
      )}
      <div className={classes.inside}>{children}</div>
    </Paper>
  );
}
