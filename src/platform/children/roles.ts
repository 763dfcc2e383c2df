/** What `bagad serve` can be told to do. */
export const ROLES = ['web', 'worker'] as const
export type Role = (typeof ROLES)[number]

/** What a process that opens the instance does: `command` is a command line beside the others. */
export type ProcessRole = Role | 'command'
