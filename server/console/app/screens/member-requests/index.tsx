import { Button, Modal, Select, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../parts/icon.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { Section } from '../../parts/section.tsx';
import { RequestForm } from './request-form.tsx';
import { RequestList, type Status } from './request-list.tsx';

const statuses = ['open', 'done', 'refused'] as const;

/** Requests for access and erasure: when they came, when they are due, and what shows that they were met. */
export function Screen() {
  const { t } = useTranslation(['member-requests', 'shell']);
  const [status, setStatus] = useState<Status | null>(null);
  const [opened, { open, close }] = useDisclosure(false);
  return (
    <>
      <PageHeader
        title={t('title')}
        description={t('description')}
        actions={
          <Button leftSection={<Icon name="plus" size={16} />} onClick={open}>
            {t('enter')}
          </Button>
        }
      />
      <Section title={t('list')}>
        <Stack gap="md">
          <Select
            label={t('status')}
            placeholder={t('all')}
            clearable
            w={220}
            value={status}
            onChange={(chosen) => setStatus(chosen as Status | null)}
            data={statuses.map((value) => ({ value, label: t(`statuses.${value}`) }))}
          />
          <RequestList status={status} />
        </Stack>
      </Section>
      <Modal
        opened={opened}
        onClose={close}
        title={t('enter')}
        closeButtonProps={{ 'aria-label': t('shell:common.close') }}
      >
        <RequestForm onDone={close} />
      </Modal>
    </>
  );
}
