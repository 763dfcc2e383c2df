import { sweepService } from '../../../tests/baseline.ts'
import { portal } from './service.ts'

sweepService(portal)
