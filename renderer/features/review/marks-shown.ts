import { useMemo } from "react";
import type { ConversationView } from "../../../app/contract/views.ts";
import type { Conversation } from "../../../app/conversation/conversation.ts";
import { useCall } from "../../bridge/index.ts";
import { useKept } from "../../ui/desk/kept-place.ts";
import {
  categoryMarks,
  countMarks,
  entityMarks,
  type Mark,
  type MarkKind,
  markKinds,
  marksByTurn,
  type PlacedMark,
  placeMarks,
  redactionMarks,
  tellingMarks,
  vendorMarks,
} from "./marks.ts";
import type { WordPlaces } from "./transcript-caret.ts";

/** The marks of a transcript, and which kinds of them are shown. */
export interface ShownMarks {
  readonly counts: Readonly<Record<MarkKind, number>>;
  readonly isShown: (kind: MarkKind) => boolean;
  readonly toggle: (kind: MarkKind) => void;
  /** All kinds, or none where all are shown. */
  readonly toggleAll: () => void;
  /** Marks of the shown kinds, by turn id. */
  readonly byTurn: ReadonlyMap<string, readonly Mark[]>;
  /** The same in the order of the transcript. */
  readonly placed: readonly PlacedMark[];
}

/**
 * The marks of a conversation. They name words, and so stay with them while a correction is on its way to who found them;
 * in the machine's version, of which nothing was read, only what is masked is marked.
 */
export function useMarks({
  view,
  conversation,
  places,
  ofMachine,
}: {
  view: ConversationView;
  conversation: Conversation;
  places: WordPlaces;
  ofMachine: boolean;
}): ShownMarks {
  const { id, turns, redactions, vendor } = conversation;
  const results = useCall("category.results", { conversationId: id }, { enabled: turns.length > 0 }).data;
  const entities = view.insight?.entities;
  const [kept, keep] = useKept<string>("marks.hidden", "");
  const all = useMemo(
    () => [
      ...redactionMarks({ turns, redactions }, view.operations),
      ...(ofMachine
        ? []
        : [
            ...categoryMarks(results?.findings ?? []),
            ...vendorMarks({ vendor, turns }),
            ...tellingMarks(results?.spans ?? []),
            ...entityMarks(entities ?? []),
          ]),
    ],
    [turns, redactions, view.operations, ofMachine, results, vendor, entities],
  );
  const counts = useMemo(() => countMarks(all), [all]);
  const shown = useMemo(() => {
    const hidden = new Set(kept.split(","));
    return all.filter(({ kind }) => !hidden.has(kind));
  }, [all, kept]);
  const byTurn = useMemo(() => marksByTurn(shown, places), [shown, places]);
  const placed = useMemo(() => placeMarks(shown, places), [shown, places]);
  const hidden = new Set(kept.split(",").filter((each) => each !== ""));
  return {
    counts,
    byTurn,
    placed,
    isShown: (kind) => !hidden.has(kind),
    toggle(kind) {
      if (!hidden.delete(kind)) hidden.add(kind);
      keep([...hidden].join(","));
    },
    toggleAll: () => keep(hidden.size === 0 ? markKinds.join(",") : ""),
  };
}
