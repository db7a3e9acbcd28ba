import { notifications } from '@mantine/notifications';

/** Says for a moment that something is done. Errors stand where they happened, in an ErrorNote. */
export function toast(message: string): void {
  notifications.show({ message, autoClose: 4000, withBorder: true });
}
