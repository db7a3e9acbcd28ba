import { Paper, Text, Title } from '@mantine/core';
import { type ReactNode, useId } from 'react';

interface Props {
  readonly title: string;
  readonly text?: string;
  readonly children: ReactNode;
}

/** A part of a screen with a heading of its own. */
export function Section({ title, text, children }: Props) {
  const id = useId();
  return (
    <Paper component="section" p="lg" aria-labelledby={id}>
      <Title order={2} id={id}>
        {title}
      </Title>
      {text !== undefined && (
        <Text size="sm" c="dimmed" mt={2}>
          {text}
        </Text>
      )}
      <div style={{ marginTop: 16 }}>{children}</div>
    </Paper>
  );
}
