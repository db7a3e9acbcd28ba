import { Paper, Stack, Title } from '@mantine/core';

/** Fields that belong together, under a heading. */
export function FormSection({
  title,
  children,
}: {
  readonly title: string;
  readonly children: React.ReactNode;
}) {
  return (
    <Paper component="section" p="md">
      <Title order={2} mb="sm">
        {title}
      </Title>
      <Stack gap="sm">{children}</Stack>
    </Paper>
  );
}
