/** Pages of lists (protocol section 1, "Pagination"). */

export interface PageRequest {
  readonly page: number;
  readonly limit: number;
}

export function pageOffset({ page, limit }: PageRequest): number {
  return (page - 1) * limit;
}

/** The body of a `/paginate` answer. */
export function presentPage<Item>(results: readonly Item[], count: number, { page, limit }: PageRequest) {
  return { results, count, limit, pages: pageCount(count, limit), page };
}

/** How many pages it takes; none when a page holds nothing. */
export function pageCount(count: number, limit: number): number {
  return limit > 0 ? Math.ceil(count / limit) : 0;
}
