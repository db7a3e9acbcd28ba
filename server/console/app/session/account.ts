import { useQuery } from '@tanstack/react-query';
import { createContext, useContext } from 'react';
import { answerOf, publicApi } from '../api/client.ts';
import { ApiError } from '../api/problem.ts';
import type { components } from '../api/schema';

export type Account = components['schemas']['Account'];
export type Role = Account['role'];

export const accountKey = ['account'] as const;

/** Who is signed in; null: nobody. */
export function useAccountQuery() {
  return useQuery({
    queryKey: accountKey,
    queryFn: async () => {
      try {
        return await answerOf(publicApi.GET('/account'));
      } catch (error) {
        if (error instanceof ApiError && error.status === 401) return null;
        throw error;
      }
    },
    staleTime: 60_000,
  });
}

export const AccountContext = createContext<Account | null>(null);

/** Who is signed in, on every screen. */
export function useAccount(): Account {
  const account = useContext(AccountContext);
  if (account === null) throw new Error('Screens are shown to who is signed in');
  return account;
}
