import type { App } from '../../../../platform/http/app.ts'
import type { LinkContext } from '../../context.ts'
import { instanceRoutes, openRoutes } from './instance.ts'
import { askForKeys, speakShlink } from './scope.ts'
import { shortUrlRoutes } from './short-urls.ts'
import { tagRoutes } from './tags.ts'
import { visitsRoutes } from './visits.ts'

/** The part of Shlink's REST API that its clients use, below `/rest`. */
export function shlinkRoutes(app: App, context: LinkContext): void {
  void app.register(async (api: App) => {
    speakShlink(api)
    openRoutes(api)
    void api.register(async (keyed: App) => {
      askForKeys(keyed, context)
      shortUrlRoutes(keyed, context)
      tagRoutes(keyed, context)
      visitsRoutes(keyed, context)
      instanceRoutes(keyed, context)
    })
  })
}
