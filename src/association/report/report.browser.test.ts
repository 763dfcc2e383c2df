import { describePages } from '../../../tests/pages.ts'
import { reportPages } from './report.pages.ts'

describePages(reportPages)
