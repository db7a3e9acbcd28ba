import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect, useRef } from 'react';

const prefix = 'signpost.draft.';

/** What was filled in under this name and not saved, in this tab; undefined: nothing. */
export function readDraft<T>(name: string): T | undefined {
  const stored = sessionStorage.getItem(prefix + name);
  if (stored === null) return undefined;
  try {
    return JSON.parse(stored) as T;
  } catch {
    return undefined;
  }
}

export function forgetDraft(name: string): void {
  sessionStorage.removeItem(prefix + name);
}

/**
 * Keeps what is filled in, so that a reload or a session that ends loses none of it. Nothing is kept while `changed` is
 * false.
 */
export function useDraft(name: string, value: object, changed: boolean): void {
  const keep = useDebouncedCallback((text: string) => sessionStorage.setItem(prefix + name, text), {
    delay: 300,
    flushOnUnmount: false,
  });
  const kept = useRef('');
  const text = changed ? JSON.stringify(value) : '';
  useEffect(() => {
    if (text === kept.current) return;
    kept.current = text;
    if (text === '') {
      keep.cancel();
      forgetDraft(name);
    } else keep(text);
  }, [name, text, keep]);
}
