import type { ContentRef } from './contents.ts'

/** The moderation page of a content. */
export function pathOf({ service, content }: ContentRef): string {
  return `/file/${service}/${encodeURIComponent(content)}`
}

/** The path of the next waiting content, where a decision that was just made can be undone. */
export function nextPath({ service, content }: ContentRef, done?: number): string {
  return `/file/suivant?${new URLSearchParams({ service, content, ...(done !== undefined && { done: String(done) }) }).toString()}`
}
