import { Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client.ts';
import { useFormat } from '../../i18n/format.ts';
import { Empty } from '../../parts/empty.tsx';
import { ErrorNote } from '../../parts/error-note.tsx';
import { Section } from '../../parts/section.tsx';
import { Waiting } from '../../parts/waiting.tsx';
import { useRegionNames } from '../targeting/words.ts';

/** Members counted by where they were when they signed in. */
export function ByRegion({ siteId }: { readonly siteId: number | undefined }) {
  const { t } = useTranslation('members');
  const format = useFormat();
  const { data, error, refetch } = useQuery({
    queryKey: ['members-by-region', siteId],
    queryFn: () => answerOf(api.GET('/members/by-region', { params: { query: { siteId } } })),
  });
  const region = useRegionNames(data?.items.flatMap((item) => item.region ?? []) ?? []);
  return (
    <Section
      title={t('byRegion.title')}
      text={data === undefined ? '' : t('byRegion.text', { count: data.kAnonymity })}
    >
      {error !== null && data === undefined ? (
        <ErrorNote error={error} onRetry={refetch} />
      ) : data === undefined ? (
        <Waiting />
      ) : data.items.length === 0 ? (
        <Empty icon="people" title={t('byRegion.none')}>
          {t('byRegion.noneText')}
        </Empty>
      ) : (
        <Table.ScrollContainer minWidth={420} type="native" tabIndex={0}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('country')}</Table.Th>
                <Table.Th>{t('region')}</Table.Th>
                <Table.Th ta="right">{t('byRegion.members')}</Table.Th>
                <Table.Th ta="right">{t('byRegion.optedIn')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {data.items.map((item) => (
                <Table.Tr key={`${item.country} ${item.region}`}>
                  <Table.Td>
                    {item.country ? format.country(item.country) : t(item.other ? 'other' : 'unknown')}
                  </Table.Td>
                  <Table.Td>{item.region ? region(item.region) : '–'}</Table.Td>
                  <Table.Td ta="right">{format.number(item.members)}</Table.Td>
                  <Table.Td ta="right">{item.optedIn === null ? '–' : format.number(item.optedIn)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
          <Text size="sm" mt="sm">
            {t('byRegion.total', { count: data.items.reduce((sum, { members }) => sum + members, 0) })}
          </Text>
        </Table.ScrollContainer>
      )}
    </Section>
  );
}
