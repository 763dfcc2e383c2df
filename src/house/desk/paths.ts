import type { ContentRef } from './contents.ts'

/** The desk's page of one content. */
export function pathOf({ service, content }: ContentRef): string {
  return `/file/${service}/${encodeURIComponent(content)}`
}

/** Leads to the next content that waits, after one; a decision that was just made can be undone there. */
export function nextPath({ service, content }: ContentRef, done?: number): string {
  return `/file/suivant?${new URLSearchParams({ service, content, ...(done !== undefined && { done: String(done) }) }).toString()}`
}
