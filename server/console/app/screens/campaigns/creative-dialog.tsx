import { Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Tagged } from '../../api/client.ts';
import type { CreativeType } from './creative-draft.ts';
import { CreativeEditor } from './creative-editor.tsx';
import { FilesForm } from './files-form.tsx';
import type { Creative } from './inventory.ts';

/** What the dialog is about: files to upload, a new creative to write, or one to change. */
export type Opened = { readonly lineItemId: number } & (
  | { readonly files: readonly File[] }
  | { readonly type: CreativeType }
  | { readonly creative: Tagged<Creative> }
);

interface Props {
  readonly opened: Opened | undefined;
  readonly onClose: () => void;
}

export function CreativeDialog({ opened, onClose }: Props) {
  const { t } = useTranslation('campaigns');
  return (
    <Modal
      opened={opened !== undefined}
      onClose={onClose}
      size="xl"
      title={opened !== undefined && 'creative' in opened ? opened.creative.value.name : t('newCreative')}
      closeButtonProps={{ 'aria-label': t('close') }}
      closeOnClickOutside={false}
    >
      {opened !== undefined && 'files' in opened && (
        <FilesForm lineItemId={opened.lineItemId} files={opened.files} onDone={onClose} />
      )}
      {opened !== undefined && !('files' in opened) && (
        <CreativeEditor
          lineItemId={opened.lineItemId}
          {...('creative' in opened ? { creative: opened.creative } : { type: opened.type })}
          onDone={onClose}
        />
      )}
    </Modal>
  );
}
