import { local } from './home.ts';

/**
 * Sends `body` as text/plain, so without a CORS preflight, and lives on when the page is left. Never sends or takes a
 * cookie on the first way. What the network refused is handed to the browser's own beacon queue, once: the server
 * counts an event by its token or id, so a second arrival counts nothing.
 */
export function send(url: string, body: string | null = null): void {
  fetch(local(url), { method: 'POST', body, mode: 'no-cors', credentials: 'omit', keepalive: true }).catch(
    () => navigator.sendBeacon(local(url), body),
  );
}
