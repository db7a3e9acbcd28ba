/** What a machine runs: everything, or one side of it. */
export const roles = ['all', 'delivery', 'backoffice'] as const;
export type Role = (typeof roles)[number];
