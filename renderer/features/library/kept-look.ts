import { useEffect, useState } from "react";
import type { LibraryTableLook } from "../../../app/contract/library-views.ts";
import { call, useCall } from "../../bridge/index.ts";
import { changeTo, changeView, currentView, hasWords, lookOf, useView } from "./view.ts";

/*
 * The person's own columns, widths and order, without a view being saved: they are kept in the library and are there
 * again after a restart. The search is not: who comes back wants to see everything.
 */

/** Written so long after the last change, so that dragging an edge writes once (ms). */
const writeMs = 400;

let isTakenUp = false;
let known = "";
let waiting: ReturnType<typeof setTimeout> | undefined;

function lookNow(): LibraryTableLook {
  const { text: _, ...look } = lookOf(currentView());
  return look;
}

function write(): void {
  if (waiting === undefined) return;
  clearTimeout(waiting);
  waiting = undefined;
  const look = lookNow();
  known = JSON.stringify(look);
  // Nothing of the person's is lost with it, and the next change writes again.
  call("settings.set", { libraryTable: look }).catch(() => undefined);
}

/** Brings the kept look before the table is first drawn, and keeps every change of it; answers whether it has been brought. */
export function useKeptLook(): boolean {
  const settings = useCall("settings.get", {});
  const { sortBy, direction, columns } = useView();
  const [isReady, setReady] = useState(isTakenUp);
  const kept = settings.data?.libraryTable;
  const isOver = settings.data !== undefined || settings.isError;

  useEffect(() => {
    if (isTakenUp || !isOver) return;
    isTakenUp = true;
    if (kept !== undefined && kept !== null) {
      const { text, ...look } = changeTo({ ...kept, text: currentView().text });
      // An order by match belongs to the search that is there already.
      changeView(hasWords(currentView().text) ? { columns: look.columns ?? null } : look);
    }
    known = JSON.stringify(lookNow());
    window.addEventListener("pagehide", write);
    setReady(true);
  }, [isOver, kept]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: what is kept is the look as it is now
  useEffect(() => {
    // An order by match goes with its search.
    if (!isTakenUp || sortBy === "relevance" || JSON.stringify(lookNow()) === known) return;
    clearTimeout(waiting);
    waiting = setTimeout(write, writeMs);
  }, [sortBy, direction, columns]);

  return isReady;
}
