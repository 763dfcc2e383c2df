import { Type } from 'typebox'
import type { TicketKind } from './tickets.ts'

const Data = Type.Object({ address: Type.String() })

/** A new e-mail address, until its owner confirms it. */
export const ADDRESS_CHANGE: TicketKind<typeof Data> = { name: 'address', seconds: 24 * 3600, data: Data }
