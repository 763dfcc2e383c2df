import { sweepService } from '../../../tests/baseline.ts'
import { report } from './service.ts'

sweepService(report)
