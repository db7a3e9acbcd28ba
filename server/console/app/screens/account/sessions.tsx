import { Badge, Group } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client.ts';
import { useFormat } from '../../i18n/format.ts';
import { ConfirmButton } from '../../parts/confirm-button.tsx';
import { Entries, Entry } from '../../parts/entries.tsx';
import { ErrorNote } from '../../parts/error-note.tsx';
import { Section } from '../../parts/section.tsx';
import { Waiting } from '../../parts/waiting.tsx';

const known = /(Edg|OPR|Firefox|Chrome|Safari|curl)\/(\d+)/;
const systems = /(Windows|Android|iPhone|iPad|Mac OS X|Linux)/;

/** Browser and system out of what a browser calls itself. */
function browserName(userAgent: string): string {
  const [, name, version] = known.exec(userAgent) ?? [];
  if (name === undefined) return userAgent.slice(0, 60);
  const system = systems.exec(userAgent)?.[1];
  return [`${name} ${version}`, system].filter(Boolean).join(', ');
}

export function Sessions() {
  const { t } = useTranslation('account');
  const format = useFormat();
  const queries = useQueryClient();
  const { data, error, refetch } = useQuery({
    queryKey: ['sessions'],
    queryFn: () => answerOf(api.GET('/sessions')),
  });
  const end = useMutation({
    mutationFn: (id: number) => answerOf(api.DELETE('/sessions/{id}', { params: { path: { id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['sessions'] }),
  });
  return (
    <Section title={t('sessions.title')} text={t('sessions.text')}>
      {error !== null && <ErrorNote error={error} onRetry={refetch} />}
      {end.error !== null && <ErrorNote error={end.error} />}
      {data === undefined && error === null && <Waiting lines={2} height={36} />}
      <Entries>
        {data?.items.map(({ id, browser, current, lastUsedAt }) => (
          <Entry
            key={id}
            title={
              <Group gap="xs" wrap="nowrap">
                {browserName(browser)}
                {current && (
                  <Badge size="sm" variant="light" tt="none">
                    {t('sessions.current')}
                  </Badge>
                )}
              </Group>
            }
            action={
              !current && (
                <ConfirmButton
                  label={t('sessions.endLabel', { browser: browserName(browser) })}
                  question={t('sessions.question')}
                  onConfirm={() => end.mutate(id)}
                >
                  {t('sessions.end')}
                </ConfirmButton>
              )
            }
          >
            {t('sessions.used', { when: format.ago(lastUsedAt) })}
          </Entry>
        ))}
      </Entries>
    </Section>
  );
}
