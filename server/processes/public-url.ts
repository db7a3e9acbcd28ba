import type { Settings } from '../settings/index.ts';

/** Where browsers reach a port of this machine, when nothing else was set. */
export function originOf(host: string, port: number): string {
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

export function deliveryUrl(settings: Settings): string {
  return settings.PUBLIC_URL ?? originOf(settings.HOST, settings.PORT);
}

/** @param port that the back office listens on */
export function consoleUrl(settings: Settings, port: number): string {
  return settings.CONSOLE_URL ?? originOf(settings.HOST, port);
}
