import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '../../api/client.ts';

export interface Named {
  readonly id: number;
  readonly name: string;
}

type Kind = 'sites' | 'zones' | 'advertisers' | 'campaigns' | 'segments';

const mostPages = 10;

/** All of a kind that are not archived, by name: at most 2000, which is what a list to choose from can hold. */
async function listNames(kind: Kind): Promise<Named[]> {
  const found: Named[] = [];
  let after: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const status = kind === 'advertisers' || kind === 'campaigns' ? 'active,paused' : 'active';
    const query = { limit: 200, sort: 'name' as const, status, ...(after === undefined ? {} : { after }) };
    const { items, next } = await answerOf(api.GET(`/${kind}` as '/sites', { params: { query } }));
    found.push(...items.map(({ id, name }) => ({ id, name })));
    if (next === null) break;
    after = next;
  }
  return found;
}

export function useInventoryList(kind: Kind, enabled = true): readonly Named[] {
  const { data = [] } = useQuery({ queryKey: [kind, 'names'], queryFn: () => listNames(kind), enabled });
  return data;
}

/** Tells the names of ids; an id itself where its name is not known. */
export function useInventoryNames(kind: Kind, enabled = true): (id: string | number) => string {
  const names = new Map(useInventoryList(kind, enabled).map(({ id, name }) => [String(id), name]));
  return (id) => names.get(String(id)) ?? `#${id}`;
}
