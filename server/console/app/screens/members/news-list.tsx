import { Button, Group, Table, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client.ts';
import { useFormat } from '../../i18n/format.ts';
import { Empty } from '../../parts/empty.tsx';
import { ErrorNote } from '../../parts/error-note.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Section } from '../../parts/section.tsx';
import { Waiting } from '../../parts/waiting.tsx';
import { useRegionNames } from '../targeting/words.ts';

const atOnce = 50;

/** Who wants news and offers, by place, and the same as a file for the mailing system. */
export function NewsList({ siteId }: { readonly siteId: number | undefined }) {
  const { t } = useTranslation('members');
  const [country, setCountry] = useState('');
  const [region, setRegion] = useState('');
  const [place] = useDebouncedValue(`${country.trim().toUpperCase()} ${region.trim().toUpperCase()}`, 300);
  const [countryCode, regionCode] = place.split(' ');
  const query = {
    ...(siteId === undefined ? {} : { siteId }),
    ...(/^[A-Z]{2}$/.test(countryCode ?? '') ? { country: countryCode } : {}),
    ...(/^[A-Z]{2}-[A-Z0-9]{1,3}$/.test(regionCode ?? '') ? { region: regionCode } : {}),
  };
  const words = Object.fromEntries(Object.entries(query).map(([key, value]) => [key, String(value)]));
  return (
    <Section title={t('news.title')} text={t('news.text')}>
      <Group align="end" mb="md">
        <TextInput
          label={t('news.country')}
          value={country}
          onChange={(event) => setCountry(event.currentTarget.value)}
          maxLength={2}
          w={110}
        />
        <TextInput
          label={t('news.region')}
          value={region}
          onChange={(event) => setRegion(event.currentTarget.value)}
          maxLength={6}
          w={140}
        />
        <Button
          component="a"
          href={`/api/v1/member-lists/news.csv?${new URLSearchParams(words)}`}
          download
          variant="default"
          leftSection={<Icon name="download" size={16} />}
        >
          {t('news.csv')}
        </Button>
      </Group>
      <Rows query={query} />
    </Section>
  );
}

type Query = { readonly siteId?: number; readonly country?: string; readonly region?: string };

function Rows({ query }: { readonly query: Query }) {
  const { t } = useTranslation('members');
  const format = useFormat();
  const pages = useInfiniteQuery({
    queryKey: ['member-news', query],
    queryFn: ({ pageParam }) =>
      answerOf(
        api.GET('/member-lists/news', {
          params: { query: { ...query, limit: atOnce, ...(pageParam === null ? {} : { after: pageParam }) } },
        }),
      ),
    initialPageParam: null as number | null,
    getNextPageParam: ({ next }) => next,
  });
  const items = pages.data?.pages.flatMap((page) => page.items) ?? [];
  const region = useRegionNames(items.flatMap((item) => item.region ?? []));
  if (pages.error !== null && pages.data === undefined)
    return <ErrorNote error={pages.error} onRetry={pages.refetch} />;
  if (pages.data === undefined) return <Waiting />;
  if (items.length === 0)
    return (
      <Empty icon="mail" title={t('news.none')}>
        {t('news.noneText')}
      </Empty>
    );
  return (
    <>
      <Table.ScrollContainer minWidth={640} type="native" tabIndex={0}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('news.email')}</Table.Th>
              <Table.Th>{t('news.name')}</Table.Th>
              <Table.Th>{t('news.place')}</Table.Th>
              <Table.Th>{t('news.language')}</Table.Th>
              <Table.Th>{t('news.since')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map((item) => (
              <Table.Tr key={item.id}>
                <Table.Td>{item.email}</Table.Td>
                <Table.Td>{item.name ?? '–'}</Table.Td>
                <Table.Td>
                  {item.region
                    ? region(item.region)
                    : item.country
                      ? format.country(item.country)
                      : t('unknown')}
                </Table.Td>
                <Table.Td>{item.language}</Table.Td>
                <Table.Td>{item.optedInAt === null ? '–' : format.date(item.optedInAt)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Group justify="flex-end" mt="sm">
        {pages.hasNextPage && (
          <Button variant="default" loading={pages.isFetchingNextPage} onClick={() => pages.fetchNextPage()}>
            {t('news.more')}
          </Button>
        )}
      </Group>
    </>
  );
}
