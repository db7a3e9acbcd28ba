import { Button, type ButtonProps, Group, Popover, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

interface Props extends ButtonProps {
  readonly children: ReactNode;
  /** What will happen. */
  readonly question: string;
  readonly onConfirm: () => void;
  readonly label?: string;
}

/** A button for what cannot be taken back: it asks once more, beside itself. */
export function ConfirmButton({ children, question, onConfirm, label, ...button }: Props) {
  const { t } = useTranslation();
  const [opened, { toggle, close }] = useDisclosure(false);
  return (
    <Popover opened={opened} onDismiss={close} trapFocus shadow="md" width={280} position="bottom-end">
      <Popover.Target>
        <Button
          size="compact-sm"
          variant="subtle"
          color="red"
          {...button}
          aria-label={label}
          onClick={toggle}
        >
          {children}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Text size="sm" mb="sm">
          {question}
        </Text>
        <Group gap="xs" justify="flex-end">
          <Button size="xs" variant="default" onClick={close}>
            {t('common.cancel')}
          </Button>
          <Button
            size="xs"
            color="red"
            onClick={() => {
              close();
              onConfirm();
            }}
          >
            {children}
          </Button>
        </Group>
      </Popover.Dropdown>
    </Popover>
  );
}
