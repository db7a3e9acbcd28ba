import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { Tagged } from '../api/client.ts';
import { ApiError } from '../api/problem.ts';

interface Options<T extends object, Patch extends object> {
  /** What the person began with. */
  readonly base: Tagged<T>;
  send(patch: Patch, tag: string): Promise<Tagged<T>>;
  /** What is stored by now. */
  read(): Promise<Tagged<T>>;
  onSaved(saved: Tagged<T>): void;
}

/** Somebody else saved in between. */
export interface Conflict<T extends object, Patch extends object> {
  readonly base: T;
  readonly theirs: Tagged<T>;
  readonly mine: Patch;
}

/** What forms do not have: that it changed in between is no reason to ask. */
const harmless = new Set(['status', 'updatedAt', 'approval', 'approvalNote']);

/** The fields that are not as they were. */
export const changedIn = (before: object, now: object): string[] =>
  Object.keys(now).filter(
    (field) => JSON.stringify(Reflect.get(now, field)) !== JSON.stringify(Reflect.get(before, field)),
  );

/** Saves a change over the version that it was made from, and over no other unless the person says so. */
export function useGuardedSave<T extends object, Patch extends object>(options: Options<T, Patch>) {
  const { base, send, read, onSaved } = options;
  const [conflict, setConflict] = useState<Conflict<T, Patch>>();
  const mutation = useMutation({
    async mutationFn({ patch, tag }: { patch: Patch; tag: string }) {
      try {
        return await send(patch, tag);
      } catch (error) {
        if (!(error instanceof ApiError) || error.code !== 'precondition_failed') throw error;
        const theirs = await read();
        if (changedIn(base.value, theirs.value).every((field) => harmless.has(field) && !(field in patch))) {
          return await send(patch, theirs.tag);
        }
        setConflict({ base: base.value, theirs, mine: patch });
        return undefined;
      }
    },
    onSuccess: (saved) => {
      if (saved !== undefined) onSaved(saved);
    },
  });
  return {
    save: (patch: Patch) => mutation.mutate({ patch, tag: base.tag }),
    error: mutation.error,
    pending: mutation.isPending,
    conflict,
    /** Saves it over theirs. */
    overwrite() {
      if (conflict === undefined) return;
      mutation.mutate({ patch: conflict.mine, tag: conflict.theirs.tag });
      setConflict(undefined);
    },
    /** Leaves theirs as it is. */
    takeTheirs() {
      if (conflict === undefined) return;
      onSaved(conflict.theirs);
      setConflict(undefined);
    },
    goOnEditing: () => setConflict(undefined),
  };
}
