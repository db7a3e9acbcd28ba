import { Alert, Badge, Grid, Progress, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client.ts';
import type { components } from '../../api/schema';
import { useFormat } from '../../i18n/format.ts';
import { ErrorNote } from '../../parts/error-note.tsx';
import { Icon } from '../../parts/icon.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { Waiting } from '../../parts/waiting.tsx';
import { Locations } from './locations.tsx';
import { Part } from './part.tsx';
import classes from './system.module.css';

type System = components['schemas']['System'];
type Machine = NonNullable<System['machine']>;

export function Screen() {
  const { t } = useTranslation('system');
  const { data, error, refetch } = useQuery({
    queryKey: ['system'],
    queryFn: () => answerOf(api.GET('/system')),
    refetchInterval: 5000,
  });
  return (
    <>
      <PageHeader title={t('title')} description={t('description')} />
      {error !== null && data === undefined ? (
        <ErrorNote error={error} onRetry={refetch} />
      ) : data === undefined ? (
        <Waiting lines={8} height={28} />
      ) : (
        <Stack gap="lg">
          <Verdict system={data} />
          <Grid gap="lg">
            <Grid.Col span={{ base: 12, md: 7 }}>
              <Checks checks={data.checks} />
            </Grid.Col>
            <Grid.Col span={{ base: 12, md: 5 }}>
              <Stack gap="lg">
                {data.machine !== null && <Storage machine={data.machine} />}
                <Versions system={data} />
              </Stack>
            </Grid.Col>
          </Grid>
          <Locations />
        </Stack>
      )}
    </>
  );
}

function Verdict({ system: { ready, checks } }: { readonly system: System }) {
  const { t } = useTranslation('system');
  const warned = checks.some(({ warnings }) => warnings.length > 0);
  if (!ready) return <Alert color="red" icon={<Icon name="warning" />} title={t('notReady')} role="status" />;
  return warned ? (
    <Alert color="orange" icon={<Icon name="warning" />} title={t('readyButWarnings')} role="status" />
  ) : (
    <Alert color="pine" icon={<Icon name="check" />} title={t('ready')} role="status" />
  );
}

function Checks({ checks }: { readonly checks: System['checks'] }) {
  const { t, i18n } = useTranslation('system');
  const nameOf = (name: string) => {
    const key = `checks.names.${name}`;
    return i18n.exists(key, { ns: 'system' }) ? t(key as 'checks.names.disk') : name;
  };
  return (
    <Part title={t('checks.title')}>
      <ul className={classes.checks}>
        {checks.map(({ name, ok, detail, warnings }) => {
          const [colour, state] = !ok
            ? (['red', 'broken'] as const)
            : warnings.length > 0
              ? (['orange', 'warning'] as const)
              : (['pine', 'ok'] as const);
          return (
            <li key={name}>
              <div className={classes.checkHead}>
                <Text fw={600}>{nameOf(name)}</Text>
                <Badge variant="light" color={colour} tt="none">
                  {t(`checks.${state}`)}
                </Badge>
              </div>
              {/* In the words of /readyz, which operators search for. */}
              <Text size="sm" c="dimmed" lang="en">
                {detail}
              </Text>
              {warnings.map((warning) => (
                <Text key={warning} size="sm" lang="en" mt={4}>
                  {warning}
                </Text>
              ))}
            </li>
          );
        })}
      </ul>
    </Part>
  );
}

function Storage({ machine: { spool, givenUp, disk } }: { readonly machine: Machine }) {
  const { t } = useTranslation('system');
  const format = useFormat();
  const used = disk.sizeBytes - disk.freeBytes;
  return (
    <>
      <Part title={t('log.title')} note={t('log.description')}>
        <Meter label={t('log.meter')} part={spool.bytes / spool.limitBytes} />
        <Text size="sm" mt="xs">
          {spool.segments === 0
            ? t('log.nothing')
            : t('log.waiting', {
                bytes: format.bytes(spool.bytes),
                limit: format.bytes(spool.limitBytes),
                segments: format.number(spool.segments),
              })}{' '}
          {spool.oldestAt !== null && t('log.oldest', { when: format.dateTime(spool.oldestAt) })}
        </Text>
        {givenUp.lastAt !== null && (
          <Text size="sm" mt="xs" c="red">
            {t('log.givenUp', {
              pageViews: format.number(givenUp.pageViews),
              moneyEvents: format.number(givenUp.moneyEvents),
              when: format.dateTime(givenUp.lastAt),
            })}
          </Text>
        )}
      </Part>
      <Part title={t('disk.title')}>
        <Meter label={t('disk.meter')} part={used / disk.sizeBytes} />
        <Text size="sm" mt="xs">
          {t('disk.free', { free: format.bytes(disk.freeBytes), size: format.bytes(disk.sizeBytes) })}
        </Text>
      </Part>
    </>
  );
}

function Meter({ label, part }: { readonly label: string; readonly part: number }) {
  const color = part > 0.95 ? 'red' : part > 0.9 ? 'orange' : 'pine';
  return (
    <Progress.Root size="md">
      <Progress.Section value={Math.min(part, 1) * 100} color={color} aria-label={label} />
    </Progress.Root>
  );
}

function Versions({ system }: { readonly system: System }) {
  const { t } = useTranslation('system');
  const format = useFormat();
  const engine = ({ embedded, version }: System['postgres']) =>
    `${version ?? t('versions.unreachable')} (${t(embedded ? 'versions.embedded' : 'versions.server')})`;
  const rows = [
    [t('versions.signpost'), system.version],
    [t('versions.node'), system.nodeVersion],
    [t('versions.postgres'), engine(system.postgres)],
    [t('versions.clickhouse'), engine(system.clickhouse)],
    [t('versions.started'), format.dateTime(system.startedAt)],
  ];
  return (
    <Part title={t('versions.title')}>
      <Table variant="vertical" layout="fixed" withRowBorders={false} className={classes.versions}>
        <Table.Tbody>
          {rows.map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Th scope="row">{name}</Table.Th>
              <Table.Td>{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Part>
  );
}
