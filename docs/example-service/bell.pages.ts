import type { PagesOfService } from '../../tests/pages.ts'
import { bell } from './service.ts'

export const bellPages: PagesOfService = { service: bell, pages: [{ path: '/' }] }
