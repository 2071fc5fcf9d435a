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
  return { results, count, limit, pages: limit > 0 ? Math.ceil(count / limit) : 0, page };
}
