import { Button, CloseButton, TagsInput, TextInput } from "@mantine/core";
import { IconMessagePlus } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { type Bookmark, tagSchema } from "../../../app/contract/editing-views.ts";
import type { AnchorView } from "../../../app/conversation/anchors.ts";
import { keyOf, memory, useAct, useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { overlaysId } from "../../theme/theme.ts";
import { chordLabel, useChords } from "../../ui/actions/index.ts";
import { FailureNote } from "../../ui/states.tsx";
import { clock } from "../../ui/time.ts";
import classes from "./comments.module.css";
import { type Composing, composingOf, draftPlaceFor, onTheWhole } from "./comments-anchor.ts";
import { CommentField } from "./comments-field.tsx";
import { CommentThread, Place } from "./comments-thread.tsx";
import { useDrafts } from "./editing-drafts.ts";
import type { WordPlaces } from "./transcript-caret.ts";

/** What people say about a conversation: its tags, comments, bookmarks. */
export function CommentsPanel({
  conversationId,
  tags,
  places,
  composing,
  compose,
  focusedThread,
  goTo,
}: {
  conversationId: string;
  tags: readonly string[];
  places: WordPlaces;
  /** What the comment that is being written is on; null while none is. */
  composing: Composing | null;
  compose: (on: Composing | null) => void;
  /** The thread to bring into view and give the focus, with a number that grows each time it is asked for. */
  focusedThread: { readonly id: string; readonly asked: number } | null;
  goTo: (anchor: AnchorView) => void;
}) {
  const { t } = useTranslation();
  const list = useCall("comment.list", { conversationId });
  const drafts = useDrafts(conversationId) ?? [];
  const [showResolved, setShowResolved] = useState(false);
  const [commentKey = ""] = useChords("transcript.comment");
  const root = useRef<HTMLDivElement>(null);
  const add = useAct("comment.add", () => void memory.invalidateQueries({ queryKey: keyOf("comment.list", { conversationId }) }));
  const threads = list.data?.threads ?? [];
  const open = threads.filter((thread) => thread.resolved === null);
  const resolved = threads.filter((thread) => thread.resolved !== null);

  // A comment that was begun is gone on with.
  const begun = composing === null ? drafts.map((draft) => ({ draft, on: composingOf(draft.place, places) })) : [];
  const unsent = begun.find(({ on }) => on !== undefined);
  const [dismissed, setDismissed] = useState<string | null>(null);
  const on = composing ?? (unsent !== undefined && unsent.draft.place !== dismissed ? (unsent.on ?? null) : null);
  const place = on === null ? "" : draftPlaceFor(on.anchor);

  const isResolved = focusedThread !== null && resolved.some((thread) => thread.id === focusedThread.id);
  useEffect(() => {
    if (focusedThread === null) return;
    if (isResolved) setShowResolved(true);
    requestAnimationFrame(() => {
      const found = root.current?.querySelector<HTMLElement>(`[data-thread="${CSS.escape(focusedThread.id)}"]`);
      found?.scrollIntoView({ block: "nearest" });
      found?.querySelector<HTMLElement>("button")?.focus({ preventScroll: true });
    });
  }, [focusedThread, isResolved]);

  return (
    <div ref={root}>
      <Tags conversationId={conversationId} tags={tags} />
      <section className={classes["section"]}>
        <div className={classes["head"]}>
          <h2>{t("comments.threads")}</h2>
          {on === null && (
            <Button
              variant="subtle"
              size="compact-xs"
              leftSection={<IconMessagePlus size={14} aria-hidden="true" />}
              onClick={() => compose(onTheWhole)}
            >
              {t("comments.write")}
            </Button>
          )}
        </div>
        {on !== null && (
          <div className={classes["thread"]} data-testid="new-comment">
            {on.anchor === null ? (
              <p className={classes["whole"]}>{t("comments.onWhole")}</p>
            ) : (
              <p className={classes["quote"]}>
                <span className="numeric">{clock(on.startMs)}</span>{" "}
                {on.quote !== ""
                  ? on.quote
                  : on.anchor.kind === "time"
                    ? t("comments.onTime", { from: clock(on.anchor.startMs), to: clock(on.anchor.endMs) })
                    : t("comments.onTurn", { time: clock(on.startMs) })}
              </p>
            )}
            <CommentField
              key={place}
              conversationId={conversationId}
              place={place}
              initial=""
              label={t("comments.new")}
              submit={t("comments.send")}
              send={(body) =>
                add.mutateAsync({ conversationId, anchor: on.anchor, body, draft: place }).then(
                  () => true,
                  () => false,
                )
              }
              close={() => {
                setDismissed(place);
                compose(null);
              }}
            />
          </div>
        )}
        {list.isError && <FailureNote failure={list.error} compact />}
        {list.data !== undefined && open.length === 0 && on === null && (
          <p className={classes["quiet"]}>
            {resolved.length > 0 ? t("comments.noneOpen") : t("comments.none", { key: chordLabel(commentKey).join("+") })}
          </p>
        )}
        <div className={classes["threads"]} style={{ marginTop: "0.5rem" }}>
          {open.map((thread) => (
            <CommentThread key={thread.id} thread={thread} drafts={drafts} goTo={goTo} />
          ))}
          {resolved.length > 0 && (
            <Button
              variant="subtle"
              color="gray"
              size="compact-xs"
              aria-expanded={showResolved}
              onClick={() => setShowResolved(!showResolved)}
            >
              {t("comments.showResolved", { count: resolved.length })}
            </Button>
          )}
          {showResolved &&
            resolved.map((thread) => <CommentThread key={thread.id} thread={thread} drafts={drafts} goTo={goTo} />)}
        </div>
      </section>
      <Bookmarks conversationId={conversationId} goTo={goTo} />
    </div>
  );
}

function Tags({ conversationId, tags }: { conversationId: string; tags: readonly string[] }) {
  const { t } = useTranslation();
  const known = useCall("tag.list", {});
  const set = useAct("tag.set", () => {
    void memory.invalidateQueries({ queryKey: keyOf("conversation.get", { id: conversationId }) });
    void memory.invalidateQueries({ queryKey: ["tag.list"] });
    void memory.invalidateQueries({ queryKey: ["library.list"] });
  });
  // What was just chosen stands until the answer has come.
  const shown = set.isPending ? (set.variables.tags ?? tags) : tags;
  return (
    <section className={classes["section"]}>
      <TagsInput
        size="xs"
        label={t("comments.tags")}
        description={t("comments.tagsNote")}
        placeholder={shown.length === 0 ? t("comments.tagsPlaceholder") : ""}
        data-testid="tags"
        id="conversation-tags"
        value={[...shown]}
        data={(known.data?.tags ?? []).map((tag) => tag.name)}
        maxTags={50}
        splitChars={[","]}
        clearable={false}
        comboboxProps={{ portalProps: { target: `#${overlaysId}` } }}
        onChange={(next) => {
          const fit = next.map((tag) => tagSchema.safeParse(tag)).flatMap((parsed) => (parsed.success ? [parsed.data] : []));
          set.mutate({ conversationId, tags: fit });
        }}
      />
    </section>
  );
}

function Bookmarks({ conversationId, goTo }: { conversationId: string; goTo: (anchor: AnchorView) => void }) {
  const { t } = useTranslation();
  const list = useCall("bookmark.list", { conversationId });
  const [key = ""] = useChords("transcript.bookmark");
  const bookmarks = list.data?.bookmarks ?? [];
  return (
    <section className={classes["section"]}>
      <h2>{t("comments.bookmarks")}</h2>
      {bookmarks.length === 0 ? (
        <p className={classes["quiet"]}>{t("comments.noBookmarks", { key: chordLabel(key).join("+") })}</p>
      ) : (
        <ul className={classes["bookmarks"]}>
          {bookmarks.map((bookmark) => (
            <BookmarkLine key={bookmark.id} bookmark={bookmark} conversationId={conversationId} goTo={goTo} />
          ))}
        </ul>
      )}
    </section>
  );
}

function BookmarkLine({
  bookmark,
  conversationId,
  goTo,
}: {
  bookmark: Bookmark;
  conversationId: string;
  goTo: (anchor: AnchorView) => void;
}) {
  const { t } = useTranslation();
  const { id, label, anchor } = bookmark;
  const again = () => void memory.invalidateQueries({ queryKey: keyOf("bookmark.list", { conversationId }) });
  const rename = useAct("bookmark.rename", again);
  const remove = useAct("bookmark.delete", again);
  const [typed, setTyped] = useState(label);
  useEffect(() => setTyped(label), [label]);
  const time = clock(anchor.startMs);
  const save = () => {
    if (typed.trim() !== label) rename.mutate({ id, label: typed.trim() });
  };
  return (
    <li>
      <div>
        <div className={classes["bookmarkLine"]}>
          <button type="button" className={classes["at"]} aria-label={t("comments.goTo", { time })} onClick={() => goTo(anchor)}>
            {time}
          </button>
          <TextInput
            variant="unstyled"
            aria-label={t("comments.bookmarkName", { time })}
            placeholder={anchor.text.slice(0, 60) || t("comments.bookmarkUnnamed")}
            value={typed}
            maxLength={200}
            onChange={(event) => setTyped(event.currentTarget.value)}
            onBlur={save}
            onKeyDown={(event) => {
              if (event.key === "Enter") save();
              else if (event.key === "Escape") setTyped(label);
              else return;
              event.preventDefault();
              event.stopPropagation();
            }}
          />
        </div>
        {anchor.state !== "same" && <Place anchor={anchor} goTo={goTo} />}
      </div>
      <CloseButton size="sm" aria-label={t("comments.deleteBookmark", { time })} onClick={() => remove.mutate({ id })} />
    </li>
  );
}
