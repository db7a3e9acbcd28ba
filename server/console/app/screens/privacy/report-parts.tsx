import { Alert, Progress, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { components } from '../../api/schema';
import { useFormat } from '../../i18n/format.ts';
import { Icon } from '../../parts/icon.tsx';
import { Section } from '../../parts/section.tsx';
import { StackedTable } from '../../parts/stacked-table.tsx';

type Report = components['schemas']['PrivacyReport'];

/** What was found, and how much was looked through. */
export function ReportParts({ report }: { readonly report: Report }) {
  return (
    <>
      <Verdict report={report} />
      {report.findings.length > 0 && <Findings report={report} />}
      {report.unreadable.length > 0 && <Unreadable report={report} />}
      {report.scans.length > 0 && <Stores report={report} />}
    </>
  );
}

function Verdict({ report: { ok, problems, scans } }: { readonly report: Report }) {
  const { t } = useTranslation('privacy');
  const format = useFormat();
  const oldest = scans.map(({ madeAt }) => madeAt).sort()[0];
  if (ok === null || oldest === undefined)
    return <Alert color="gray" icon={<Icon name="clock" />} title={t('never')} role="status" />;
  const when = t('when', { when: format.dateTime(oldest) });
  return ok ? (
    <Alert color="pine" icon={<Icon name="check" />} title={t('clean')} role="status">
      {when}
    </Alert>
  ) : (
    <Alert color="red" icon={<Icon name="warning" />} title={t('found', { count: problems })} role="status">
      {when}
    </Alert>
  );
}

function Findings({ report: { findings } }: { readonly report: Report }) {
  const { t } = useTranslation('privacy');
  const format = useFormat();
  return (
    <Section title={t('findings.title')} text={t('findings.text')}>
      <StackedTable minWidth={640}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('findings.kind')}</Table.Th>
            <Table.Th>{t('findings.store')}</Table.Th>
            <Table.Th>{t('findings.place')}</Table.Th>
            <Table.Th data-number>{t('findings.count')}</Table.Th>
            <Table.Th>{t('findings.sample')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {findings.map(({ machine, store, place, part, kind, count, sample }) => (
            <Table.Tr key={`${machine} ${store} ${place} ${part} ${kind}`}>
              <Table.Td>{t(`kinds.${kind}`)}</Table.Td>
              <Table.Td data-label={t('findings.store')}>{t(`stores.${store as 'postgres'}`)}</Table.Td>
              <Table.Td data-label={t('findings.place')}>
                {place}
                {part !== null && (
                  <Text size="xs" c="dimmed">
                    {part}
                  </Text>
                )}
              </Table.Td>
              <Table.Td data-number data-label={t('findings.count')}>
                {format.number(count)}
              </Table.Td>
              <Table.Td data-label={t('findings.sample')}>{sample}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </StackedTable>
    </Section>
  );
}

function Unreadable({ report: { unreadable } }: { readonly report: Report }) {
  const { t } = useTranslation('privacy');
  return (
    <Alert color="orange" icon={<Icon name="warning" />} title={t('unreadable')}>
      {unreadable.map(({ machine, store, part, reason }) => (
        <Text key={`${machine} ${store} ${part}`} size="sm" lang="en">
          {`${store} ${part ?? ''}: ${reason}`}
        </Text>
      ))}
    </Alert>
  );
}

function Stores({ report: { scans } }: { readonly report: Report }) {
  const { t } = useTranslation('privacy');
  const format = useFormat();
  return (
    <Section title={t('scanned.title')} text={t('scanned.text')}>
      <StackedTable minWidth={560}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('scanned.store')}</Table.Th>
            <Table.Th>{t('scanned.machine')}</Table.Th>
            <Table.Th data-number>{t('scanned.parts')}</Table.Th>
            <Table.Th data-number>{t('scanned.bytes')}</Table.Th>
            <Table.Th>{t('scanned.share')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {scans.flatMap(({ machine, stores }) =>
            stores.map(({ store, parts, bytes, share }) => (
              <Table.Tr key={`${machine} ${store}`}>
                <Table.Td>{t(`stores.${store}`)}</Table.Td>
                <Table.Td data-label={t('scanned.machine')}>{machine}</Table.Td>
                <Table.Td data-number data-label={t('scanned.parts')}>
                  {format.number(parts)}
                </Table.Td>
                <Table.Td data-number data-label={t('scanned.bytes')}>
                  {format.bytes(bytes)}
                </Table.Td>
                <Table.Td data-label={t('scanned.share')}>
                  {format.percent(share)}
                  <Progress value={share * 100} size="sm" aria-label={t(`stores.${store}`)} />
                </Table.Td>
              </Table.Tr>
            )),
          )}
        </Table.Tbody>
      </StackedTable>
    </Section>
  );
}
