import { sweepService } from '../../tests/baseline.ts'
import { board } from './service.ts'

sweepService(board)
