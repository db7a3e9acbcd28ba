import { Button, FileButton, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../parts/icon.tsx';
import classes from './drop-area.module.css';

const types = '.png,.jpg,.jpeg,.gif,.webp,.avif,.svg,.zip';

interface Props {
  readonly onFiles: (files: File[]) => void;
  readonly children?: React.ReactNode;
}

/** Takes images and bundles, dropped or chosen. */
export function DropArea({ onFiles, children }: Props) {
  const { t } = useTranslation('campaigns');
  const [over, setOver] = useState(false);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button inside does the same
    <div
      className={classes.area}
      data-over={over || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        const files = [...event.dataTransfer.files];
        if (files.length > 0) onFiles(files);
      }}
    >
      <Icon name="upload" size={26} />
      <Text fw={550}>{t('dropHere')}</Text>
      <Text size="xs" c="dimmed">
        {t('dropHint')}
      </Text>
      <FileButton multiple accept={types} onChange={(files) => files.length > 0 && onFiles(files)}>
        {(props) => (
          <Button {...props} size="xs" mt="xs">
            {t('chooseFiles')}
          </Button>
        )}
      </FileButton>
      {children}
    </div>
  );
}
