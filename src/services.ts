import { report } from './association/report/service.ts'
import { link } from './commons/link/service.ts'
import { desk } from './house/desk/service.ts'
import { identity } from './house/identity/service.ts'
import { portal } from './house/portal/service.ts'
import type { Service } from './platform/service.ts'

/** The services of Bagad, in the order in which the portal shows them. */
export const services: Service[] = [portal, identity, link, report, desk]
