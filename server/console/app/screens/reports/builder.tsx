import { Alert, Button, Group, Menu, MultiSelect, Select, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { saveFile } from '../../parts/charts/picture.ts';
import { ErrorNote } from '../../parts/error-note.tsx';
import { Icon } from '../../parts/icon.tsx';
import { FilterBar } from '../../parts/report-view/filter-bar.tsx';
import { LinkButton } from '../../parts/report-view/link-button.tsx';
import { ResultTable } from '../../parts/report-view/result-table.tsx';
import { type Asked, type FileFormat, reportFile, useReport } from '../../parts/report-view/use-report.ts';
import { useView, type ViewControl } from '../../parts/report-view/use-view.ts';
import { Waiting } from '../../parts/waiting.tsx';
import { useAccount } from '../../session/account.ts';
import classes from './builder.module.css';
import { askedOf } from './chosen.ts';
import { type ReportDescription, useReportList } from './report-list.ts';
import { SaveDialog } from './save-dialog.tsx';
import { ScheduleDialog } from './schedule-dialog.tsx';
import { schedulesReports } from './schedules-reports.ts';
import { ShareDialog } from './share-dialog.tsx';

/** What is asked is in the address, so that its link asks the same. */
export function Builder() {
  const view = useView();
  const { data: reports, error, refetch } = useReportList();
  if (error !== null && reports === undefined) return <ErrorNote error={error} onRetry={refetch} />;
  if (reports === undefined) return <Waiting lines={8} height={28} />;
  const report = reports.find(({ name }) => name === view.choices['report']) ?? reports[0];
  if (report === undefined) return null;
  return <Build view={view} reports={reports} report={report} />;
}

interface Props {
  readonly view: ViewControl;
  readonly reports: readonly ReportDescription[];
  readonly report: ReportDescription;
}

function Build({ view, reports, report }: Props) {
  const asked = askedOf(view, report);
  const { data, error, refetch } = useReport(asked);
  const choose = (choices: Record<string, string>) => view.change({ choices });
  const subject = {
    report: report.name,
    dimensions: report.dimensions.filter(({ filters }) => filters !== undefined).map(({ name }) => name),
    metric: report.defaultMetrics[0] ?? '',
  };
  return (
    <Stack gap="md">
      <Fields view={view} reports={reports} report={report} asked={asked} />
      <FilterBar view={view} subject={subject} key={report.name}>
        <Actions view={view} asked={asked} />
      </FilterBar>
      {error !== null && <ErrorNote error={error} onRetry={refetch} />}
      {error === null && data === undefined && <Waiting lines={8} height={28} />}
      {error === null && data !== undefined && (
        <>
          {data.notes.length > 0 && (
            <Alert color="gray" icon={<Icon name="question" size={16} />} lang="en">
              {data.notes.map((note) => (
                <Text key={note} size="sm">
                  {note}
                </Text>
              ))}
            </Alert>
          )}
          <ResultTable report={data} sort={asked.sort} onSort={(sort) => choose({ sort })} />
        </>
      )}
    </Stack>
  );
}

function Fields({ view, reports, report, asked }: Props & { readonly asked: Asked }) {
  const { t, i18n } = useTranslation(['reports', 'report-view']);
  const labelled = (group: 'dimensions' | 'metrics') =>
    report[group].map(({ name, label }) => ({
      value: name,
      label: i18n.exists(`${group}.${name}`, { ns: 'report-view' })
        ? t(`report-view:${group}.${name}` as 'report-view:metrics.visits')
        : label,
    }));
  const change = (choices: Record<string, string>) => view.change({ choices });
  return (
    <Group align="flex-start" gap="sm">
      <Select
        className={classes.fields}
        label={t('report')}
        data={reports.map(({ name, title }) => ({
          value: name,
          label: i18n.exists(`names.${name}`, { ns: 'reports' }) ? t(`names.${name as 'visitors'}`) : title,
        }))}
        value={report.name}
        allowDeselect={false}
        onChange={(name) =>
          name !== null &&
          view.change({ filters: [], choices: { report: name, by: '', numbers: '', sort: '' } })
        }
      />
      <MultiSelect
        className={classes.fields}
        label={t('dimensions')}
        data={labelled('dimensions')}
        value={[...(asked.dimensions ?? [])]}
        searchable
        onChange={(names) => change({ by: names.join(',') })}
      />
      <MultiSelect
        className={classes.fields}
        label={t('metrics')}
        data={labelled('metrics')}
        value={[...asked.metrics]}
        searchable
        onChange={(names) => change({ numbers: names.join(',') })}
      />
    </Group>
  );
}

const files: readonly FileFormat[] = ['csv', 'xlsx', 'ndjson', 'parquet'];

function Actions({ view, asked }: { readonly view: ViewControl; readonly asked: Asked }) {
  const { t } = useTranslation('reports');
  const { role } = useAccount();
  const [dialog, setDialog] = useState<'save' | 'schedule' | 'share'>();
  const close = () => setDialog(undefined);
  const { mutate, isPending, error } = useMutation({
    mutationFn: async (format: FileFormat) => {
      const { from, to } = asked.view.days;
      // Files have all rows.
      saveFile(
        await reportFile({ ...asked, limit: undefined }, format),
        `${asked.report}-${from}-${to}.${format}`,
      );
    },
  });
  return (
    <Group gap="xs" ml="auto">
      <Button variant="default" onClick={() => setDialog('save')}>
        {t('save')}
      </Button>
      {schedulesReports(role) && (
        <Button
          variant="default"
          leftSection={<Icon name="clock" size={16} />}
          onClick={() => setDialog('schedule')}
        >
          {t('schedule')}
        </Button>
      )}
      <Button
        variant="default"
        leftSection={<Icon name="share" size={16} />}
        onClick={() => setDialog('share')}
      >
        {t('share')}
      </Button>
      <LinkButton link={view.link} />
      <Menu position="bottom-end">
        <Menu.Target>
          <Button loading={isPending} leftSection={<Icon name="download" size={16} />}>
            {t('download')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {files.map((format) => (
            <Menu.Item key={format} onClick={() => mutate(format)}>
              {format.toUpperCase()}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {error !== null && <ErrorNote error={error} />}
      {dialog === 'save' && <SaveDialog asked={asked} view={view} onClose={close} />}
      {dialog === 'schedule' && <ScheduleDialog asked={asked} view={view} onClose={close} />}
      {dialog === 'share' && <ShareDialog asked={asked} view={view} onClose={close} />}
    </Group>
  );
}
