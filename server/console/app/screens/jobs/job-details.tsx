import { Alert, Badge, Button, Group, Stack, Table, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client.ts';
import { useFormat } from '../../i18n/format.ts';
import { Empty } from '../../parts/empty.tsx';
import { ErrorNote } from '../../parts/error-note.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Waiting } from '../../parts/waiting.tsx';
import { useAccount } from '../../session/account.ts';
import { type Job, type JobRun, jobsKey, runsKey } from './job.ts';
import classes from './jobs.module.css';

/** What is known of one job, and the buttons that run it. */
export function JobDetails({ job }: { readonly job: Job }) {
  const { t } = useTranslation('jobs');
  const format = useFormat();
  const { role } = useAccount();
  return (
    <Stack gap="lg">
      <div>
        <Text>{job.description}</Text>
        <Text size="sm" c="dimmed" mt={4}>
          {t(job.shared ? 'shared' : 'own')} {t('mayTake', { duration: format.span(job.mayTakeS * 1000) })}{' '}
          {job.schedule !== null && t('zone', { zone: job.timeZone })}
        </Text>
      </div>
      <Trouble job={job} />
      {role === 'admin' && <RunButtons job={job} />}
      <History name={job.name} />
    </Stack>
  );
}

function Trouble({ job }: { readonly job: Job }) {
  const { t } = useTranslation('jobs');
  const format = useFormat();
  const late = job.latenessS > job.mayTakeS;
  if (job.failures === 0 && !late) return null;
  return (
    <Alert color={job.failures > 0 ? 'red' : 'orange'} icon={<Icon name="warning" />}>
      {job.failures > 0 && <Text size="sm">{t('failures', { count: job.failures })}</Text>}
      {late && <Text size="sm">{t('late', { duration: format.span(job.latenessS * 1000) })}</Text>}
      {job.last?.error != null && <Text size="sm">{job.last.error}</Text>}
      {job.nextTryAt !== null && <Text size="sm">{t('nextTry', { when: format.ago(job.nextTryAt) })}</Text>}
    </Alert>
  );
}

function RunButtons({ job }: { readonly job: Job }) {
  const { t } = useTranslation('jobs');
  const client = useQueryClient();
  const { mutate, isPending, variables, data, error } = useMutation({
    mutationFn: (dryRun: boolean) =>
      answerOf(
        api.POST('/jobs/{name}/runs', {
          params: { path: { name: job.name }, query: dryRun ? { dryRun: 'true' } : {} },
        }),
      ),
    onSettled: () => client.invalidateQueries({ queryKey: jobsKey }),
  });
  return (
    <Stack gap="sm">
      <Group gap="xs">
        <Button
          leftSection={<Icon name="play" size={16} />}
          loading={isPending && variables === false}
          disabled={isPending}
          onClick={() => mutate(false)}
        >
          {t('run')}
        </Button>
        {job.dryRun && (
          <Button
            variant="default"
            loading={isPending && variables === true}
            disabled={isPending}
            onClick={() => mutate(true)}
          >
            {t('dryRun')}
          </Button>
        )}
      </Group>
      <div role="status">{data !== undefined && !isPending && <Ended run={data} />}</div>
      {error !== null && <ErrorNote error={error} />}
    </Stack>
  );
}

function Ended({ run }: { readonly run: JobRun }) {
  const { t } = useTranslation('jobs');
  const failed = run.outcome === 'failed' || run.outcome === 'interrupted';
  const title =
    run.outcome === 'planned'
      ? t('dryRunTitle')
      : t('ran', { outcome: t(`outcome.${run.outcome ?? 'running'}`) });
  return (
    <Alert color={failed ? 'red' : 'pine'} icon={<Icon name={failed ? 'warning' : 'check'} />} title={title}>
      {run.error ?? <Counts counts={run.counts} />}
    </Alert>
  );
}

function Counts({ counts }: { readonly counts: JobRun['counts'] }) {
  const { t } = useTranslation('jobs');
  const format = useFormat();
  const entries = Object.entries(counts).filter(([name, count]) => count !== 0 && name !== 'idleRuns');
  if (counts['idleRuns'] !== undefined) return <>{t('idle', { count: counts['idleRuns'] })}</>;
  if (entries.length === 0) return <>{t('nothing')}</>;
  return <>{entries.map(([name, count]) => `${name} ${format.number(count)}`).join(' · ')}</>;
}

function History({ name }: { readonly name: string }) {
  const { t } = useTranslation('jobs');
  const { data, error, refetch } = useQuery({
    queryKey: runsKey(name),
    queryFn: () =>
      answerOf(api.GET('/jobs/{name}/runs', { params: { path: { name }, query: { limit: 50 } } })),
    refetchInterval: 5000,
  });
  return (
    <section aria-labelledby="job-history">
      <Title order={2} id="job-history" mb="xs">
        {t('history')}
      </Title>
      {error !== null && data === undefined ? (
        <ErrorNote error={error} onRetry={refetch} />
      ) : data === undefined ? (
        <Waiting />
      ) : data.items.length === 0 ? (
        <Empty icon="clock" title={t('noHistory')}>
          {t('noHistoryText')}
        </Empty>
      ) : (
        <Runs runs={data.items} />
      )}
    </section>
  );
}

const colours = { succeeded: 'pine', failed: 'red', interrupted: 'orange', planned: 'gray', running: 'blue' };

function Runs({ runs }: { readonly runs: readonly JobRun[] }) {
  const { t } = useTranslation('jobs');
  const format = useFormat();
  return (
    <Table verticalSpacing="xs">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('began')}</Table.Th>
          <Table.Th>{t('columns.state')}</Table.Th>
          <Table.Th>{t('columns.took')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {runs.map((run) => {
          const outcome = run.outcome ?? 'running';
          return (
            <Table.Tr key={run.startedAt}>
              <Table.Td>
                {format.dateTime(run.startedAt)}
                <Text size="xs" c={run.error === null ? 'dimmed' : 'red'}>
                  {run.error ?? <Counts counts={run.counts} />}
                </Text>
              </Table.Td>
              <Table.Td>
                <Badge variant="light" color={colours[outcome]} tt="none" className={classes.badge}>
                  {t(`outcome.${outcome}`)}
                </Badge>
              </Table.Td>
              <Table.Td className={classes.when}>
                {run.durationMs === null ? '–' : format.span(run.durationMs)}
              </Table.Td>
            </Table.Tr>
          );
        })}
      </Table.Tbody>
    </Table>
  );
}
