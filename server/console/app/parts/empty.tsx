import { Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './empty.module.css';
import { Icon, type IconName } from './icon.tsx';

interface Props {
  readonly icon: IconName;
  readonly title: string;
  /** What to do next. */
  readonly children?: ReactNode;
}

/** In place of a list or a chart that has nothing yet. */
export function Empty({ icon, title, children }: Props) {
  return (
    <Stack align="center" gap={6} py={48} px="md" ta="center">
      <span className={classes.icon}>
        <Icon name={icon} size={22} />
      </span>
      <Text fw={600} mt={6}>
        {title}
      </Text>
      {children !== undefined && (
        <Text component="div" size="sm" c="dimmed" maw={420} className={classes.text}>
          {children}
        </Text>
      )}
    </Stack>
  );
}
