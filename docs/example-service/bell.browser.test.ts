import { describePages } from '../../tests/pages.ts'
import { bellPages } from './bell.pages.ts'

describePages(bellPages)
