import { Button, Modal, Paper, Switch } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client.ts';
import type { components } from '../../api/schema';
import { ErrorNote } from '../../parts/error-note.tsx';
import { Icon } from '../../parts/icon.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { Waiting } from '../../parts/waiting.tsx';
import { UserForm } from './user-form.tsx';
import { UserTable } from './user-table.tsx';

export type User = components['schemas']['User'];
export const usersKey = ['users'] as const;

/** Every user there is, page by page. */
async function loadUsers(): Promise<User[]> {
  const users: User[] = [];
  for (let after: number | undefined; ; ) {
    const page = await answerOf(
      api.GET('/users', { params: { query: { limit: 200, ...(after === undefined ? {} : { after }) } } }),
    );
    users.push(...page.items);
    if (page.next === null) return users;
    after = page.next;
  }
}

/** For administrators: who may come in. */
export function Screen() {
  const { t } = useTranslation(['users', 'shell']);
  const [form, setForm] = useState<User | 'new'>();
  const [archived, setArchived] = useState(false);
  const { data, error, refetch } = useQuery({ queryKey: usersKey, queryFn: loadUsers });
  const edited = form === 'new' ? undefined : form;
  return (
    <>
      <PageHeader
        title={t('title')}
        description={t('description')}
        actions={
          <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setForm('new')}>
            {t('add')}
          </Button>
        }
      />
      {error !== null && <ErrorNote error={error} onRetry={refetch} />}
      {data === undefined && error === null && <Waiting lines={6} height={34} />}
      {data !== undefined && (
        <>
          <Paper style={{ overflow: 'hidden' }}>
            <UserTable
              users={data.filter(({ status }) => archived || status === 'active')}
              onEdit={setForm}
            />
          </Paper>
          <Switch
            size="xs"
            mt="md"
            label={t('showArchived')}
            checked={archived}
            onChange={(event) => setArchived(event.currentTarget.checked)}
          />
        </>
      )}
      <Modal
        opened={form !== undefined}
        onClose={() => setForm(undefined)}
        title={edited === undefined ? t('add') : t('edit', { name: edited.name })}
        closeButtonProps={{ 'aria-label': t('shell:common.close') }}
      >
        {form !== undefined && <UserForm user={edited} onDone={() => setForm(undefined)} />}
      </Modal>
    </>
  );
}
