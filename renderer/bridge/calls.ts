import { keepPreviousData, type UseQueryResult, useMutation, useQuery } from "@tanstack/react-query";
import type { CallInput, CallName, CallOutput } from "../../app/contract/api.ts";
import { EarmarkError } from "../../app/contract/errors.ts";
import { call } from "./bridge.ts";
import { Memory } from "./memory.ts";

/** The page's memory of what the backend said. Events keep it fresh, so nothing is read again on a timer or on focus. */
export const memory = new Memory({
  defaultOptions: {
    queries: {
      staleTime: Number.POSITIVE_INFINITY,
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
      networkMode: "always",
      retry: (attempt, error) => attempt < 3 && isConnectionLost(error),
    },
    mutations: { networkMode: "always", retry: false },
  },
});

/** Whether a failure means that nobody answered, rather than that somebody said no. */
export function isConnectionLost(error: unknown): boolean {
  return error instanceof EarmarkError && error.details["connection"] === "lost";
}

/** The key under which the answer to a call is remembered. */
export function keyOf<N extends CallName>(name: N, input: CallInput<N>): readonly [N, CallInput<N>] {
  return [name, input];
}

/** What a query needs to ask a call. */
export interface Query<N extends CallName> {
  readonly queryKey: readonly [N, CallInput<N>];
  readonly queryFn: (context: { readonly signal: AbortSignal }) => Promise<CallOutput<N>>;
}

/** What a query needs to ask a call; for `useQueries` and prefetching. */
export function queryOf<N extends CallName>(name: N, input: CallInput<N>): Query<N> {
  return {
    queryKey: keyOf(name, input),
    queryFn: ({ signal }) => call(name, input, signal),
  };
}

/** The answer to a call, kept fresh by events. With `keep`, the last answer stays on screen while another input is asked. */
export function useCall<N extends CallName>(
  name: N,
  input: CallInput<N>,
  options: { enabled?: boolean; keep?: boolean } = {},
): UseQueryResult<CallOutput<N>> {
  return useQuery({
    ...queryOf(name, input),
    enabled: options.enabled ?? true,
    ...(options.keep === true ? { placeholderData: keepPreviousData } : {}),
  }) as UseQueryResult<CallOutput<N>>;
}

/**
 * A call that changes something. A failure is told by `onUnshownFailure`, unless the caller shows it `inPlace`, from
 * the mutation's `error`.
 */
export function useAct<N extends CallName>(
  name: N,
  settled?: (output: CallOutput<N>) => void,
  failures: "told" | "inPlace" = "told",
) {
  return useMutation<CallOutput<N>, Error, CallInput<N>>({
    mutationFn: (input) => call(name, input),
    meta: { failures },
    ...(settled === undefined ? {} : { onSuccess: settled }),
  });
}

/** Hears the failures of calls that no component shows in its own place; answers with its undo. */
export function onUnshownFailure(listener: (failure: Error) => void): () => void {
  return memory.getMutationCache().subscribe((event) => {
    if (event.type !== "updated" || event.action.type !== "error" || event.mutation.meta?.["failures"] !== "told") return;
    listener(event.action.error);
  });
}
