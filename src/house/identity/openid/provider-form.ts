/** A form of the provider: its action and its fields. */
export interface ProviderForm {
  action: string
  fields: [name: string, value: string][]
}

/**
 * Parses a form that the provider generated. Its pages contain scripts and styles that our policy forbids. Only the
 * provider's own HTML is parsed, in which it has escaped every value.
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
