import { sweepService } from '../../tests/baseline.ts'
import { bell } from './service.ts'

sweepService(bell)
