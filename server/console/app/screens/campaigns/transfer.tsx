import { Alert, Button, FileButton, Group, List, Menu, Modal, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client.ts';
import { ErrorNote } from '../../parts/error-note.tsx';
import { Icon } from '../../parts/icon.tsx';
import { toast } from '../../parts/toast.ts';
import { useInventoryChanged } from './inventory.ts';

const mostErrors = 20;

interface Props {
  /** Whose campaigns are exported; undefined: everybody's. */
  readonly advertiserId: number | undefined;
}

/** Campaigns out into a file, and in from one. */
export function Transfer({ advertiserId }: Props) {
  const { t } = useTranslation('campaigns');
  const [file, setFile] = useState<File | null>(null);
  const choose = useRef<HTMLButtonElement>(null);
  const scope = advertiserId === undefined ? '' : `&advertiserId=${advertiserId}`;
  return (
    <>
      <Menu position="bottom-end" width={220}>
        <Menu.Target>
          <Button variant="default" leftSection={<Icon name="download" size={16} />}>
            {t('transfer.menu')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {(['csv', 'json'] as const).map((format) => (
            <Menu.Item
              key={format}
              component="a"
              href={`/api/v1/campaign-export?format=${format}${scope}`}
              download={`campaigns.${format}`}
              leftSection={<Icon name="download" size={16} />}
            >
              {t(`transfer.${format}`)}
            </Menu.Item>
          ))}
          <Menu.Item leftSection={<Icon name="upload" size={16} />} onClick={() => choose.current?.click()}>
            {t('transfer.import')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <FileButton accept=".json,.csv" onChange={setFile}>
        {(props) => <button {...props} ref={choose} type="button" hidden aria-label={t('transfer.import')} />}
      </FileButton>
      <Modal
        opened={file !== null}
        onClose={() => setFile(null)}
        title={t('transfer.title', { name: file?.name ?? '' })}
        closeButtonProps={{ 'aria-label': t('close') }}
      >
        {file !== null && <Import file={file} onDone={() => setFile(null)} />}
      </Modal>
    </>
  );
}

/** Tells what an import would do, and does it when one says so. */
function Import({ file, onDone }: { readonly file: File; readonly onDone: () => void }) {
  const { t } = useTranslation('campaigns');
  const changed = useInventoryChanged();
  const once = useRef(crypto.randomUUID());
  const send = (dryRun: '0' | '1') =>
    answerOf(
      api.POST('/campaign-import', {
        params: { query: { dryRun } },
        body: file as never,
        bodySerializer: (body: unknown) => body as BodyInit,
        headers: {
          'Content-Type': file.name.endsWith('.csv') ? 'text/csv' : 'application/json',
          ...(dryRun === '0' ? { 'Idempotency-Key': once.current } : {}),
        },
      }),
    );
  const trial = useMutation({ mutationFn: () => send('1') });
  const real = useMutation({
    mutationFn: () => send('0'),
    async onSuccess() {
      await changed();
      toast(t('transfer.done'));
      onDone();
    },
  });
  const error = trial.error ?? real.error;
  const result = trial.data;
  return (
    <>
      {error !== null && <ErrorNote error={error} />}
      {result === undefined && <Text size="sm">{t('transfer.text')}</Text>}
      {result !== undefined && result.errors.length === 0 && (
        <Text size="sm" role="status">
          {t('transfer.would', { created: result.created, changed: result.updated })}
        </Text>
      )}
      {result !== undefined && result.errors.length > 0 && (
        <Alert color="red" role="alert" title={t('transfer.errors')}>
          <List size="sm">
            {result.errors.slice(0, mostErrors).map(({ path, message }) => (
              <List.Item key={`${path}${message}`}>
                {path}: {message}
              </List.Item>
            ))}
          </List>
        </Alert>
      )}
      <Group justify="flex-end" gap="xs" mt="lg">
        <Button variant="default" onClick={onDone}>
          {t('cancel')}
        </Button>
        {result === undefined || result.errors.length > 0 ? (
          <Button loading={trial.isPending} onClick={() => trial.mutate()}>
            {t('transfer.check')}
          </Button>
        ) : (
          <Button loading={real.isPending} onClick={() => real.mutate()}>
            {t('transfer.import')}
          </Button>
        )}
      </Group>
    </>
  );
}
