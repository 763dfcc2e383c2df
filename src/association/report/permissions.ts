import { holds, may, type Caller } from '../../platform/access/caller.ts'
import type { Role } from '../../platform/access/roles.ts'
import { ownRefusals } from '../../platform/http/refusal-of.ts'
import { refuse } from './refusals.ts'

/** The actions on figures and reports. */
export type Act = 'read-drafts' | 'write' | 'comment' | 'approve' | 'publish' | 'freeze' | 'import' | 'describe'

/**
 * The roles with each permission: the coordinator and the employees write, the council approves, the technicians
 * maintain the figures. The administrator may do everything.
 */
const ROLES: Record<Act, readonly Role[]> = {
  'read-drafts': ['coordinator', 'employee', 'board', 'treasurer', 'volunteer', 'technician'],
  comment: ['coordinator', 'employee', 'board', 'treasurer', 'volunteer', 'technician'],
  write: ['coordinator', 'employee', 'board'],
  approve: ['board'],
  publish: ['coordinator', 'board'],
  freeze: ['coordinator', 'employee', 'technician'],
  import: ['coordinator', 'technician'],
  describe: ['coordinator', 'technician'],
}

/** Whether a caller has a permission: both the API key and a role must allow it. */
export function isAllowed(caller: Caller | undefined, act: Act): caller is Caller {
  return (
    caller !== undefined &&
    may(caller, act === 'read-drafts' ? 'report:read' : 'report:write') &&
    holds(caller, ...ROLES[act])
  )
}

/** @throws Refusal `authentication-required` without a caller, `not-allowed` without the permission */
export function allow(caller: Caller | undefined, act: Act): Caller {
  if (!caller) throw ownRefusals('authentication-required')
  if (!isAllowed(caller, act)) throw refuse('not-allowed')
  return caller
}
