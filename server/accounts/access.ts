import { AppError } from '../errors.ts';
import type { Identity, Role } from './identity.ts';

/** Parts of the API that keys are scoped by. */
export const areas = ['inventory', 'reports', 'operations', 'accounts', 'visitors'] as const;
export type Area = (typeof areas)[number];
export type Action = 'read' | 'write';
export type Scope = `${Area}:${Action}`;
/** `write` includes `read`. */
export const scopes = areas.flatMap((area): Scope[] => [`${area}:read`, `${area}:write`]) as [
  Scope,
  ...Scope[],
];

/**
 * - `all`: whatever the endpoint has
 * - `own`: what belongs to the asker's advertisers, sites or account; the handler sees to it
 */
export type Grant = 'all' | 'own';

/** Who may use an endpoint. Roles that are not named may not. */
export interface Access {
  /** null: needs no scope; every key may. */
  readonly area: Area | null;
  readonly roles: Readonly<Partial<Record<Role, Grant>>>;
}

/** The scope that an endpoint takes: everything but GET writes. */
export function scopeOf({ area }: Access, method: string): Scope | undefined {
  if (area === null) return undefined;
  return `${area}:${['get', 'head'].includes(method.toLowerCase()) ? 'read' : 'write'}`;
}

/**
 * Lets somebody use an endpoint, or not, before anything of the request is looked at.
 * @throws AppError `forbidden`
 */
export function authorize(identity: Identity, access: Access, method: string): void {
  if (access.roles[identity.role] === undefined) {
    throw new AppError('forbidden', `This is not for the role ${identity.role}.`);
  }
  const scope = scopeOf(access, method);
  if (scope !== undefined && !coversScope(identity.scopes, scope)) {
    throw new AppError('forbidden', `The key has not the scope ${scope}.`);
  }
}

/** Whether scopes include one; null is all of them. */
export function coversScope(held: readonly Scope[] | null, scope: Scope): boolean {
  return held === null || held.includes(scope) || held.includes(scope.replace(/read$/, 'write') as Scope);
}
