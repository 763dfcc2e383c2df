import { may, type Caller } from '../../platform/access/caller.ts'
import { refuse } from './refusals.ts'

/** What somebody may do with figures and reports. */
export type Act = 'read-drafts' | 'write' | 'comment' | 'approve' | 'publish' | 'freeze' | 'import' | 'describe'

/** Whoever asks: a caller, and the roles that they have where they have an account. */
export interface Actor extends Caller {
  roles?: readonly string[]
}

/**
 * Which roles may do what: the coordinator and the employees write, the council approves, the technicians see to the
 * figures. The administrator may do everything.
 */
const ROLES: Record<Act, readonly string[]> = {
  'read-drafts': ['coordinator', 'employee', 'board', 'treasurer', 'volunteer', 'technician'],
  comment: ['coordinator', 'employee', 'board', 'treasurer', 'volunteer', 'technician'],
  write: ['coordinator', 'employee', 'board'],
  approve: ['board'],
  publish: ['coordinator', 'board'],
  freeze: ['coordinator', 'employee', 'technician'],
  import: ['coordinator', 'technician'],
  describe: ['coordinator', 'technician'],
}

const READING: readonly Act[] = ['read-drafts']

/** Whether somebody may do an act: their key must allow it, and one of their roles. */
export function isAllowed(actor: Actor | undefined, act: Act): actor is Actor {
  if (!actor || !may(actor, READING.includes(act) ? 'report:read' : 'report:write')) return false
  // A key that was made on the command line speaks for whoever runs the instance.
  return actor.roles === undefined || actor.roles.some((role) => role === 'admin' || ROLES[act].includes(role))
}

/** @throws Refusal `key-missing` when nobody is known, `not-allowed` when they may not */
export function allow(actor: Actor | undefined, act: Act): Actor {
  if (!actor) throw refuse('key-missing')
  if (!isAllowed(actor, act)) throw refuse('not-allowed')
  return actor
}
