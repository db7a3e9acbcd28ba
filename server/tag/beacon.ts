import { local } from './home.ts';

/**
 * Sends `body` as text/plain, so without a CORS preflight and without a cookie, and lives on when the page is left. What
 * the network refused is sent again when the browser comes back online: the server counts an event by its token or id,
 * so a second arrival counts nothing. Until then it is kept in the page alone, since nothing may be stored in a browser
 * without consent.
 */
export const send = (url: string, body: string | null = null): unknown =>
  fetch(local(url), { method: 'POST', keepalive: true, body, mode: 'no-cors', credentials: 'omit' }).catch(
    () => addEventListener('online', () => send(url, body), { once: true }),
  );
