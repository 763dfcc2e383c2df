import { defineConfig } from 'vitest/config'
import { FLOOR, hasFloor } from './tests/floor-database.ts'

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  test: {
    // A bound for what hangs, and no measure of speed: the machine may be doing other things.
    testTimeout: 90_000,
    hookTimeout: 180_000,
    // What is printed, the logs of instances too, is shown of tests that fail.
    silent: 'passed-only',
    expect: { poll: { timeout: 60_000 } },
    // One more than the cores of a small machine: many tests wait for something, and cost nothing meanwhile.
    maxWorkers: 3,
    // The files that a worker runs share its modules: reading them anew for each was a third of what all tests cost.
    isolate: false,
    setupFiles: ['tests/processor-time.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'bagad',
          include: ['src/**/*.test.{ts,tsx}', 'tests/**/*.test.{ts,tsx}', 'docs/**/*.test.ts'],
          exclude: ['tests/floor.test.ts'],
          globalSetup: ['tests/database.ts'],
        },
      },
      {
        // The platform's SQL, and every route of every service, once more on the oldest PostgreSQL that we promise. Where the
        // machine has none, all of it is skipped.
        extends: true,
        test: {
          name: FLOOR.name,
          include: ['src/platform/*/**/*.test.{ts,tsx}', 'tests/floor.test.ts'],
          exclude: [
            'src/platform/{blobs,config,documents,drawings,http,images,keys,language,metrics,outgoing,pages,passwords}/**',
            'src/platform/{backup/moving,database/embedded,database/trivially-safe}.test.ts',
          ],
          globalSetup: ['tests/floor-database.ts'],
          setupFiles: ['tests/processor-time.ts', ...(hasFloor ? [] : ['tests/floor-missing.ts'])],
        },
      },
    ],
  },
})
