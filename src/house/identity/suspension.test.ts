import { afterAll, beforeAll, expect, test } from 'vitest'
import { bell } from '../../../docs/example-service/service.ts'
import { openTestInstance, type TestInstance } from '../../../tests/instance.ts'
import { personIn, roomsOf } from '../../../tests/people.ts'
import { until } from '../../../tests/process.ts'
import { Worker } from '../../platform/jobs/worker.ts'
import type { OrdinaryService } from '../../platform/service.ts'

let it: TestInstance

/** What the bell was told, and whether it can hear. */
const heard: [account: string, isFrozen: boolean][] = []
let isDeaf = false

const attentive: OrdinaryService = {
  ...bell,
  open: async (platform, process) => ({
    ...(await bell.open(platform, process)),
    person: {
      export: async () => {},
      erase: async () => {
        if (isDeaf) throw new Error('the bell is deaf')
      },
      freeze: async (account, isFrozen) => {
        if (isDeaf) throw new Error('the bell is deaf')
        heard.push([account, isFrozen])
      },
    },
  }),
}

beforeAll(async () => {
  it = await openTestInstance({ services: [attentive] })
})
afterAll(() => it[Symbol.asyncDispose]())

async function accountOf(login: string) {
  const account = await roomsOf(it).accounts.get(await personIn(it, login))
  if (!account) throw new Error(`${login} is not there`)
  return account
}

const waiting = async () => {
  const { rows } = await it.instance.platform.database.pool.query<{ key: string }>(
    `select key from graphile_worker.jobs where task_identifier = 'identity.tell-services' order by key`,
  )
  return rows.map(({ key }) => key)
}

function work(): Worker {
  const { database, jobs, log } = it.instance.platform
  return new Worker({ connection: database.connection, jobs: jobs.declared, log })
}

test('services hear of an account that rests or wakes, as it is when they are told, from a job of the same transaction', async () => {
  const { accountClosure } = roomsOf(it)
  const account = await accountOf('nolwenn')
  const fails = async () => {
    throw new Error('the letter could not be written')
  }
  await expect(accountClosure.suspend(account, true, 'essai', null, fails)).rejects.toThrow('the letter')
  expect(await waiting()).toEqual([])
  await accountClosure.suspend(account, true, 'essai', null)
  expect(await waiting()).toEqual([`identity.tell-services/${account.id}`])
  expect(heard).toEqual([])
  await accountClosure.notifyServices(account.id)
  await accountClosure.suspend(account, false, '', null)
  await accountClosure.suspend(account, true, 'essai', null)
  await accountClosure.suspend(account, false, '', null)
  expect(await waiting()).toHaveLength(1)
  await using _ = work()
  await until('the bell has heard of both', () => heard.length === 2)
  expect(heard.splice(0)).toEqual([
    [account.id, true],
    [account.id, false],
  ])
})

test('who rested, then was to be erased, and stays after all, is awake for the services too', async () => {
  const { accountClosure } = roomsOf(it)
  const account = await accountOf('paol')
  await using _ = work()
  await accountClosure.suspend(account, true, 'essai', null)
  await until('the bell has heard that it rests', () => heard.length === 1)
  await accountClosure.close(account, 'delete', null)
  // It rests on while it closes.
  await accountClosure.notifyServices(account.id)
  await accountClosure.keep(account.id, null)
  await until('the bell has heard that it wakes', () => heard.length === 2)
  expect(heard.splice(0)).toEqual([
    [account.id, true],
    [account.id, false],
  ])
})

test('a service that fails is told again; one account that cannot be erased stops nothing for the others', async () => {
  const { accountClosure, accounts } = roomsOf(it)
  const [first, second] = [await accountOf('quentin'), await accountOf('rivanon')]
  await accountClosure.suspend(first, true, 'essai', null)
  isDeaf = true
  await expect(accountClosure.notifyServices(first.id)).rejects.toThrow('the bell is deaf')
  for (const account of [first, second]) await accountClosure.close(account, 'delete', null)
  await it.instance.platform.database.pool.query(
    'update identity.account set erase_on = current_date - 1 where id = any ($1)',
    [[first.id, second.id]],
  )
  await expect(accountClosure.eraseDue()).rejects.toThrow('2 could not be done')
  isDeaf = false
  expect(await accountClosure.eraseDue()).toBe(2)
  expect((await accounts.get(second.id))?.state).toBe('erased')
})
