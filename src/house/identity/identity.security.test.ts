import { sweepService } from '../../../tests/baseline.ts'
import { identity } from './service.ts'

sweepService(identity, { tables: ['identity.oidc_payload'] })
