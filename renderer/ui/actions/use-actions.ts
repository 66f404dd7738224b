import { useEffect, useRef, useSyncExternalStore } from "react";
import type { ActionId } from "./catalogue.ts";
import { type ActionRuns, type AvailableAction, availableActions, chordsOf, holdActions, onActionsChange } from "./registry.ts";

/**
 * Holds actions while the component is there: what each does is what was said in the last render. An action given as
 * undefined is not held.
 */
export function useActions(runs: ActionRuns): void {
  const latest = useRef(runs);
  latest.current = runs;
  const ids = (Object.keys(runs) as ActionId[]).filter((id) => runs[id] !== undefined).join(" ");
  useEffect(() => {
    const mine = ids === "" ? [] : (ids.split(" ") as ActionId[]);
    return holdActions(Object.fromEntries(mine.map((id) => [id, () => latest.current[id]?.()])));
  }, [ids]);
}

/** The actions that can be run now, with their chords; drawn anew when that changes. */
export function useAvailableActions(): readonly AvailableAction[] {
  return useSyncExternalStore(onActionsChange, availableActions);
}

/** The chords of an action as they hold now. */
export function useChords(id: ActionId): readonly string[] {
  return useSyncExternalStore(onActionsChange, () => chordsOf(id));
}
