import type { Dialect } from './dump-dialects.ts'
import { DumpText } from './dump-text.ts'
import { DumpValues, isWordPart, Quoted, UNTOLD, type DumpCell } from './dump-values.ts'
import type { Cell } from './source.ts'

/** What a dump says that concerns us: that a table has these columns, or that rows of a table follow. */
export type DumpPart = TablePart | RowsPart

interface TablePart {
  kind: 'table'
  table: string
  columns: string[]
  /** Those that hold bytes. */
  bytes: string[]
}

interface RowsPart {
  kind: 'rows'
  table: string
  /** Undefined when the dump relies on the order of the table's own. */
  columns: string[] | undefined
}

/** First words of statements that change no row, and are read over. Any other is named and ends the reading. */
const HARMLESS =
  /^(alter|analyze|begin|call|comment|commit|create|drop|end|flush|grant|lock|pragma|refresh|reset|revoke|savepoint|security|select|set|start|truncate|unlock|use)$/

/** A first word in a definition of a table that is not the name of a column. */
const CONSTRAINT = /^(primary|key|unique|constraint|check|foreign|index|fulltext|spatial|exclude|like|period)$/i

/** Between CREATE and what is created. */
const MODIFIER = /^(or|replace|temp|temporary|unlogged|foreign|global|local|virtual)$/

/** What may hold statements of its own, between BEGIN (or CASE) and END. */
const HOLDS_STATEMENTS = /^(trigger|function|procedure)$/

/** Reads a dump forward, statement by statement, and the rows in it one by one. */
export class DumpReader {
  readonly #text: DumpText
  readonly #dialect: Dialect
  readonly #values: DumpValues
  /** What ends a statement: `DELIMITER` changes it. */
  #delimiter = ';'
  #database: string | undefined
  /** What follows: rows of an INSERT or a COPY, or the rest of a statement. */
  #within: 'nothing' | 'insert' | 'copy' = 'nothing'
  #ordinal = 0

  constructor(name: string, dialect: Dialect, pieces: AsyncIterable<Uint8Array>) {
    this.#text = new DumpText(name, pieces)
    this.#dialect = dialect
    this.#values = new DumpValues(this.#text, dialect)
  }

  /** The line that has just been read, and where it holds several rows, which of them. */
  get where(): string {
    return this.#within === 'insert'
      ? `line ${this.#text.line}, row ${this.#ordinal} of its INSERT`
      : `line ${this.#text.line}`
  }

  /** @returns the next part, after whatever was left of the one before; undefined at the end */
  async next(): Promise<DumpPart | undefined> {
    if (this.#within === 'copy') await this.#skipCopied()
    if (this.#within === 'insert') await this.#skipStatement()
    this.#within = 'nothing'
    for (;;) {
      await this.#skipBlank()
      if (await this.#text.read(() => this.#text.isOver)) return undefined
      const part = await this.#statement()
      if (part) return part
    }
  }

  /** Comments one by one, so that a long head needs no memory. */
  async #skipBlank(): Promise<void> {
    await this.#text.read(() => {
      do {
        this.#values.skipBlank()
        this.#text.mark()
      } while (this.#text.takes(this.#delimiter))
    })
  }

  async #statement(): Promise<DumpPart | undefined> {
    if (this.#dialect.name === 'mysqldump' && (await this.#delimiterLine())) return undefined
    if (this.#dialect.name === 'pg_dump' && (await this.#metaCommand())) return undefined
    const word = await this.#text.read(() => this.#word())
    switch (word) {
      case 'insert':
      case 'replace':
        return this.#text.read(() => this.#insertHead())
      case 'copy':
        return this.#text.read(() => this.#copyHead())
      case 'use':
        this.#useDatabase(await this.#text.read(() => this.#nameAfterBlank()))
        break
      case 'set':
        await this.#text.read(() => this.#setting())
        break
      case 'create':
        return this.#create()
      case 'delete': {
        const table = await this.#text.read(() => (this.#word(), this.#tableName()))
        if (!table.startsWith('sqlite_'))
          throw this.#text.error(`rows of ${table} are deleted again; only what is inserted is read`)
        break
      }
      case 'rollback':
        throw this.#text.error('the dump was given up: the program that wrote it could not read the whole database')
      default:
        if (!HARMLESS.test(word)) throw this.#text.error(await this.#text.read(() => this.#strangeStatement(word)))
    }
    await this.#skipStatement()
    return undefined
  }

  #strangeStatement(word: string): string {
    return `"${(word + this.#text.takeLine().toString('utf8')).slice(0, 40)}" is no statement that ${this.#dialect.name} writes`
  }

  /** A word in small letters, after blanks; empty when none comes. */
  #word(): string {
    this.#values.skipBlank()
    return this.#text.takeWhile(isWordPart).toString('latin1').toLowerCase()
  }

  #nameAfterBlank(): string {
    this.#values.skipBlank()
    return this.#values.name()
  }

  /** The name of a table; PostgreSQL's `public.` and the like are left out where they say nothing. */
  #tableName(): string {
    const first = this.#nameAfterBlank()
    if (!this.#text.takes('.')) return first
    const second = this.#values.name()
    return first === 'public' || this.#dialect.name !== 'pg_dump' ? second : `${first}.${second}`
  }

  /** `DELIMITER ;;` is no SQL but a word to the program that reads the dump back. */
  async #delimiterLine(): Promise<boolean> {
    return this.#text.read(() => {
      if (!this.#text.takes('delimiter ')) return false
      this.#delimiter = this.#text.takeLine().toString('latin1').trim() || ';'
      return true
    })
  }

  /** `\restrict`, `\connect` and the like are words to psql. */
  async #metaCommand(): Promise<boolean> {
    const line = await this.#text.read(() =>
      this.#text.peek() === 0x5c ? this.#text.takeLine().toString('utf8') : undefined,
    )
    if (line === undefined) return false
    const database = /^\\connect\s+(?:-reuse-previous=\w+\s+)?(.+)$/.exec(line)?.[1]
    if (database) this.#useDatabase(database)
    return true
  }

  /** Tables of two databases may bear one name. */
  #useDatabase(name: string): void {
    if (this.#database !== undefined && this.#database !== name)
      throw this.#text.error(
        `the dump holds the databases ${this.#database} and ${name}: dump the one that is meant alone`,
      )
    this.#database = name
  }

  #setting(): void {
    const name = this.#word()
    if (name === 'names' || name === 'client_encoding') this.#values.useCharset(this.#setTo())
    if (name === 'standard_conforming_strings' && this.#setTo() === 'off')
      throw this.#text.error('texts are escaped in the way of PostgreSQL before 9.1; dump again with a newer pg_dump')
  }

  /** `= 'UTF8'`, or after NAMES the word alone. */
  #setTo(): string {
    this.#values.skipBlank()
    if (this.#text.takes('=')) this.#values.skipBlank()
    const isQuoted = this.#text.takes("'")
    const value = this.#text.takeWhile(isWordPart).toString('latin1').toLowerCase()
    if (isQuoted) this.#text.takes("'")
    return value
  }

  #insertHead(): RowsPart {
    let word = this.#word()
    while (/^(ignore|delayed|low_priority|high_priority|or|replace|rollback|abort|fail)$/.test(word))
      word = this.#word()
    if (word !== 'into') throw this.#text.error('an INSERT without INTO is not read')
    const table = this.#tableName()
    this.#values.skipBlank()
    const columns = this.#text.takes('(') ? this.#names() : undefined
    let next = this.#word()
    if (next === 'overriding') next = (this.#word(), this.#word(), this.#word())
    if (next !== 'values') throw this.#text.error(`an INSERT into ${table} that lists no VALUES is not read`)
    this.#within = 'insert'
    this.#ordinal = 0
    return { kind: 'rows', table, columns }
  }

  #copyHead(): RowsPart {
    const table = this.#tableName()
    this.#values.skipBlank()
    const columns = this.#text.takes('(') ? this.#names() : undefined
    const rest = this.#text.takeLine().toString('latin1')
    if (!/^\s*from stdin;\s*$/i.test(rest))
      throw this.#text.error(`a COPY of ${table} from elsewhere than the dump is not read`)
    this.#within = 'copy'
    return { kind: 'rows', table, columns }
  }

  /** Names after their opening bracket, to the closing one. */
  #names(): string[] {
    const names: string[] = []
    do {
      names.push(this.#nameAfterBlank())
      this.#values.skipBlank()
    } while (this.#text.takes(','))
    if (!this.#text.takes(')')) throw this.#text.error('a list of columns does not end')
    return names
  }

  async #create(): Promise<TablePart | undefined> {
    const { what, part } = await this.#text.read(() => {
      let what = this.#word()
      while (MODIFIER.test(what)) what = this.#word()
      return { what, part: what === 'table' ? this.#tableDefinition() : undefined }
    })
    await this.#skipStatement(HOLDS_STATEMENTS.test(what))
    return part
  }

  /** Undefined for a table that is made in another way than by its columns. */
  #tableDefinition(): TablePart | undefined {
    this.#values.skipBlank()
    if (this.#text.takes('if not exists')) this.#values.skipBlank()
    const table = this.#tableName()
    this.#values.skipBlank()
    if (!this.#text.takes('(')) return undefined
    const part: TablePart = { kind: 'table', table, columns: [], bytes: [] }
    do {
      this.#values.skipBlank()
      const isPlain = isWordPart(this.#text.peek() ?? 0)
      const name = this.#values.name()
      if (!(isPlain && CONSTRAINT.test(name)) && name !== '') {
        part.columns.push(name)
        if (this.#dialect.bytes?.test(this.#word())) part.bytes.push(name)
      }
      this.#values.skipBlank()
      while (this.#text.peek() !== 0x2c && this.#text.peek() !== 0x29) {
        this.#skipToken()
        this.#values.skipBlank()
      }
    } while (this.#text.takes(','))
    if (!this.#text.takes(')')) throw this.#text.error(`the definition of the table ${table} does not end`)
    return part
  }

  /** One row of the part that was found last; undefined after its last one. */
  async row(): Promise<DumpCell[] | undefined> {
    if (this.#within === 'copy') return this.#copiedRow()
    if (this.#within !== 'insert' || !(await this.#text.read(() => this.#hasAnotherRow()))) return undefined
    const cells = await this.#text.read(() => this.#insertedRow())
    this.#ordinal++
    return cells
  }

  /** Reads over what stands between two rows of an INSERT, or over its end. */
  #hasAnotherRow(): boolean {
    this.#values.skipBlank()
    if (this.#ordinal > 0 && !this.#text.takes(',')) {
      this.#insertEnd()
      return false
    }
    this.#values.skipBlank()
    return true
  }

  #insertedRow(): DumpCell[] {
    if (!this.#text.takes('(')) throw this.#text.error('a row does not begin with a bracket')
    const cells: DumpCell[] = []
    do {
      this.#values.skipBlank()
      cells.push(this.#values.value())
      this.#values.skipBlank()
    } while (this.#text.takes(','))
    if (!this.#text.takes(')'))
      throw this.#text.error(this.#isCutOff('a row does not end') ?? 'a row has something between two values')
    return cells
  }

  #insertEnd(): void {
    if (this.#text.takes('on conflict do nothing')) this.#values.skipBlank()
    if (!this.#text.takes(this.#delimiter))
      throw this.#text.error(this.#isCutOff('an INSERT does not end') ?? 'an INSERT goes on after its rows')
    this.#within = 'nothing'
  }

  /**
   * The value of a cell of the row that was read last.
   *
   * @param isBytes whether its column holds bytes
   * @throws SourceError when the dump does not tell it, or when it is no text
   */
  cell(cell: DumpCell, isBytes: boolean): Cell {
    if (cell === UNTOLD) throw this.#text.error('a value is left to the database to compute, and not in the dump')
    if (!(cell instanceof Quoted)) return cell
    if (!isBytes) return this.#values.decode(cell.bytes, cell.charset)
    return this.#dialect.name === 'pg_dump' ? Buffer.from(cell.bytes.subarray(2).toString('latin1'), 'hex') : cell.bytes
  }

  #isCutOff(what: string): string | undefined {
    return this.#text.peek() === undefined ? `${what}: the file is cut off` : undefined
  }

  async #copiedRow(): Promise<DumpCell[] | undefined> {
    const line = await this.#text.read(() => this.#copiedLine())
    if (line === undefined) this.#within = 'nothing'
    return line && this.#values.copied(line)
  }

  #copiedLine(): Buffer | undefined {
    if (this.#text.isOver) throw this.#text.error('a COPY does not end: the file is cut off')
    const line = this.#text.takeLine()
    return line.length === 2 && line[0] === 0x5c && line[1] === 0x2e ? undefined : line
  }

  async #skipCopied(): Promise<void> {
    await this.#text.read(() => {
      while (this.#copiedLine()) this.#text.mark()
    })
  }

  /** Reads over what is left of a statement, token by token. */
  async #skipStatement(holdsStatements = false): Promise<void> {
    let depth = 0
    await this.#text.read(() => {
      for (;;) {
        this.#values.skipBlank()
        if (depth === 0 && this.#text.takes(this.#delimiter)) return
        if (this.#text.isOver) throw this.#text.error('a statement does not end: the file is cut off')
        const word = this.#skipToken()
        if (holdsStatements && (word === 'begin' || word === 'case')) depth++
        if (holdsStatements && word === 'end' && depth > 0) depth--
        this.#text.mark()
      }
    })
  }

  /** Reads over one token and what stands in its brackets; gives it in small letters when it is a word. */
  #skipToken(): string {
    const text = this.#text
    const byte = text.peek()
    if (byte === undefined) throw text.error('a statement does not end: the file is cut off')
    if (byte === 0x24 && this.#dialect.hasDollarQuotes) return this.#skipDollarQuoted()
    if (isWordPart(byte)) return this.#skipWord()
    if (byte === 0x27) this.#skipString(this.#dialect.hasBackslashes)
    else if (this.#dialect.nameQuotes.includes(String.fromCharCode(byte))) this.#values.name()
    else if (byte === 0x28) this.#skipBrackets()
    else text.skip()
    return ''
  }

  #skipWord(): string {
    const word = this.#text.takeWhile(isWordPart).toString('latin1').toLowerCase()
    if (word === 'e' && this.#dialect.name === 'pg_dump' && this.#text.peek() === 0x27) this.#skipString(true)
    return word
  }

  #skipString(hasBackslashes: boolean): void {
    const text = this.#text
    text.skip()
    for (let byte = text.peek(); byte !== 0x27 || text.peek(1) === 0x27; byte = text.peek()) {
      if (byte === undefined) throw text.error('a text does not end: the file is cut off')
      text.skip(byte === 0x27 || (byte === 0x5c && hasBackslashes) ? 2 : 1)
    }
    text.skip()
  }

  #skipBrackets(): void {
    this.#text.skip()
    this.#values.skipBlank()
    while (!this.#text.takes(')')) {
      this.#skipToken()
      this.#values.skipBlank()
    }
  }

  /** `$tag$ … $tag$`; a lone `$1` is a word. */
  #skipDollarQuoted(): string {
    const text = this.#text
    text.skip()
    const tag = text.takeWhile((byte) => isWordPart(byte) && byte !== 0x24).toString('latin1')
    if (/^\d/.test(tag) || !text.takes('$')) return ''
    if (!text.takeUntil(`$${tag}$`)) throw text.error(`the text $${tag}$ does not end: the file is cut off`)
    return ''
  }
}
