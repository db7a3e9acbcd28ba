import { Badge, Drawer, Paper, Table, Text, UnstyledButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client.ts';
import { useFormat } from '../../i18n/format.ts';
import { ErrorNote } from '../../parts/error-note.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { StackedTable } from '../../parts/stacked-table.tsx';
import { Waiting } from '../../parts/waiting.tsx';
import { type Job, type JobState, jobsKey, stateOf } from './job.ts';
import { JobDetails } from './job-details.tsx';
import classes from './jobs.module.css';

const colours: Record<JobState, string> = {
  running: 'blue',
  late: 'orange',
  failing: 'red',
  fine: 'pine',
  never: 'gray',
};

export function Screen() {
  const { t } = useTranslation('jobs');
  const [shown, setShown] = useState<string>();
  const { data, error, refetch } = useQuery({
    queryKey: jobsKey,
    queryFn: () => answerOf(api.GET('/jobs')),
    refetchInterval: 5000,
  });
  const job = data?.items.find(({ name }) => name === shown);
  return (
    <>
      <PageHeader title={t('title')} description={t('description')} />
      {error !== null && data === undefined ? (
        <ErrorNote error={error} onRetry={refetch} />
      ) : data === undefined ? (
        <Waiting lines={10} height={28} />
      ) : (
        <JobTable jobs={data.items} onShow={setShown} />
      )}
      <Drawer
        opened={job !== undefined}
        onClose={() => setShown(undefined)}
        position="right"
        size="lg"
        title={job?.name}
        closeButtonProps={{ 'aria-label': t('common.close', { ns: 'shell' }) }}
      >
        {job !== undefined && <JobDetails key={job.name} job={job} />}
      </Drawer>
    </>
  );
}

function JobTable({
  jobs,
  onShow,
}: {
  readonly jobs: readonly Job[];
  readonly onShow: (name: string) => void;
}) {
  const { t } = useTranslation('jobs');
  const format = useFormat();
  return (
    <Paper>
      <StackedTable minWidth={640} highlightOnHover verticalSpacing="sm" horizontalSpacing="md">
        <Table.Thead>
          <Table.Tr>
            {(['job', 'state', 'last', 'took', 'schedule'] as const).map((column) => (
              <Table.Th key={column}>{t(`columns.${column}`)}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {jobs.map((job) => {
            const state = stateOf(job);
            return (
              <Table.Tr key={job.name}>
                <Table.Td>
                  <UnstyledButton className={classes.name} onClick={() => onShow(job.name)}>
                    {job.name}
                  </UnstyledButton>
                  <Text size="xs" c="dimmed">
                    {job.description}
                  </Text>
                </Table.Td>
                <Table.Td data-label={t('columns.state')}>
                  <Badge variant="light" color={colours[state]} tt="none" className={classes.badge}>
                    {t(`state.${state}`)}
                  </Badge>
                </Table.Td>
                <Table.Td className={classes.when} data-label={t('columns.last')}>
                  {job.last === null ? '–' : format.ago(job.last.startedAt)}
                </Table.Td>
                <Table.Td className={classes.when} data-label={t('columns.took')}>
                  {job.last?.durationMs == null ? '–' : format.span(job.last.durationMs)}
                </Table.Td>
                <Table.Td className={classes.schedule} data-label={t('columns.schedule')}>
                  {job.schedule ?? t('onDemand')}
                </Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </StackedTable>
    </Paper>
  );
}
