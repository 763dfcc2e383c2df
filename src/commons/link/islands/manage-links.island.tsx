import { useEffect, useState } from 'preact/hooks'
import { island } from '../../../platform/pages/island.tsx'
import { rememberedKeys } from '../browser-keys.ts'

interface Props {
  [key: string]: string
  slug: string
  words: string
}

/** Links to the management page of a link, in the browser that made it. */
export const ManageLink = island('link/manage-links', function ManageLink({ slug, words }: Props) {
  const [address, setAddress] = useState<string>()
  useEffect(() => setAddress(rememberedKeys()[slug]), [slug])
  return address ? <a href={address}>{words}</a> : null
})
