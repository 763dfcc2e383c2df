import type { JSX } from 'preact'
import type { Block, DrawingBlock, Inline, TableBlock } from '../documents/document.ts'
import { words } from '../language/own-words.ts'
import { usePage } from './context.ts'
import { Drawing } from './drawing.tsx'

/**
 * The blocks of a document on a page.
 *
 * @param after what stands below a block, where something does
 */
export function Blocks({
  blocks,
  after,
}: {
  blocks: Block[]
  after?: (block: Block) => JSX.Element | null
}): JSX.Element {
  return (
    <>
      {blocks.map((block) => (
        <>
          <BlockPart block={block} />
          {after?.(block)}
        </>
      ))}
    </>
  )
}

function BlockPart({ block }: { block: Block }): JSX.Element {
  switch (block.kind) {
    case 'heading':
      return <Heading block={block} />
    case 'paragraph':
      return (
        <p>
          <Text text={block.text} />
        </p>
      )
    case 'list':
      return <List block={block} />
    case 'quote':
      return (
        <blockquote>
          <Blocks blocks={block.blocks} />
        </blockquote>
      )
    case 'code':
      return (
        <pre>
          <code>{block.text}</code>
        </pre>
      )
    case 'rule':
      return <hr />
    case 'note':
      return <p class="noted">{block.text}</p>
    case 'table':
      return <DataTable table={block} />
    case 'drawing':
      return <DrawingPart drawing={block} />
  }
}

function Heading({ block: { level, text, id } }: { block: Extract<Block, { kind: 'heading' }> }): JSX.Element {
  const Level = `h${level}` as const
  return (
    <Level id={id}>
      <Text text={text} />
    </Level>
  )
}

function List({ block: { isOrdered, items } }: { block: Extract<Block, { kind: 'list' }> }): JSX.Element {
  const parts = items.map((item) => (
    <li>
      {item.length === 1 && item[0]?.kind === 'paragraph' ? <Text text={item[0].text} /> : <Blocks blocks={item} />}
    </li>
  ))
  return isOrdered ? <ol>{parts}</ol> : <ul>{parts}</ul>
}

function Text({ text }: { text: Inline[] }): JSX.Element {
  return (
    <>
      {text.map((part) => (
        <Run part={part} />
      ))}
    </>
  )
}

function Run({ part: { text, isStrong, isEmphasised, isCode, link } }: { part: Inline }): JSX.Element {
  let run = <>{text}</>
  if (isCode) run = <code>{run}</code>
  if (isEmphasised) run = <em>{run}</em>
  if (isStrong) run = <strong>{run}</strong>
  return link ? <a href={link}>{run}</a> : run
}

/** A table of figures, with the notes that its cells lead to. */
export function DataTable({ table }: { table: TableBlock }): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  return (
    <>
      <section class="table" tabIndex={0} aria-label={say('figures.data-of', { title: table.caption })}>
        <table data-table={table.id}>
          <caption>{table.caption}</caption>
          <thead>
            <tr>
              <th scope="col">
                <span class="sr-only">{table.labels}</span>
              </th>
              {table.head.map((heading) => (
                <th scope="col">{heading}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.rows.map(({ id, label, cells }) => (
              <tr data-series={id}>
                <th scope="row">{label}</th>
                {cells.map(({ text, mark }) => (
                  <td>
                    {text === '' ? <span class="sr-only">{say('figures.unknown')}</span> : text}
                    {mark !== undefined && (
                      <a
                        class="note-mark"
                        href={`#note-${table.id}-${mark}`}
                        aria-label={say('figures.note', { mark })}
                        data-mark={mark}
                      />
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {table.notes.map((note, index) => (
        <p class="noted" id={`note-${table.id}-${index + 1}`}>
          {index + 1}. {note}
        </p>
      ))}
    </>
  )
}

/** A drawing of a document; what it is owed to stands below it. */
export function DrawingPart({
  drawing: { title, isTitledAbove = false, svg, data, credit },
}: {
  drawing: DrawingBlock
}): JSX.Element {
  const { reader } = usePage()
  return (
    <figure class="drawn">
      {!isTitledAbove && <figcaption>{title}</figcaption>}
      <Drawing svg={svg} />
      {data && (
        <details class="data">
          <summary>{reader.say(words)('figures.data')}</summary>
          <DataTable table={data} />
        </details>
      )}
      {credit && <p class="noted">{credit}</p>}
    </figure>
  )
}
