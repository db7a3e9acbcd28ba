import { ActionIcon, Button, Group, Menu, Modal, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { ErrorNote } from '../../parts/error-note.tsx';
import { Icon } from '../../parts/icon.tsx';
import { toast } from '../../parts/toast.ts';
import {
  archiveOne,
  changeOne,
  duplicateOne,
  type Kind,
  type Status,
  useInventoryChanged,
} from './inventory.ts';

interface Props {
  readonly kind: Kind;
  readonly entity: { readonly id: number; readonly name: string; readonly status: Status };
  readonly onEdit?: () => void;
}

const duplicable = (kind: Kind): kind is 'campaigns' | 'line-items' =>
  kind === 'campaigns' || kind === 'line-items';

/** What can be done with something of the inventory: pause, resume, duplicate, archive. */
export function EntityMenu({ kind, entity, onEdit }: Props) {
  const { t } = useTranslation('campaigns');
  const [asking, setAsking] = useState(false);
  const [, go] = useLocation();
  const changed = useInventoryChanged();
  const action = useMutation({
    mutationFn: (work: () => Promise<unknown>) => work(),
    onSuccess: changed,
  });
  const setStatus = (status: Status) => {
    action.mutate(async () => {
      await changeOne(kind, entity.id, { status });
      toast(t(status === 'active' ? 'resumed' : 'paused', { name: entity.name }));
    });
  };
  const duplicate = () => {
    if (!duplicable(kind)) return;
    action.mutate(async () => {
      const copy = await duplicateOne(kind, entity.id);
      toast(t('duplicated', { name: copy.name }));
      go(kind === 'campaigns' ? `/campaigns/${copy.id}` : `/campaigns/line-items/${copy.id}`);
    });
  };
  const archive = () => {
    action.mutate(async () => {
      await archiveOne(kind, entity.id);
      toast(t('archivedNow', { name: entity.name }));
      setAsking(false);
    });
  };
  return (
    <>
      <Menu position="bottom-end" width={200}>
        <Menu.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            loading={action.isPending}
            aria-label={t('actionsOf', { name: entity.name })}
          >
            <Icon name="dots" />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {onEdit !== undefined && (
            <Menu.Item leftSection={<Icon name="edit" size={16} />} onClick={onEdit}>
              {t('edit')}
            </Menu.Item>
          )}
          {entity.status === 'active' ? (
            <Menu.Item leftSection={<Icon name="pause" size={16} />} onClick={() => setStatus('paused')}>
              {t('pause')}
            </Menu.Item>
          ) : (
            <Menu.Item leftSection={<Icon name="play" size={16} />} onClick={() => setStatus('active')}>
              {t(entity.status === 'archived' ? 'bringBack' : 'resume')}
            </Menu.Item>
          )}
          {duplicable(kind) && (
            <Menu.Item leftSection={<Icon name="copy" size={16} />} onClick={duplicate}>
              {t('duplicate')}
            </Menu.Item>
          )}
          {entity.status !== 'archived' && (
            <Menu.Item leftSection={<Icon name="archive" size={16} />} onClick={() => setAsking(true)}>
              {t('archive')}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <Modal
        opened={asking || (action.isError && !asking)}
        onClose={() => {
          setAsking(false);
          action.reset();
        }}
        title={asking ? t('archiveTitle', { name: entity.name }) : entity.name}
        closeButtonProps={{ 'aria-label': t('close') }}
      >
        {action.isError && <ErrorNote error={action.error} />}
        {asking && (
          <>
            <Text size="sm" mb="lg">
              {t('archiveText')}
            </Text>
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={() => setAsking(false)}>
                {t('cancel')}
              </Button>
              <Button color="red.9" loading={action.isPending} onClick={archive}>
                {t('archive')}
              </Button>
            </Group>
          </>
        )}
      </Modal>
    </>
  );
}
