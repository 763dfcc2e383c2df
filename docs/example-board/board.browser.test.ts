import { describePages } from '../../tests/pages.ts'
import { boardPages } from './board.pages.ts'

describePages(boardPages)
