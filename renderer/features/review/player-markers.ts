import { useMemo } from "react";
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
    return [{ kind: "comment", id, startMs: anchor.startMs, endMs: anchor.endMs, label: short(`${last.author}: ${last.body}`) }];
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
  }));
}

/** What people and rules have put on a recording: comments, bookmarks, redactions. */
export function useMarkers({ id, turns }: Pick<Conversation, "id" | "turns">): readonly Marker[] {
  const { t } = useTranslation();
  const threads = useCall("comment.list", { conversationId: id }).data?.threads;
  const bookmarks = useCall("bookmark.list", { conversationId: id }).data?.bookmarks;
  return useMemo(
    () => [
      ...commentMarkers(threads ?? []),
      ...bookmarkMarkers(bookmarks ?? []),
      ...redactionsOf({ turns }, (masked) => t("player.masked", { kind: masked.replaceAll(/[-_]+/gu, " ").toLowerCase() })),
    ],
    [threads, bookmarks, turns, t],
  );
}
