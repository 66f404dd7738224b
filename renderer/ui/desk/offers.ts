import { useEffect, useSyncExternalStore } from "react";

/** Something that a page adds to the palette beside its actions: a saved view, a list. */
export interface Offer {
  /** Unlike every other's. */
  readonly id: string;
  readonly label: string;
  readonly run: () => void;
}

const offered = new Map<symbol, readonly Offer[]>();
const listeners = new Set<() => void>();
let all: readonly Offer[] = [];

function settle(): void {
  all = [...offered.values()].flat();
  for (const listener of listeners) listener();
}

/** Adds to the palette while the component is there. Pass the same array for as long as nothing changes. */
export function useOffers(offers: readonly Offer[]): void {
  useEffect(() => {
    const mine = Symbol("offers");
    offered.set(mine, offers);
    settle();
    return () => {
      offered.delete(mine);
      settle();
    };
  }, [offers]);
}

/** What pages have added. */
export function useOffered(): readonly Offer[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => all,
  );
}
