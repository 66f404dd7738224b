import { useEffect, useRef, useState } from "react";
import type { Evidence } from "../../../app/conformity/evidence.ts";
import { useActions } from "../../ui/actions/index.ts";
import type { GoTo } from "./left-behind.tsx";
import type { PanelTab } from "./panel-tabs.ts";

/** Shows a quote in the transcript, and plays from there in a call. */
export function playQuote(goTo: GoTo): (quote: Evidence) => void {
  return ({ anchor: { startMs, turnId, wordIds } }) => goTo({ startMs, turnIds: turnId === null ? [] : [turnId], wordIds });
}

/** The element that holds what was written. */
export const summaryId = "written-of-conversation";

/** A key leads to the summary from anywhere on the page, and from there back to where the person was. */
export function useSummaryKey(tab: PanelTab, setTab: (tab: PanelTab) => void): void {
  const before = useRef<Element | null>(null);
  const [asked, setAsked] = useState(0);
  useActions({
    "summary.go": () => {
      const here = document.activeElement;
      if (tab === "summary" && here?.closest(`#${summaryId}`) != null) {
        const back = before.current?.isConnected === true ? before.current : document.querySelector('[data-testid="transcript"]');
        if (back instanceof HTMLElement) back.focus();
        return;
      }
      before.current = here;
      setTab("summary");
      setAsked((times) => times + 1);
    },
  });
  const heeded = useRef(0);
  useEffect(() => {
    if (tab !== "summary" || asked === heeded.current) return;
    heeded.current = asked;
    document.getElementById(summaryId)?.focus();
  }, [tab, asked]);
}
