import { Button, Group, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client.ts';
import { fieldErrors } from '../../api/problem.ts';
import { ErrorNote } from '../../parts/error-note.tsx';
import { requestsKey } from './requests-key.ts';

const kinds = ['access', 'erasure'] as const;
const today = (): string => new Date().toISOString().slice(0, 10);

/** A request that did not come by the site: who asks, when it came, and how it is known that it is they. */
export function RequestForm({ onDone }: { readonly onDone: () => void }) {
  const { t } = useTranslation('member-requests');
  const queries = useQueryClient();
  const sites = useQuery({
    queryKey: ['sites', 'of-members'],
    queryFn: () => answerOf(api.GET('/sites', { params: { query: { limit: 200 } } })),
  });
  const form = useForm({
    initialValues: {
      ...{ site: '', kind: 'access' as (typeof kinds)[number], email: '' },
      ...{ receivedAt: today(), evidence: '' },
    },
  });
  const items = sites.data?.items ?? [];
  // Where there are several, nobody is to take the first by mistake: an address is another member on each.
  const site = form.values.site || (items.length === 1 ? String(items[0]?.id) : '');
  const save = useMutation({
    mutationFn: ({ kind, email, receivedAt, evidence }: typeof form.values) =>
      answerOf(
        api.POST('/member-requests', {
          body: {
            ...{ siteId: Number(site), kind, email, evidence },
            receivedAt: new Date(`${receivedAt}T00:00:00Z`).toISOString(),
          },
        }),
      ),
    onError: (error) => form.setErrors(fieldErrors(error)),
    async onSuccess() {
      await queries.invalidateQueries({ queryKey: requestsKey });
      onDone();
    },
  });
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {t('enterText')}
        </Text>
        <Select
          label={t('site')}
          required
          value={site}
          onChange={(chosen) => form.setFieldValue('site', chosen ?? '')}
          data={items.map(({ id, name }) => ({ value: String(id), label: name }))}
          allowDeselect={false}
        />
        <Select
          label={t('kind')}
          data={kinds.map((value) => ({ value, label: t(`kinds.${value}`) }))}
          allowDeselect={false}
          {...form.getInputProps('kind')}
        />
        <TextInput label={t('email')} type="email" required {...form.getInputProps('email')} />
        <TextInput
          label={t('receivedAt')}
          type="date"
          max={today()}
          required
          {...form.getInputProps('receivedAt')}
        />
        <Textarea
          label={t('evidence')}
          description={t('evidenceHint')}
          required
          maxLength={1000}
          autosize
          minRows={2}
          {...form.getInputProps('evidence')}
        />
        {save.error !== null && <ErrorNote error={save.error} />}
        <Group justify="flex-end">
          <Button type="submit" loading={save.isPending}>
            {t('enter')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
