/** Loaded before each test file where the machine has no such PostgreSQL: every test is there, and skipped. */
import type * as Vitest from 'vitest'
import { vi } from 'vitest'

vi.mock('vitest', async (original) => {
  const vitest = await original<typeof Vitest>()
  return { ...vitest, test: vitest.test.skip, describe: vitest.describe.skip }
})
