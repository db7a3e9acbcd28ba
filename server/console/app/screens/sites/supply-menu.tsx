import { ActionIcon, Menu } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../parts/icon.tsx';
import { toast } from '../../parts/toast.ts';
import { type Site, type SupplyKind, setStatus, useSupplyChanged, type Zone } from './supply.ts';

interface Props {
  readonly kind: SupplyKind;
  readonly entity: Site | Zone;
  readonly onEdit: () => void;
}

/** What can be done with a site or a zone. */
export function SupplyMenu({ kind, entity, onEdit }: Props) {
  const { t } = useTranslation('sites');
  const changed = useSupplyChanged();
  const archived = entity.status === 'archived';
  const change = useMutation({
    mutationFn: () => setStatus(kind, entity.id, archived ? 'active' : 'archived'),
    async onSuccess() {
      await changed();
      toast(t(archived ? 'broughtBack' : 'archivedNow', { name: entity.name }));
    },
    onError: () => toast(t('notDone', { name: entity.name })),
  });
  return (
    <Menu position="bottom-end" width={190}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={t('actionsOf', { name: entity.name })}>
          <Icon name="dots" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<Icon name="edit" size={16} />} onClick={onEdit}>
          {t('edit')}
        </Menu.Item>
        <Menu.Item
          leftSection={<Icon name={archived ? 'refresh' : 'archive'} size={16} />}
          onClick={() => change.mutate()}
        >
          {t(archived ? 'bringBack' : 'archive')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
