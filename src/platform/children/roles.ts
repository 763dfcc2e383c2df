/** What a process of ours can be told to do. */
export const ROLES = ['web', 'worker'] as const
export type Role = (typeof ROLES)[number]
