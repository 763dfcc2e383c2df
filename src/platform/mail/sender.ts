import type { OrganisationProfile } from '../organisation-profile.ts'
import type { Config } from '../config/settings.ts'
import { isMailbox } from './mailbox.ts'

/**
 * Who our e-mails come from: what is set, else where the association can be written to, else an address that nobody
 * reads.
 */
export function senderOf(
  { mail, domain }: Pick<Config, 'mail' | 'domain'>,
  { name, email }: Pick<OrganisationProfile, 'name' | 'email'>,
): { name: string; address: string } {
  return { name, address: mail.sender ?? (isMailbox(email) ? email : `noreply@${domain}`) }
}
