import { Anchor, Button, Table, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { answerOf, api } from '../../api/client.ts';
import type { components } from '../../api/schema';
import { useFormat } from '../../i18n/format.ts';
import { ErrorNote } from '../../parts/error-note.tsx';
import { parseFilters } from '../../parts/report-view/filters.ts';
import { parsePeriod } from '../../parts/report-view/period.ts';
import { queryOf } from '../../parts/report-view/use-view.ts';
import { toast } from '../../parts/toast.ts';
import { EntryList } from './entry-list.tsx';
import { savedKey } from './keys.ts';

type Saved = components['schemas']['SavedReport'];

/** The address at which the builder asks what was saved. */
function addressOf({ report, query }: Saved): string {
  const { from, to, lastDays, dimensions = '', metrics = '', sort = '' } = query;
  const moving = lastDays === 1 ? 'today' : `${lastDays}d`;
  const period = parsePeriod(lastDays === undefined ? `${from}..${to}` : moving) ?? '28d';
  const asked = queryOf({
    ...{ period, timeZone: query.tz, compare: query.compare !== undefined },
    filters: parseFilters(query.filter ?? ''),
    choices: { report, by: dimensions, numbers: metrics, sort },
  });
  return `/reports?${asked}`;
}

export function SavedList() {
  const { t } = useTranslation('reports');
  const query = useQuery({
    queryKey: savedKey,
    queryFn: async () => (await answerOf(api.GET('/saved-reports'))).items,
  });
  return (
    <EntryList query={query} icon="report" none={t('saved.none')} noneText={t('saved.noneText')}>
      {(entries) => (
        <Table verticalSpacing="sm">
          <Table.Tbody>
            {entries.map((entry) => (
              <SavedRow key={entry.id} saved={entry} />
            ))}
          </Table.Tbody>
        </Table>
      )}
    </EntryList>
  );
}

function SavedRow({ saved }: { readonly saved: Saved }) {
  const { t, i18n } = useTranslation('reports');
  const format = useFormat();
  const client = useQueryClient();
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => answerOf(api.DELETE('/saved-reports/{id}', { params: { path: { id: saved.id } } })),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: savedKey });
      toast(t('saved.deleted'));
    },
  });
  const key = `names.${saved.report}`;
  return (
    <Table.Tr>
      <Table.Td>
        <Anchor component={Link} href={addressOf(saved)} fw={600}>
          {saved.name}
        </Anchor>
        <Text size="xs" c="dimmed">
          {i18n.exists(key, { ns: 'reports' }) ? t(key as 'names.visitors') : saved.report}
          {!saved.own && ` · ${t('saved.byOther')}`}
          {` · ${t('saved.changed', { when: format.dateTime(saved.updatedAt) })}`}
        </Text>
        {error !== null && <ErrorNote error={error} />}
      </Table.Td>
      <Table.Td ta="right">
        {saved.own && (
          <Button
            size="xs"
            variant="subtle"
            color="gray"
            loading={isPending}
            aria-label={`${t('saved.delete')}: ${saved.name}`}
            onClick={() => mutate()}
          >
            {t('saved.delete')}
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
