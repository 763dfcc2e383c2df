/** One service's benchmark; what it returns is written down as it is. */
export type Bench = (tools: { say: (line: string) => void }) => Promise<Record<string, unknown>>

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}
