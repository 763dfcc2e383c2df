import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { CsvFile } from './csv-file.ts'
import { Dump } from './dump.ts'
import { MysqlServer } from './mysql-server.ts'
import { PostgresServer } from './postgres-server.ts'
import { SourceError, type Source } from './source.ts'
import { isSqlite, SqliteFile } from './sqlite-file.ts'

/**
 * Opens the database of a replaced software for reading.
 *
 * @param text `mysql://…`, `mariadb://…`, `postgres://…`, or the path of a SQLite file (`sqlite:` may stand before it),
 * of a SQL dump, plain or compressed by gzip, or of a table in CSV (its name ends so)
 * @throws SourceError when it cannot be read
 */
export async function openSource(text: string): Promise<Source> {
  if (/^(mysql|mariadb):\/\//.test(text)) return MysqlServer.open(text)
  if (/^postgres(ql)?:\/\//.test(text)) return PostgresServer.open(text)
  const path = text.replace(/^sqlite:(\/\/(?=\/))?/, '')
  const beginning = readBeginning(path)
  if (isSqlite(beginning)) return new SqliteFile(path)
  if (path !== text) throw new SourceError(`${path} is no SQLite file`)
  return /\.csv$/i.test(path) ? new CsvFile(path) : Dump.open(path)
}

function readBeginning(path: string): Buffer {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) throw new SourceError(`there is no file ${path}`)
  if (!found.isFile()) throw new SourceError(`${path} is no file`)
  if (found.size === 0) throw new SourceError(`${path} is empty`)
  try {
    const file = openSync(path, 'r')
    const beginning = Buffer.alloc(16)
    readSync(file, beginning)
    closeSync(file)
    return beginning
  } catch (error) {
    throw new SourceError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
}
