import type { Switch } from '../../platform/moderation/moderated.ts'
import type { Contents } from './contents.ts'

/** A switch of a service, with its current value. */
export interface ReadSwitch extends Pick<Switch, 'name' | 'label' | 'choices'>, Awaited<ReturnType<Switch['read']>> {
  service: string
}

/** Reads the switches of all services. */
export async function readSwitches(contents: Contents): Promise<ReadSwitch[]> {
  const all = contents.services.flatMap((service) =>
    (contents.of(service).switches ?? []).map((one) => ({ service, one })),
  )
  return Promise.all(
    all.map(async ({ service, one }) => ({
      service,
      name: one.name,
      label: one.label,
      choices: one.choices,
      ...(await one.read()),
    })),
  )
}

/**
 * Sets a switch.
 *
 * @returns false when there is no such switch, or the value is not allowed
 */
export async function turnSwitch(contents: Contents, service: string, name: string, value: string): Promise<boolean> {
  const found = contents.of(service).switches?.find((one) => one.name === name)
  if (!found?.choices.some((choice) => choice.value === value)) return false
  await found.set(value)
  return true
}
