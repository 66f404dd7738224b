import { useCallback, useEffect, useRef, useState } from "react";
import type { RuleTrial } from "../../../app/contract/category-views.ts";
import type { Category } from "../../../app/insight/rules.ts";
import { call } from "../../bridge/index.ts";

/** How far a rule has been tried over the library. */
export interface LibraryTrial extends Omit<RuleTrial, "sentence"> {
  readonly state: "running" | "stopped" | "done" | "failed";
  readonly failure: unknown;
}

/** Time in which somebody goes on typing before the library is asked, in milliseconds. */
const typingMs = 350;
/** Matches that are listed. */
export const listedMatches = 20;

const begun: LibraryTrial = {
  state: "running",
  failure: null,
  present: 0,
  absent: 0,
  unknown: 0,
  looked: 0,
  of: 0,
  matches: [],
};

/**
 * Tries a rule over the whole library, the latest conversations first, a second's worth at a time. Another rule begins
 * anew; `stop` and leaving end it. Null until there is a rule.
 */
export function useTrial(category: Pick<Category, "rule" | "kind"> | null): {
  readonly trial: LibraryTrial | null;
  readonly stop: () => void;
  readonly go: () => void;
} {
  const [trial, setTrial] = useState<LibraryTrial | null>(null);
  const [stopped, setStopped] = useState(false);
  const reached = useRef<{ readonly rule: string; readonly found: LibraryTrial } | null>(null);
  const rule = category === null ? null : JSON.stringify([category.rule, category.kind]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another rule is looked for whatever was stopped before
  useEffect(() => {
    // What the rule before has found stays on screen until this one has an answer.
    setTrial((now) => (now === null ? null : { ...now, state: "running" }));
    setStopped(false);
  }, [rule]);

  useEffect(() => {
    if (rule === null || stopped) return;
    const [wanted, kind] = JSON.parse(rule) as [Category["rule"], Category["kind"]];
    const ended = new AbortController();
    // One that was stopped goes on where it was.
    let found: LibraryTrial = reached.current?.rule === rule ? { ...reached.current.found, state: "running" as const } : begun;
    const run = async (): Promise<void> => {
      do {
        const more = await call("category.try", { rule: wanted, kind, skip: found.looked, limit: listedMatches }, ended.signal);
        if (ended.signal.aborted) return;
        const looked = found.looked + more.looked;
        found = {
          // Where nothing could be looked at any more, it is at its end too.
          state: looked >= more.of || more.looked === 0 ? "done" : "running",
          failure: null,
          present: found.present + more.present,
          absent: found.absent + more.absent,
          unknown: found.unknown + more.unknown,
          looked,
          of: more.of,
          matches: [...found.matches, ...more.matches].slice(0, listedMatches),
        };
        reached.current = { rule, found };
        setTrial(found);
      } while (found.state === "running" && !ended.signal.aborted);
    };
    const waiting = setTimeout(() => {
      run().catch((failure: unknown) => {
        if (!ended.signal.aborted) setTrial({ ...found, state: "failed", failure });
      });
    }, typingMs);
    return () => {
      clearTimeout(waiting);
      ended.abort();
    };
  }, [rule, stopped]);

  const stop = useCallback(() => {
    setStopped(true);
    setTrial((now) => (now === null ? now : { ...now, state: "stopped" }));
  }, []);
  const go = useCallback(() => setStopped(false), []);
  return { trial, stop, go };
}
