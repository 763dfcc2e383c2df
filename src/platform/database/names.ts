/** A name as SQL takes it where it takes no parameter. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** The name of a table (or of a sequence) with its schema, as SQL takes it. */
export function quotedTable({ schema, name }: { schema: string; name: string }): string {
  return `${quoted(schema)}.${quoted(name)}`
}
