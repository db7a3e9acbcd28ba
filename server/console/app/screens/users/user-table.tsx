import { ActionIcon, Badge, Menu, Modal, Table, Text, VisuallyHidden } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client.ts';
import { ErrorNote } from '../../parts/error-note.tsx';
import { Icon } from '../../parts/icon.tsx';
import { SecretOnce } from '../../parts/secret-once.tsx';
import { StackedTable } from '../../parts/stacked-table.tsx';
import { toast } from '../../parts/toast.ts';
import { type User, usersKey } from './index.tsx';
import { invite, makeLink } from './invite.ts';

interface Props {
  readonly users: readonly User[];
  readonly onEdit: (user: User) => void;
}

export function UserTable({ users, onEdit }: Props) {
  const { t } = useTranslation(['users', 'shell']);
  const queries = useQueryClient();
  const change = useMutation({
    mutationFn: ({ id, status }: Pick<User, 'id' | 'status'>) =>
      answerOf(api.PATCH('/users/{id}', { params: { path: { id } }, body: { status } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: usersKey }),
  });
  const unfactor = useMutation({
    mutationFn: (id: number) =>
      answerOf(api.DELETE('/users/{id}/second-factor', { params: { path: { id } } })),
    onSuccess: () => toast(t('factorRemoved')),
  });
  const link = useMutation({
    mutationFn: async ({ user, byMail }: { readonly user: User; readonly byMail: boolean }) => {
      const made = await (byMail ? invite(user.id) : makeLink(user.id));
      if (made === undefined) toast(t('mailed', { name: user.name }));
      return made;
    },
  });
  const failure = change.error ?? unfactor.error ?? link.error;
  return (
    <>
      {failure !== null && <ErrorNote error={failure} />}
      <StackedTable minWidth={560} verticalSpacing="sm" horizontalSpacing="md" highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('name')}</Table.Th>
            <Table.Th>{t('role')}</Table.Th>
            <Table.Th w={60}>
              <VisuallyHidden>{t('shell:common.actions')}</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {users.map((user) => (
            <Table.Tr key={user.id}>
              <Table.Td>
                <Text size="sm" fw={550}>
                  {user.name}
                </Text>
                <Text size="xs" c="dimmed">
                  {user.email}
                </Text>
              </Table.Td>
              <Table.Td data-label={t('role')}>
                {t(`shell:roles.${user.role}`)}{' '}
                {user.status === 'archived' && (
                  <Badge size="sm" variant="default" tt="none">
                    {t('archived')}
                  </Badge>
                )}
              </Table.Td>
              <Table.Td data-menu>
                <Menu position="bottom-end">
                  <Menu.Target>
                    <ActionIcon variant="subtle" color="gray" aria-label={t('actions', { name: user.name })}>
                      <Icon name="dots" />
                    </ActionIcon>
                  </Menu.Target>
                  <Menu.Dropdown>
                    <Menu.Item leftSection={<Icon name="edit" size={16} />} onClick={() => onEdit(user)}>
                      {t('edit', { name: user.name })}
                    </Menu.Item>
                    <Menu.Item
                      leftSection={<Icon name="mail" size={16} />}
                      onClick={() => link.mutate({ user, byMail: true })}
                    >
                      {t('mailLink')}
                    </Menu.Item>
                    <Menu.Item
                      leftSection={<Icon name="link" size={16} />}
                      onClick={() => link.mutate({ user, byMail: false })}
                    >
                      {t('makeLink')}
                    </Menu.Item>
                    <Menu.Item
                      leftSection={<Icon name="key" size={16} />}
                      onClick={() => unfactor.mutate(user.id)}
                    >
                      {t('removeFactor')}
                    </Menu.Item>
                    <Menu.Item
                      leftSection={<Icon name="archive" size={16} />}
                      onClick={() =>
                        change.mutate({
                          id: user.id,
                          status: user.status === 'active' ? 'archived' : 'active',
                        })
                      }
                    >
                      {t(user.status === 'active' ? 'archive' : 'restore')}
                    </Menu.Item>
                  </Menu.Dropdown>
                </Menu>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </StackedTable>
      <Modal
        opened={link.data !== undefined}
        onClose={link.reset}
        title={t('makeLink')}
        closeButtonProps={{ 'aria-label': t('shell:common.close') }}
      >
        {link.data !== undefined && (
          <SecretOnce
            hint={t(link.variables.byMail ? 'notMailed' : 'link', { name: link.variables.user.name })}
            secret={link.data.url}
          />
        )}
      </Modal>
    </>
  );
}
