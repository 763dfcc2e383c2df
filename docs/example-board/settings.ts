import { count, defineSettings } from '../../src/platform/config/settings.ts'

/** `[services.board]` of `bagad.toml`. */
export const settings = defineSettings({
  days: count('Days for which a notice is shown.', 30, 365),
})
