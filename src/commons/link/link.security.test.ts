import { sweepService } from '../../../tests/baseline.ts'
import { link } from './service.ts'

sweepService(link, {
  tables: ['link.link_day', 'figures.tally'],
  columns: ['clicks', 'bots', 'last_click_on'],
  leadElsewhere: ['/:slug'],
  notifyAll: ['/:slug'],
})
