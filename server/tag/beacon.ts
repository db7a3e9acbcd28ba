import { credentials, local, more } from './home.ts';

/** Takes a beacon that the network refused: its address as reached from this page, and its body. */
export type Retry = (url: string, body?: string | null) => void;

const keep: Retry = (url, body) => addEventListener('online', () => send(url, body), { once: true });
let storage: Promise<Retry | undefined> | undefined;

/**
 * Sends `body` as text/plain, so without a CORS preflight, and lives on when the page is left. What
 * the network refused is sent again when the browser comes back online: the server counts an event by its token or id,
 * so a second arrival counts nothing. Until then it is kept in the page's memory, since nothing may be stored in a
 * browser without consent.
 */
export const send = (url: string, body?: string | null): unknown =>
  fetch(local(url), {
    credentials,
    method: 'POST',
    keepalive: true,
    body: body as string,
    mode: 'no-cors',
  }).catch(async () => ((await storage) ?? keep)(local(url), body));

/** What is refused is kept in the browser's storage instead: to be called with the visitor's consent alone. */
export const store = () => {
  storage = more().then((loaded) => loaded?.storage());
};
