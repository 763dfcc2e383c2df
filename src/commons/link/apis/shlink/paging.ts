import { Type } from 'typebox'

/** The most items of a page. */
export const LONGEST_PAGE = 5000

/** The paging parameters of Shlink's lists. */
export const PAGE = {
  page: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
  itemsPerPage: Type.Optional(
    Type.Integer({ minimum: -1, description: 'Less than 1 asks for as many as a page can hold.' }),
  ),
}

/** The requested page of a list. */
export interface Part {
  page: number
  limit: number
  offset: number
}

/** @param usual default items of a page */
export function partOf({ page = 1, itemsPerPage }: { page?: number; itemsPerPage?: number }, usual: number): Part {
  const wanted = itemsPerPage ?? usual
  const limit = wanted < 1 ? LONGEST_PAGE : Math.min(wanted, LONGEST_PAGE)
  return { page, limit, offset: (page - 1) * limit }
}

/** Returns a page of a list, with its position in the whole. */
export function paged<Item>(data: Item[], { page, limit }: Part, total: number): { data: Item[]; pagination: object } {
  const pagination = {
    currentPage: page,
    pagesCount: Math.max(1, Math.ceil(total / limit)),
    itemsPerPage: limit,
    itemsInCurrentPage: data.length,
    totalItems: total,
  }
  return { data, pagination }
}
