import type { Series } from '../figures/figure.ts'
import type { HousePlatform, Platform } from '../platform.ts'
import { prefixOf } from '../visits/figures.ts'
import type { App } from './app.ts'

/** Seconds for which a client may cache the figures: they are sampled once a day. */
const KEPT_FOR = 300

/**
 * Publishes figures with their history at `/stats.json`, for every page to read.
 *
 * @param isShown which of them
 */
export function publishFigures(
  app: App,
  { figures }: Platform,
  isShown: (series: Series) => boolean = () => true,
): void {
  const schema = { description: 'Every figure, with its history.' }
  app.get('/stats.json', { config: { published: true, isOpenToOtherSites: true }, schema }, async (_, reply) => {
    const series = [...(await figures.series()).values()].filter(isShown)
    return reply.header('cache-control', `public, max-age=${KEPT_FOR}`).send(
      series.map(({ isDeclared, isPublic: _isPublic, isDaily: _isDaily, ...one }) => ({
        ...one,
        continues: isDeclared,
      })),
    )
  })
}

/** The figures of one service on its own host, where nothing of another shape has that address. */
export function publishOwnFigures(app: App, platform: HousePlatform, service: string): void {
  const own = new Set((platform.running.get(service)?.figures ?? []).map(({ id }) => id))
  const { about } = platform.services.find(({ name }) => name === service) ?? {}
  const visits = `${prefixOf(about?.publicName ?? service)}.`
  if (own.size > 0 && !app.hasRoute({ method: 'GET', url: '/stats.json' }))
    publishFigures(app, platform, ({ id }) => own.has(id) || id.startsWith(visits))
}
