import { useMemo } from "react";
import { assertNever } from "../../../app/assert-never.ts";
import type { Bookmark, Thread } from "../../../app/contract/editing-views.ts";
import type { Conversation } from "../../../app/conversation/conversation.ts";
import { useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { type Marker, redactionsOf } from "./player-moments.ts";

/** Longest text of a marker's label; the rest is read where the comment is. */
const longestLabel = 80;

function short(text: string): string {
  const line = text.replaceAll(/\s+/gu, " ").trim();
  return line.length > longestLabel ? `${line.slice(0, longestLabel - 1)}…` : line;
}

/** The markers of comments that are open and lie somewhere in the recording; those on the conversation as a whole have no place. */
export function commentMarkers(threads: readonly Thread[]): Marker[] {
  return threads.flatMap(({ id, anchor, comments, resolved }): Marker[] => {
    const last = comments.findLast((comment) => !comment.deleted);
    if (anchor === null || resolved !== null || last === undefined) return [];
    const { startMs, endMs, turnIds, wordIds } = anchor;
    return [{ kind: "comment", id, startMs, endMs, label: short(`${last.author}: ${last.body}`), place: { turnIds, wordIds } }];
  });
}

/** The markers of bookmarks; one without a name is called by its words. */
export function bookmarkMarkers(bookmarks: readonly Bookmark[]): Marker[] {
  return bookmarks.map(({ id, label, anchor }) => ({
    kind: "bookmark",
    id,
    startMs: anchor.startMs,
    endMs: anchor.endMs,
    label: short(label === "" ? anchor.text : label),
    place: { turnIds: anchor.turnIds, wordIds: anchor.wordIds },
  }));
}

/** Nobody has answered anything. */
const noAnswers: readonly Marker[] = [];

/**
 * What people and rules have put on a recording: comments, bookmarks, redactions.
 *
 * @param answers markers of the kinds `answer` and `unanswered`, of who answers questions about the conversation.
 */
export function useMarkers(
  { id, turns }: Pick<Conversation, "id" | "turns">,
  answers: readonly Marker[] = noAnswers,
): readonly Marker[] {
  const { t } = useTranslation();
  const threads = useCall("comment.list", { conversationId: id }).data?.threads;
  const bookmarks = useCall("bookmark.list", { conversationId: id }).data?.bookmarks;
  return useMemo(
    () => [
      ...commentMarkers(threads ?? []),
      ...bookmarkMarkers(bookmarks ?? []),
      ...redactionsOf({ turns }, (masked) => t("player.masked", { kind: masked.replaceAll(/[-_]+/gu, " ").toLowerCase() })),
      ...answers,
    ],
    [threads, bookmarks, turns, answers, t],
  );
}

/** What opens the things that markers stand for. */
export interface MarkerOpeners {
  /** Shows a thread of comments. */
  readonly thread: (threadId: string) => void;
  /** Shows the list that bookmarks stand in. */
  readonly bookmarks: () => void;
  /** Shows a place in the words. */
  readonly place: (marker: Marker) => void;
  /** Shows a question with its answer; null while nobody answers questions here. */
  readonly answer: ((questionId: string) => void) | null;
}

/** Opens what a marker stands for: always its place in the words, and beside it the thread, the list or the question. */
export function openMarker(marker: Marker, openers: MarkerOpeners): void {
  openers.place(marker);
  const { kind, id } = marker;
  switch (kind) {
    case "comment":
      if (id !== undefined) openers.thread(id);
      return;
    case "bookmark":
      openers.bookmarks();
      return;
    case "redaction":
      return;
    case "answer":
    case "unanswered":
      if (id !== undefined) openers.answer?.(id);
      return;
    default:
      assertNever(kind);
  }
}
