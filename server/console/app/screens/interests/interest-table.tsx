import { ActionIcon, Menu, Paper, Table, Text, VisuallyHidden } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../parts/icon.tsx';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { toast } from '../../parts/toast.ts';
import table from '../campaigns/table.module.css';
import { type Entities, type Kind, setStatus, useInterestsChanged } from './interests.ts';

interface Props<K extends Kind> {
  readonly kind: K;
  readonly rows: readonly Entities[K][];
  /** What is in it, in a few words. */
  readonly contentOf: (row: Entities[K]) => string;
  readonly onEdit: (id: number) => void;
}

/** Segments or categories, each with what is in it. */
export function InterestTable<K extends Kind>({ kind, rows, contentOf, onEdit }: Props<K>) {
  const { t } = useTranslation(['interests', 'shell']);
  const changed = useInterestsChanged();
  const change = useMutation({
    mutationFn: ({ id, status }: Entities[K]) =>
      setStatus(kind, id, status === 'active' ? 'archived' : 'active'),
    onSuccess: changed,
    onError: (_error, { name }) => toast(t('notDone', { name })),
  });
  return (
    <Paper className={table.paper}>
      <Table className={table.table} highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('name')}</Table.Th>
            <Table.Th>{t(`content.${kind}`)}</Table.Th>
            <Table.Th>{t('status')}</Table.Th>
            <Table.Th>
              <VisuallyHidden>{t('shell:common.actions')}</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={row.id}>
              <Table.Td className={table.name}>
                <Text size="sm" fw={550}>
                  {row.name}
                </Text>
              </Table.Td>
              <Table.Td data-label={t(`content.${kind}`)}>{contentOf(row)}</Table.Td>
              <Table.Td>
                <StatusBadge status={row.status} />
              </Table.Td>
              <Table.Td className={table.menu}>
                <Menu position="bottom-end">
                  <Menu.Target>
                    <ActionIcon variant="subtle" color="gray" aria-label={t('actionsOf', { name: row.name })}>
                      <Icon name="dots" />
                    </ActionIcon>
                  </Menu.Target>
                  <Menu.Dropdown>
                    <Menu.Item leftSection={<Icon name="edit" size={16} />} onClick={() => onEdit(row.id)}>
                      {t('edit')}
                    </Menu.Item>
                    <Menu.Item
                      leftSection={<Icon name={row.status === 'active' ? 'archive' : 'refresh'} size={16} />}
                      onClick={() => change.mutate(row)}
                    >
                      {t(row.status === 'active' ? 'archive' : 'bringBack')}
                    </Menu.Item>
                  </Menu.Dropdown>
                </Menu>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Paper>
  );
}
