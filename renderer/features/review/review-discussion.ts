import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { memory, useAct, useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { useActions } from "../../ui/actions/index.ts";
import { useKept } from "../../ui/desk/kept-place.ts";
import { tell } from "../../ui/notices.tsx";
import { clock } from "../../ui/time.ts";
import { type Composing, composingIn, composingOn } from "./comments-anchor.ts";
import { useDrafts } from "./editing-drafts.ts";
import { type PanelTab, panelTabs } from "./panel-tabs.ts";
import type { Player } from "./player.ts";
import type { Target } from "./transcript-caret.ts";
import { marksByTurn, type TurnMarks } from "./transcript-marks.ts";

/** What people say about a conversation, and the tab of the panel in which they say it. */
export interface Discussion {
  readonly tab: PanelTab;
  readonly setTab: (tab: PanelTab) => void;
  readonly composing: Composing | null;
  readonly compose: (on: Composing | null) => void;
  readonly focusedThread: { readonly id: string; readonly asked: number } | null;
  readonly openThread: (threadId: string) => void;
  /** What people have put on the turns, by turn id. */
  readonly marksOf: ReadonlyMap<string, TurnMarks>;
}

/** Comments, bookmarks and tags of a conversation, begun by keys where the person stands. */
export function useDiscussion({
  id,
  editable,
  player,
  target,
}: {
  id: string;
  /** The revision on screen can be commented. */
  editable: boolean;
  player: Player;
  /** What is chosen or stood on in the words. */
  target: () => Target | undefined;
}): Discussion {
  const { t } = useTranslation();
  const threads = useCall("comment.list", { conversationId: id }).data?.threads;
  const bookmarks = useCall("bookmark.list", { conversationId: id }).data?.bookmarks;
  const marksOf = useMemo(() => marksByTurn(threads ?? [], bookmarks ?? []), [threads, bookmarks]);
  const [tab, setTab] = useKept<PanelTab>("panel.tab", "figures", panelTabs);
  const [composing, setComposing] = useState<Composing | null>(null);
  // A comment that was being written when Earmark ended, or the page, is in sight again.
  const drafts = useDrafts(id);
  const begun = drafts?.some(({ place }) => /^(comment|reply|edit):/u.test(place)) === true;
  const asFound = useRef<boolean | null>(null);
  useEffect(() => {
    if (drafts === undefined || asFound.current !== null) return;
    asFound.current = begun;
    if (begun) setTab("comments");
  }, [drafts, begun, setTab]);
  const [focusedThread, setFocusedThread] = useState<{ id: string; asked: number } | null>(null);
  const openThread = useCallback(
    (thread: string) => {
      setTab("comments");
      setFocusedThread((before) => ({ id: thread, asked: (before?.asked ?? 0) + 1 }));
    },
    [setTab],
  );
  /** What a comment or bookmark made now is on: what is chosen in the waveform or the words, else the place. */
  const here = (): Composing | null => {
    const stands = target();
    const { selection } = player.state();
    if (selection !== null && stands?.chosen !== true) return composingIn(selection);
    return stands === undefined ? null : composingOn(stands);
  };
  const compose = (on: Composing | null) => {
    setComposing(on);
    if (on !== null) setTab("comments");
  };
  const bookmarking = useAct("bookmark.add", ({ bookmark }) => {
    void memory.invalidateQueries({ queryKey: ["bookmark.list"] });
    tell(t("reviewing.bookmarked", { time: clock(bookmark.anchor.startMs) }));
  });
  useActions({
    "transcript.comment": editable ? () => compose(here()) : undefined,
    "transcript.bookmark": editable
      ? () => {
          const anchor = here()?.anchor;
          if (anchor !== null && anchor !== undefined) bookmarking.mutate({ conversationId: id, anchor });
        }
      : undefined,
    "transcript.tags": () => {
      setTab("comments");
      requestAnimationFrame(() => document.getElementById("conversation-tags")?.focus());
    },
  });
  return { tab, setTab, composing, compose, focusedThread, openThread, marksOf };
}
