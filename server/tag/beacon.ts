import { credentials, local, more } from './home.ts';

/** Takes a beacon that the network refused: its address as reached from this page, and its body. */
export type Retry = (url: string, body?: string | null) => void;

let retry: Retry = (url, body) => addEventListener('online', () => send(url, body), { once: true });

/**
 * Sends `body` as text/plain, so without a CORS preflight, and lives on when the page is left. What
 * the network refused is sent again when the browser comes back online: the server counts an event by its token or id,
 * so a second arrival counts nothing. Until then it is kept in the page's memory, since nothing may be stored in a
 * browser without consent.
 */
export const send = (url: string, body?: string | null): unknown =>
  fetch(local(url), {
    method: 'POST',
    keepalive: true,
    body: body as string,
    mode: 'no-cors',
    credentials,
  }).catch(() => retry(local(url), body));

/** What is refused is kept in the browser's storage instead: to be called with the visitor's consent alone. */
export const store = () =>
  more().then((loaded) => {
    retry = loaded?.storage() ?? retry;
  });
