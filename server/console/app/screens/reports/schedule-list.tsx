import { Badge, Button, Collapse, Group, Table, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client.ts';
import type { components } from '../../api/schema';
import { useFormat } from '../../i18n/format.ts';
import { ErrorNote } from '../../parts/error-note.tsx';
import { toast } from '../../parts/toast.ts';
import { Waiting } from '../../parts/waiting.tsx';
import { EntryList } from './entry-list.tsx';
import { schedulesKey } from './keys.ts';

type Schedule = components['schemas']['ReportSchedule'];
type Delivery = components['schemas']['ReportDelivery'];

export function ScheduleList() {
  const { t } = useTranslation('reports');
  const query = useQuery({
    queryKey: schedulesKey,
    queryFn: async () => (await answerOf(api.GET('/report-schedules'))).items,
  });
  return (
    <EntryList query={query} icon="clock" none={t('schedules.none')} noneText={t('schedules.noneText')}>
      {(entries) => (
        <Table verticalSpacing="sm">
          <Table.Tbody>
            {entries.map((entry) => (
              <ScheduleRow key={entry.id} schedule={entry} />
            ))}
          </Table.Tbody>
        </Table>
      )}
    </EntryList>
  );
}

type Change = 'pause' | 'resume' | 'remove' | 'send';

function useChange({ id }: Schedule) {
  const { t } = useTranslation('reports');
  const client = useQueryClient();
  const params = { path: { id } };
  const asked = {
    pause: () => answerOf(api.PATCH('/report-schedules/{id}', { params, body: { status: 'paused' } })),
    resume: () => answerOf(api.PATCH('/report-schedules/{id}', { params, body: { status: 'active' } })),
    remove: () => answerOf(api.DELETE('/report-schedules/{id}', { params })),
    send: () => answerOf(api.POST('/report-schedules/{id}/deliveries', { params })),
  } as const satisfies Record<Change, () => Promise<unknown>>;
  return useMutation({
    mutationFn: async (change: Change): Promise<unknown> => asked[change](),
    onSuccess: async (_answer, change) => {
      await client.invalidateQueries({ queryKey: schedulesKey });
      if (change === 'remove') toast(t('schedules.removed'));
      if (change === 'send') toast(t('schedules.sent'));
    },
  });
}

function ScheduleRow({ schedule }: { readonly schedule: Schedule }) {
  const { t } = useTranslation('reports');
  const format = useFormat();
  const [opened, { toggle }] = useDisclosure(false);
  const { mutate, isPending, error } = useChange(schedule);
  const { name, status, every, weekday, hour, timeZone, targets } = schedule;
  const when = t(`schedules.when.${every}`, {
    weekday: weekday === null ? '' : format.weekday(weekday),
    hour: `${String(hour).padStart(2, '0')}:00 (${timeZone})`,
  });
  const where = [...(targets.email ?? []), targets.folder, targets.bucket].filter(
    (part) => part !== undefined,
  );
  const button = (change: Change, text: string) => (
    <Button
      key={change}
      size="xs"
      variant="subtle"
      color={change === 'remove' ? 'red' : 'gray'}
      disabled={isPending}
      aria-label={`${text}: ${name}`}
      onClick={() => mutate(change)}
    >
      {text}
    </Button>
  );
  return (
    <Table.Tr>
      <Table.Td>
        <Group justify="space-between" gap="xs">
          <div>
            <Text fw={600}>{name}</Text>
            <Text size="xs" c="dimmed">{`${when} · ${where.join(', ')}`}</Text>
          </div>
          <Group gap={4}>
            <Badge variant="light" color={status === 'active' ? 'pine' : 'gray'} tt="none">
              {t(status === 'active' ? 'schedules.active' : 'schedules.paused')}
            </Badge>
            {status === 'active'
              ? button('pause', t('schedules.pause'))
              : button('resume', t('schedules.resume'))}
            {button('send', t('schedules.sendNow'))}
            {button('remove', t('schedules.archive'))}
            <Button size="xs" variant="subtle" aria-expanded={opened} onClick={toggle}>
              {t('schedules.history')}
            </Button>
          </Group>
        </Group>
        {error !== null && <ErrorNote error={error} />}
        <Collapse expanded={opened}>{opened && <History id={schedule.id} />}</Collapse>
      </Table.Td>
    </Table.Tr>
  );
}

const colours = { waiting: 'gray', sending: 'blue', delivered: 'pine', failed: 'red' } as const;

function History({ id }: { readonly id: number }) {
  const { t } = useTranslation('reports');
  const { data, error, refetch } = useQuery({
    queryKey: [...schedulesKey, id, 'deliveries'],
    queryFn: async () =>
      (await answerOf(api.GET('/report-schedules/{id}/deliveries', { params: { path: { id } } }))).items,
    refetchInterval: 5000,
  });
  if (error !== null && data === undefined) return <ErrorNote error={error} onRetry={refetch} />;
  if (data === undefined) return <Waiting />;
  if (data.length === 0)
    return (
      <Text size="sm" c="dimmed" py="sm">
        {t('schedules.noHistory')}
      </Text>
    );
  return (
    <>
      {data.map((delivery) => (
        <Sent key={delivery.id} delivery={delivery} />
      ))}
    </>
  );
}

function Sent({ delivery }: { readonly delivery: Delivery }) {
  const { t } = useTranslation('reports');
  const days = useFormat('UTC');
  const { status, firstDay, lastDay, target, error } = delivery;
  return (
    <Group gap="xs" py={4}>
      <Badge variant="light" color={colours[status]} tt="none">
        {t(`schedules.status.${status}`)}
      </Badge>
      <Text size="sm">{`${days.date(firstDay)} – ${days.date(lastDay)} · ${t(`schedules.targets.${target}`)}`}</Text>
      {error !== null && (
        <Text size="sm" c="red" lang="en">
          {error}
        </Text>
      )}
    </Group>
  );
}
