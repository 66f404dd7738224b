import { type InvalidateOptions, type InvalidateQueryFilters, QueryClient, type QueryKey } from "@tanstack/react-query";

/**
 * What the page remembers of the backend. Whatever is found out of date is read again, also where it is just being read for
 * the first time: TanStack's own client lets such a reading end and takes its answer, which may be older than the change.
 */
export class Memory extends QueryClient {
  override async invalidateQueries<TaggedQueryKey extends QueryKey = QueryKey>(
    filters?: InvalidateQueryFilters<TaggedQueryKey>,
    options?: InvalidateOptions,
  ): Promise<void> {
    const firstRead = this.getQueryCache()
      .findAll(filters)
      .filter(({ state }) => state.fetchStatus === "fetching" && state.data === undefined);
    // Waits for what is being read.
    await super.invalidateQueries(filters, options);
    await Promise.all(firstRead.map(({ queryKey }) => super.invalidateQueries({ queryKey, exact: true }, options)));
  }
}
