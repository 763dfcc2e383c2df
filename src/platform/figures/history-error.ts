import type { FigureDate, Known } from './figure.ts'

/** A file of history that cannot be used: each problem with its path in the file and the value found there. */
export class HistoryError extends Error {
  override name = 'HistoryError'
}

/** A point that is there already with another value than a file tells. */
export interface Conflict {
  figure: string
  date: FigureDate
  there: Known
  incoming: Known
}

/** A history file with other values than the stored ones: a person must decide which ones count. */
export class HistoryConflict extends HistoryError {
  override name = 'HistoryConflict'
  readonly conflicts: Conflict[]

  constructor(conflicts: Conflict[]) {
    super(
      conflicts
        .map(
          ({ figure, date, there, incoming }) =>
            `${figure} ${date} is ${there.value ?? there.state} already, the file says ${incoming.value ?? incoming.state}`,
        )
        .join('\n'),
    )
    this.conflicts = conflicts
  }
}
