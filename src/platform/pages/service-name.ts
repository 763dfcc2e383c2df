import type { PageScope } from './context.ts'

/** What a service is called, for the reader; its folder's name for one that does not run here. */
export function serviceName({ platform, reader }: Pick<PageScope, 'platform' | 'reader'>, service: string): string {
  return platform.services.find(({ name }) => name === service)?.about.name[reader.language] ?? service
}
