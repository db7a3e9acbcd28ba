import { Paper } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Empty } from '../../parts/empty.tsx';
import { ErrorNote } from '../../parts/error-note.tsx';
import type { IconName } from '../../parts/icon.tsx';
import { Waiting } from '../../parts/waiting.tsx';

interface Props<Entry> {
  readonly query: UseQueryResult<readonly Entry[]>;
  readonly icon: IconName;
  readonly none: string;
  readonly noneText: string;
  readonly children: (entries: readonly Entry[]) => ReactNode;
}

/** A list that is loaded, in its frame; what to do next where it is empty. */
export function EntryList<Entry>({ query, icon, none, noneText, children }: Props<Entry>) {
  const { data, error, refetch } = query;
  if (error !== null && data === undefined) return <ErrorNote error={error} onRetry={refetch} />;
  if (data === undefined) return <Waiting lines={5} height={28} />;
  return (
    <Paper p={data.length === 0 ? 0 : 'xs'}>
      {data.length === 0 ? (
        <Empty icon={icon} title={none}>
          {noneText}
        </Empty>
      ) : (
        children(data)
      )}
    </Paper>
  );
}
