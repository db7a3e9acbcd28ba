import { Button, CopyButton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Icon } from './icon.tsx';

/** Puts a text into the clipboard, and says so. */
export function CopyText({ text, label }: { readonly text: string; readonly label?: string }) {
  const { t } = useTranslation();
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <Button
          size="xs"
          variant={copied ? 'light' : 'filled'}
          leftSection={<Icon name={copied ? 'check' : 'copy'} size={16} />}
          onClick={copy}
        >
          <span aria-live="polite">{copied ? t('common.copied') : (label ?? t('common.copy'))}</span>
        </Button>
      )}
    </CopyButton>
  );
}
