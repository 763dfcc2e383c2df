import type { OrganisationProfile } from '../../platform/organisation-profile.ts'
import type { Identity } from '../../platform/access/identity.ts'
import type { Palette } from '../../platform/drawings/palette.ts'
import type { Figures } from '../../platform/figures/figures.ts'
import type { Outgoing } from '../../platform/outgoing/outgoing.ts'
import type { Addresses } from '../../platform/addresses.ts'
import type { Collective } from './collective/collective.ts'
import type { Editions } from './editions/editions.ts'
import type { Comments } from './writing/comments.ts'
import type { Reports } from './writing/reports.ts'

/** The opened state of the service, which its routes use. */
export interface ReportContext {
  figures: Figures
  reports: Reports
  editions: Editions
  comments: Comments
  /** People's names, read at each request. */
  identity: () => Identity
  collective: Collective
  outgoing: Outgoing
  addresses: Addresses
  association: OrganisationProfile
  palette: Palette
  timeZone: string
  today: () => Temporal.PlainDate
}
