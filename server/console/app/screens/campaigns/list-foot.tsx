import { Button, Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';

interface Props {
  readonly list: {
    readonly data?: { readonly pages: readonly { readonly total: number }[] } | undefined;
    readonly hasNextPage: boolean;
    readonly isFetchingNextPage: boolean;
    fetchNextPage(): unknown;
  };
  readonly shown: number;
}

/** How many of a list are shown, and the way to the rest. */
export function ListFoot({ list, shown }: Props) {
  const { t } = useTranslation('campaigns');
  const { t: common } = useTranslation();
  const total = list.data?.pages[0]?.total ?? shown;
  return (
    <Group justify="space-between" mt="sm">
      <Text size="sm" c="dimmed">
        {t('shownOf', { shown, total })}
      </Text>
      {list.hasNextPage && (
        <Button
          variant="default"
          size="xs"
          loading={list.isFetchingNextPage}
          onClick={() => list.fetchNextPage()}
        >
          {common('common.more')}
        </Button>
      )}
    </Group>
  );
}
