import { sweepService } from '../../../tests/baseline.ts'
import { desk } from './service.ts'

sweepService(desk)
