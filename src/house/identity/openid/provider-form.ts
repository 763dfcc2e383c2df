/** A form of the provider, as ours is made from it: where it goes, and what it carries. */
export interface ProviderForm {
  action: string
  fields: [name: string, value: string][]
}

/**
 * Reads a form that the provider wrote: its pages have scripts and styles of their own, which our policy does not allow. Only
 * the provider's own text comes here, with every value escaped by it.
 */
export function readProviderForm(html: string): ProviderForm {
  const action = plain(/<form[^>]* action="([^"]*)"/.exec(html)?.[1] ?? '')
  const fields = [...html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)].map(
    ([, name = '', value = '']): [string, string] => [plain(name), plain(value)],
  )
  return { action, fields }
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&apos;': "'",
}

function plain(escaped: string): string {
  return escaped.replaceAll(/&(amp|lt|gt|quot|apos|#39);/g, (entity) => ENTITIES[entity] ?? entity)
}
