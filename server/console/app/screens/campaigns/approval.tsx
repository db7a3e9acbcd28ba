import { Button, Group, Textarea, Tooltip } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client.ts';
import { ErrorNote } from '../../parts/error-note.tsx';
import { Mark } from '../../parts/status-badge.tsx';
import { toast } from '../../parts/toast.ts';
import { type Creative, readOne, useInventoryChanged } from './inventory.ts';

/** Where a creative waits for approval, or was refused it. */
export function ApprovalBadge({ creative }: { readonly creative: Creative }) {
  const { t } = useTranslation('campaigns');
  if (creative.approval === 'approved') return null;
  const shown = <Mark of={creative.approval}>{t(`approval.${creative.approval}`)}</Mark>;
  return creative.approvalNote === '' ? (
    shown
  ) : (
    <Tooltip label={creative.approvalNote}>
      <span>{shown}</span>
    </Tooltip>
  );
}

/** Lets a creative be shown, or says why not. */
export function ApprovalButtons({ creative }: { readonly creative: Creative }) {
  const { t } = useTranslation('campaigns');
  const changed = useInventoryChanged();
  const [note, setNote] = useState<string>();
  const decide = useMutation({
    async mutationFn(approval: 'approved' | 'rejected') {
      const { tag, value } = await readOne('creatives', creative.id);
      // Another version than the one that is on the screen is not approved unseen.
      const seen = value.updatedAt === creative.updatedAt ? tag : '"changed"';
      return answerOf(
        api.PUT('/creatives/{id}/approval', {
          params: { path: { id: creative.id } },
          body: { approval, note: note ?? '' },
          headers: { 'If-Match': seen },
        } as never),
      );
    },
    async onSuccess() {
      await changed();
      toast(t('approvalSaved', { name: creative.name }));
    },
  });
  return (
    <>
      {decide.isError && <ErrorNote error={decide.error} onRetry={() => void changed()} />}
      {note !== undefined && (
        <Textarea
          label={t('rejectNote')}
          autosize
          minRows={2}
          value={note}
          onChange={({ currentTarget }) => setNote(currentTarget.value)}
          my="xs"
        />
      )}
      <Group gap="xs" mt="xs">
        <Button size="xs" loading={decide.isPending} onClick={() => decide.mutate('approved')}>
          {t('approve')}
        </Button>
        <Button
          size="xs"
          variant="default"
          disabled={note?.trim() === ''}
          onClick={() => (note === undefined ? setNote('') : decide.mutate('rejected'))}
        >
          {t('reject')}
        </Button>
      </Group>
    </>
  );
}
