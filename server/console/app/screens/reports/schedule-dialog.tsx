import { Checkbox, Group, Select, SimpleGrid, TagsInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client.ts';
import { fieldErrors } from '../../api/problem.ts';
import { useFormat } from '../../i18n/format.ts';
import { reportQuery } from '../../parts/report-view/use-report.ts';
import { toast } from '../../parts/toast.ts';
import { type About, Dialog } from './dialog.tsx';
import { schedulesKey } from './keys.ts';

const formats = ['csv', 'xlsx', 'parquet', 'ndjson'] as const;
const weekdays = [1, 2, 3, 4, 5, 6, 7];
const hours = Array.from({ length: 24 }, (_, hour) => ({
  value: String(hour),
  label: `${String(hour).padStart(2, '0')}:00`,
}));

/** Has it sent when each day, week or month is over. */
export function ScheduleDialog({ asked, view, onClose }: About) {
  const { t } = useTranslation('reports');
  const format = useFormat();
  const client = useQueryClient();
  const form = useForm({
    initialValues: {
      ...{ name: '', every: 'week' as 'day' | 'week' | 'month', weekday: '1', hour: '6' },
      ...{ formats: ['csv'] as string[], email: [] as string[], folder: '', bucket: '' },
    },
  });
  const { mutate, isPending, error } = useMutation({
    mutationFn: (values: typeof form.values) => {
      const { from: _from, to: _to, tz, ...query } = reportQuery(asked);
      const { email, folder, bucket } = values;
      const body = {
        ...query,
        ...{ name: values.name, report: asked.report, every: values.every, timeZone: tz },
        ...{ hour: Number(values.hour), weekday: values.every === 'week' ? Number(values.weekday) : null },
        formats: values.formats as (typeof formats)[number][],
        targets: {
          ...(email.length === 0 ? {} : { email }),
          ...(folder === '' ? {} : { folder }),
          ...(bucket === '' ? {} : { bucket }),
        },
        ...{ status: 'active' as const, waitHours: 6 },
      };
      return answerOf(api.POST('/report-schedules', { body }));
    },
    onError: (problem) => form.setErrors(fieldErrors(problem)),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: schedulesKey });
      toast(t('scheduleDialog.done'));
      onClose();
    },
  });
  const choice = (name: 'day' | 'week' | 'month') => ({ value: name, label: t(`scheduleDialog.${name}`) });
  return (
    <Dialog
      {...{ title: t('scheduleDialog.title'), submit: t('scheduleDialog.create'), pending: isPending }}
      {...{ error, onClose }}
      onSubmit={form.onSubmit((values) => mutate(values))}
    >
      <TextInput label={t('name')} required maxLength={200} data-autofocus {...form.getInputProps('name')} />
      <SimpleGrid cols={{ base: 1, xs: form.values.every === 'week' ? 3 : 2 }} spacing="sm">
        <Select
          label={t('scheduleDialog.every')}
          data={[choice('day'), choice('week'), choice('month')]}
          allowDeselect={false}
          {...form.getInputProps('every')}
        />
        {form.values.every === 'week' && (
          <Select
            label={t('scheduleDialog.weekday')}
            data={weekdays.map((day) => ({ value: String(day), label: format.weekday(day) }))}
            allowDeselect={false}
            {...form.getInputProps('weekday')}
          />
        )}
        <Select
          label={`${t('scheduleDialog.hour')} (${view.timeZone})`}
          data={hours}
          allowDeselect={false}
          {...form.getInputProps('hour')}
        />
      </SimpleGrid>
      <Checkbox.Group label={t('scheduleDialog.formats')} {...form.getInputProps('formats')}>
        <Group gap="md" mt={6}>
          {formats.map((format) => (
            <Checkbox key={format} value={format} label={format.toUpperCase()} />
          ))}
        </Group>
      </Checkbox.Group>
      <TagsInput
        label={t('scheduleDialog.email')}
        description={t('scheduleDialog.emailHint')}
        acceptValueOnBlur
        {...form.getInputProps('email')}
        error={form.errors['targets.email'] ?? form.errors['targets']}
      />
      <TextInput
        label={t('scheduleDialog.folder')}
        {...form.getInputProps('folder')}
        error={form.errors['targets.folder']}
      />
      <TextInput
        label={t('scheduleDialog.bucket')}
        {...form.getInputProps('bucket')}
        error={form.errors['targets.bucket']}
      />
    </Dialog>
  );
}
