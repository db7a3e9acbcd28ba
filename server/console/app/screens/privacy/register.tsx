import { Badge, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client.ts';
import { ErrorNote } from '../../parts/error-note.tsx';
import { Section } from '../../parts/section.tsx';
import { StackedTable } from '../../parts/stacked-table.tsx';
import { Waiting } from '../../parts/waiting.tsx';
import { languageOf } from './language.ts';
import { Cookies, Permitted } from './register-tables.tsx';

/** What is kept, where, for how long, who sees it, and which consent covers it. */
export function Register() {
  const { t, i18n } = useTranslation('privacy');
  const { t: shell } = useTranslation();
  const language = languageOf(i18n.language);
  const { data, error, refetch } = useQuery({
    queryKey: ['privacy-register', language],
    queryFn: () => answerOf(api.GET('/privacy/register', { params: { query: { language } } })),
  });
  return (
    <Section title={t('register.title')} text={t('register.text')}>
      {error !== null && data === undefined ? (
        <ErrorNote error={error} onRetry={refetch} />
      ) : data === undefined ? (
        <Waiting />
      ) : (
        <>
          <StackedTable minWidth={760} verticalSpacing="sm">
            <Table.Thead>
              <Table.Tr>
                <Table.Th miw={240}>{t('register.what')}</Table.Th>
                <Table.Th miw={260}>{t('register.kept')}</Table.Th>
                <Table.Th>{t('register.readers')}</Table.Th>
                <Table.Th>{t('register.consent')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {data.holdings.map(({ id, about, what, why, kept, readers, consent }) => (
                <Table.Tr key={id}>
                  <Table.Td>
                    {what}
                    <Text size="xs" c="dimmed">
                      {why}
                    </Text>
                    <Badge size="sm" variant="light" color={about === 'visitor' ? 'pine' : 'gray'} tt="none">
                      {t(`about.${about}`)}
                    </Badge>
                  </Table.Td>
                  <Table.Td data-label={t('register.kept')}>
                    {kept.map(({ where, howLong }, at) => (
                      // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes its order
                      <Text key={at} size="sm">
                        {`${t(`stores.${where}`)}: ${howLong}`}
                      </Text>
                    ))}
                  </Table.Td>
                  <Table.Td data-label={t('register.readers')}>
                    {readers.length === 0
                      ? t('register.nobody')
                      : readers.map((role) => shell(`roles.${role}`)).join(', ')}
                  </Table.Td>
                  <Table.Td data-label={t('register.consent')}>
                    {consent === null ? '–' : t(`purposes.${consent}`)}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </StackedTable>
          <Cookies cookies={data.cookies} />
          <Permitted permitted={data.permitted} />
        </>
      )}
    </Section>
  );
}
