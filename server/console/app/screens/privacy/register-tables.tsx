import { Table, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { components } from '../../api/schema';
import { useFormat } from '../../i18n/format.ts';
import { StackedTable } from '../../parts/stacked-table.tsx';

type Data = components['schemas']['PrivacyRegister'];

/** Every cookie that there can be. */
export function Cookies({ cookies }: Pick<Data, 'cookies'>) {
  const { t } = useTranslation('privacy');
  const format = useFormat();
  return (
    <Lines
      title={t('cookies.title')}
      heads={[t('cookies.name'), t('cookies.purposes'), t('cookies.days')]}
      rows={cookies.map(({ name, purposes, lifeDays }) => [
        name,
        purposes.map((purpose) => t(`purposes.${purpose as 'necessary'}`)).join(', '),
        format.number(lifeDays),
      ])}
    />
  );
}

/** Where addresses are meant to be. In the words of docs/privacy.md's list, which is in English. */
export function Permitted({ permitted }: Pick<Data, 'permitted'>) {
  const { t } = useTranslation('privacy');
  return (
    <Lines
      title={t('permitted.title')}
      heads={[t('permitted.reason'), t('permitted.kinds'), t('permitted.places')]}
      rows={permitted.map(({ places, kinds, reason }) => [
        reason,
        kinds.map((kind) => t(`kinds.${kind as 'mail'}`)).join(', '),
        places.join(', '),
      ])}
    />
  );
}

interface LinesProps {
  readonly title: string;
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

function Lines({ title, heads, rows }: LinesProps) {
  return (
    <>
      <Title order={3} mt="xl" mb="xs">
        {title}
      </Title>
      <StackedTable minWidth={560}>
        <Table.Thead>
          <Table.Tr>
            {heads.map((head) => (
              <Table.Th key={head}>{head}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((cells) => (
            <Table.Tr key={cells.join()}>
              {cells.map((cell, at) => (
                <Table.Td
                  key={heads[at]}
                  data-label={at === 0 ? undefined : heads[at]}
                  style={{ overflowWrap: 'anywhere' }}
                >
                  {cell}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </StackedTable>
    </>
  );
}
