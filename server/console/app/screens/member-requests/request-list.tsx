import { Badge, Button, Group, Table, Text } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client.ts';
import type { components } from '../../api/schema';
import { useFormat } from '../../i18n/format.ts';
import { ConfirmButton } from '../../parts/confirm-button.tsx';
import { Empty } from '../../parts/empty.tsx';
import { ErrorNote } from '../../parts/error-note.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Waiting } from '../../parts/waiting.tsx';
import { RefuseButton } from './refuse-button.tsx';
import { requestsKey } from './requests-key.ts';

export type MemberRequest = components['schemas']['MemberRequest'];
export type Status = MemberRequest['status'];

const colours = { open: 'orange', done: 'pine', refused: 'gray' } as const;

/** The newest first, with what an open one needs. @param status null: all */
export function RequestList({ status }: { readonly status: Status | null }) {
  const { t } = useTranslation('member-requests');
  const pages = useInfiniteQuery({
    queryKey: [...requestsKey, status],
    queryFn: ({ pageParam }) =>
      answerOf(
        api.GET('/member-requests', {
          params: {
            query: {
              limit: 50,
              ...(status === null ? {} : { status }),
              ...(pageParam === null ? {} : { before: pageParam }),
            },
          },
        }),
      ),
    initialPageParam: null as number | null,
    getNextPageParam: ({ next }) => next,
  });
  const items = pages.data?.pages.flatMap((page) => page.items) ?? [];
  if (pages.error !== null && pages.data === undefined)
    return <ErrorNote error={pages.error} onRetry={pages.refetch} />;
  if (pages.data === undefined) return <Waiting />;
  if (items.length === 0)
    return (
      <Empty icon="check" title={t('none')}>
        {t('noneText')}
      </Empty>
    );
  return (
    <>
      <Table.ScrollContainer minWidth={820} type="native" tabIndex={0}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('kind')}</Table.Th>
              <Table.Th>{t('receivedAt')}</Table.Th>
              <Table.Th>{t('dueAt')}</Table.Th>
              <Table.Th>{t('status')}</Table.Th>
              <Table.Th>{t('evidence')}</Table.Th>
              <Table.Th>{t('doing')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map((request) => (
              <Row key={request.id} request={request} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {pages.hasNextPage && (
        <Group justify="flex-end">
          <Button variant="default" loading={pages.isFetchingNextPage} onClick={() => pages.fetchNextPage()}>
            {t('more')}
          </Button>
        </Group>
      )}
    </>
  );
}

function Row({ request }: { readonly request: MemberRequest }) {
  const { t } = useTranslation('member-requests');
  const format = useFormat();
  const { id, kind, source, memberId, status, receivedAt, dueAt, verifiedBy, evidence, doneAt, reason } =
    request;
  const isLate = status === 'open' && Date.parse(dueAt) < Date.now();
  return (
    <Table.Tr>
      <Table.Td>
        {t(`kinds.${kind}`)}
        <Text size="xs" c="dimmed">
          {memberId === null ? t('noMember') : t('member', { id: memberId })}
        </Text>
      </Table.Td>
      <Table.Td>
        {format.date(receivedAt)}
        <Text size="xs" c="dimmed">
          {t(`sources.${source}`)}
        </Text>
      </Table.Td>
      <Table.Td c={isLate ? 'red' : undefined}>{format.date(dueAt)}</Table.Td>
      <Table.Td>
        <Badge miw="max-content" variant="light" color={colours[status]} tt="none">
          {t(`statuses.${status}`)}
        </Badge>
        {doneAt !== null && (
          <Text size="xs" c="dimmed">
            {format.dateTime(doneAt)}
          </Text>
        )}
      </Table.Td>
      <Table.Td style={{ overflowWrap: 'anywhere' }}>
        {t(`verifiedBy.${verifiedBy}`)}
        {[evidence, reason].map(
          (text) =>
            text && (
              <Text key={text} size="xs" c="dimmed">
                {text}
              </Text>
            ),
        )}
        <Removed removed={request.removed} />
      </Table.Td>
      <Table.Td>
        {status === 'open' ? <Doing request={request} /> : <Export id={id} request={request} />}
      </Table.Td>
    </Table.Tr>
  );
}

function Removed({ removed }: Pick<MemberRequest, 'removed'>) {
  const { t } = useTranslation('member-requests');
  if (removed === null) return null;
  const count = Object.values(removed).reduce<number>((sum, value) => sum + Number(value), 0);
  return (
    <Text size="xs" c="dimmed">
      {t('removed', { count })}
    </Text>
  );
}

function Doing({ request: { id, kind } }: { readonly request: MemberRequest }) {
  const { t } = useTranslation('member-requests');
  const queries = useQueryClient();
  const fulfil = useMutation({
    mutationFn: () => answerOf(api.POST('/member-requests/{id}/fulfil', { params: { path: { id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: requestsKey }),
  });
  return (
    <Group gap="xs" wrap="nowrap">
      <ConfirmButton
        question={t(`fulfilQuestion.${kind}`)}
        onConfirm={() => fulfil.mutate()}
        loading={fulfil.isPending}
      >
        {t('fulfil')}
      </ConfirmButton>
      <RefuseButton id={id} />
      {fulfil.error !== null && <ErrorNote error={fulfil.error} />}
    </Group>
  );
}

/** What was handed out. */
function Export({
  id,
  request: { kind, status, memberId },
}: {
  readonly id: number;
  readonly request: MemberRequest;
}) {
  const { t } = useTranslation('member-requests');
  if (kind !== 'access' || status !== 'done' || memberId === null) return null;
  return (
    <Button
      component="a"
      size="compact-sm"
      variant="default"
      href={`/api/v1/member-requests/${id}/export`}
      download={`request-${id}.json`}
      leftSection={<Icon name="download" size={14} />}
    >
      {t('export')}
    </Button>
  );
}
