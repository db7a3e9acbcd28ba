import { Button, Group, Modal, SimpleGrid, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client.ts';
import { fieldErrors } from '../../api/problem.ts';
import type { components } from '../../api/schema';
import { ErrorNote } from '../../parts/error-note.tsx';
import { toast } from '../../parts/toast.ts';
import { type Days, daysBefore, ledgerKey, timeZone } from './ledger.ts';
import { useReasonTexts } from './reason-texts.ts';
import { reversalsKey } from './reversals-key.ts';

type Reason = components['schemas']['TrafficReversal']['reason'];

/** What was chosen to be taken back, to begin the form with. */
export interface Scope {
  readonly reason: string;
  readonly days: Days;
  readonly network?: string;
}

/** `2026-11-23T00:00` of the person's own clock as the instant that it is. */
const instantOf = (local: string) => new Date(local).toISOString();

function dayAfter(day: string): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const next = new Date(Date.UTC(year, month - 1, date + 1));
  return next.toISOString().slice(0, 10);
}

export function TakeBack({ scope, onClose }: { readonly scope: Scope; readonly onClose: () => void }) {
  const { t } = useTranslation('invalid-traffic');
  const client = useQueryClient();
  const textOf = useReasonTexts();
  const { from, to } = daysBefore(scope.days);
  const form = useForm({
    initialValues: {
      ...{ from: `${from}T00:00`, to: `${dayAfter(to)}T00:00`, network: scope.network ?? '' },
      ...{ asn: '', site: '', lineItem: '', note: '' },
    },
  });
  const { mutate, isPending, error } = useMutation({
    mutationFn: (values: typeof form.values) => {
      const { network, asn, site, lineItem } = values;
      const body = {
        ...{ reason: scope.reason as Reason, note: values.note },
        ...{ from: instantOf(values.from), to: instantOf(values.to) },
        ...(network === '' ? {} : { network }),
        ...(asn === '' ? {} : { asn: Number(asn) }),
        ...(site === '' ? {} : { site: Number(site) }),
        ...(lineItem === '' ? {} : { lineItem: Number(lineItem) }),
      };
      return answerOf(api.POST('/invalid-traffic/reversals', { body }));
    },
    onError: (problem) => form.setErrors(fieldErrors(problem)),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ledgerKey });
      await client.invalidateQueries({ queryKey: reversalsKey });
      toast(t('madeToast'));
      onClose();
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={`${t('takeBackTitle')}: ${textOf(scope.reason).name}`}
      closeButtonProps={{ 'aria-label': t('common.close', { ns: 'shell' }) }}
    >
      <form onSubmit={form.onSubmit((values) => mutate(values))}>
        <Stack gap="sm">
          <Text size="sm">{t('takeBackText')}</Text>
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
            <TextInput
              type="datetime-local"
              required
              label={t('form.from')}
              {...form.getInputProps('from')}
            />
            <TextInput type="datetime-local" required label={t('form.to')} {...form.getInputProps('to')} />
          </SimpleGrid>
          <Text size="xs" c="dimmed">
            {t('form.zone', { zone: timeZone() })}
          </Text>
          <TextInput
            label={t('form.network')}
            description={t('form.networkHint')}
            {...form.getInputProps('network')}
          />
          <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="sm">
            {(['asn', 'site', 'lineItem'] as const).map((field) => (
              <TextInput
                key={field}
                inputMode="numeric"
                label={t(`form.${field}`)}
                {...form.getInputProps(field)}
              />
            ))}
          </SimpleGrid>
          <Textarea
            required
            label={t('form.note')}
            description={t('form.noteHint')}
            maxLength={500}
            autosize
            minRows={2}
            {...form.getInputProps('note')}
          />
          {error !== null && <ErrorNote error={error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel', { ns: 'shell' })}
            </Button>
            <Button type="submit" loading={isPending}>
              {t('takeBack')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
