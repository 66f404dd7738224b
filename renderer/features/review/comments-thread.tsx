import { ActionIcon, Button, Menu } from "@mantine/core";
import { modals } from "@mantine/modals";
import { IconDots, IconPencil, IconTrash } from "@tabler/icons-react";
import { Fragment, useState } from "react";
import type { CommentView, Thread } from "../../../app/contract/editing-views.ts";
import type { AnchorView } from "../../../app/conversation/anchors.ts";
import { commentPieces } from "../../../app/conversation/mentions.ts";
import { keyOf, memory, useAct } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { clock, moment } from "../../ui/time.ts";
import classes from "./comments.module.css";
import { formerQuote, shortQuote } from "./comments-anchor.ts";
import { CommentField } from "./comments-field.tsx";

/** What is written anew, by id of its draft. */
type Writing = { readonly kind: "reply" } | { readonly kind: "edit"; readonly comment: CommentView };

/** A comment with its answers, and what it is on. */
export function CommentThread({
  thread,
  drafts,
  goTo,
}: {
  thread: Thread;
  drafts: readonly { readonly place: string; readonly text: string }[];
  goTo: (anchor: AnchorView) => void;
}) {
  const { t } = useTranslation();
  const { id, conversationId, comments, anchor, resolved } = thread;
  const again = () => void memory.invalidateQueries({ queryKey: keyOf("comment.list", { conversationId }) });
  const reply = useAct("comment.reply", again);
  const edit = useAct("comment.edit", again);
  const remove = useAct("comment.delete", again);
  const resolve = useAct("comment.resolve", again);
  const reopen = useAct("comment.reopen", again);
  const whenOf = (iso: string) => moment(iso, (time) => t("state.today", { time }));
  const draftOf = (place: string) => drafts.find((draft) => draft.place === place)?.text;
  const replyPlace = `reply:${id}`;
  const [writing, setWriting] = useState<Writing | null>(() => {
    if (draftOf(replyPlace) !== undefined) return { kind: "reply" };
    const comment = comments.find((each) => draftOf(`edit:${each.id}`) !== undefined);
    return comment === undefined ? null : { kind: "edit", comment };
  });
  const [first] = comments;
  const author = first?.author ?? "";
  const taken = (act: Promise<unknown>) =>
    act.then(
      () => true,
      () => false,
    );
  const askToDelete = (comment: CommentView) =>
    modals.openConfirmModal({
      title: t("comments.deleteOf", { author: comment.author, when: whenOf(comment.at) }),
      children: shortQuote(comment.body),
      labels: { confirm: t("comments.delete"), cancel: t("state.cancel") },
      confirmProps: { color: "red.8" },
      closeButtonProps: { "aria-label": t("state.close") },
      onConfirm: () => remove.mutate({ id: comment.id }),
    });

  return (
    <article
      className={classes["thread"]}
      data-thread={id}
      data-resolved={resolved !== null || undefined}
      aria-label={t("comments.thread", { author })}
    >
      <Place anchor={anchor} goTo={goTo} />
      <ol className={classes["comments"]}>
        {comments.map((comment) => (
          <li key={comment.id}>
            <header>
              <strong>{comment.author}</strong>
              <span>
                {whenOf(comment.at)}
                {comment.editedAt !== null && `, ${t("comments.edited")}`}
              </span>
              {comment.own && !comment.deleted && (
                <Menu position="bottom-end">
                  <Menu.Target>
                    <ActionIcon size="xs" aria-label={t("comments.editOf", { author: comment.author, when: whenOf(comment.at) })}>
                      <IconDots size={14} aria-hidden="true" />
                    </ActionIcon>
                  </Menu.Target>
                  <Menu.Dropdown>
                    <Menu.Item
                      leftSection={<IconPencil size={14} aria-hidden="true" />}
                      onClick={() => setWriting({ kind: "edit", comment })}
                    >
                      {t("comments.edit")}
                    </Menu.Item>
                    <Menu.Item
                      color="red"
                      leftSection={<IconTrash size={14} aria-hidden="true" />}
                      onClick={() => askToDelete(comment)}
                    >
                      {t("comments.delete")}
                    </Menu.Item>
                  </Menu.Dropdown>
                </Menu>
              )}
            </header>
            {writing?.kind === "edit" && writing.comment.id === comment.id ? (
              <CommentField
                conversationId={conversationId}
                place={`edit:${comment.id}`}
                initial={comment.body}
                label={t("comments.editOf", { author: comment.author, when: whenOf(comment.at) })}
                submit={t("comments.save")}
                send={(body) => taken(edit.mutateAsync({ id: comment.id, body, draft: `edit:${comment.id}` }))}
                close={() => setWriting(null)}
              />
            ) : comment.deleted ? (
              <p className={classes["deleted"]}>{t("comments.deleted")}</p>
            ) : (
              <p className={classes["body"]} dir="auto">
                <Body text={comment.body} />
              </p>
            )}
          </li>
        ))}
      </ol>
      {writing?.kind === "reply" ? (
        <CommentField
          conversationId={conversationId}
          place={replyPlace}
          initial=""
          label={t("comments.replyTo", { author })}
          submit={t("comments.reply")}
          send={(body) => taken(reply.mutateAsync({ threadId: id, body, draft: replyPlace }))}
          close={() => setWriting(null)}
        />
      ) : (
        <div className={classes["threadButtons"]}>
          {resolved === null ? (
            <>
              <Button size="compact-xs" variant="subtle" onClick={() => setWriting({ kind: "reply" })}>
                {t("comments.reply")}
              </Button>
              <Button size="compact-xs" variant="subtle" color="gray" onClick={() => resolve.mutate({ threadId: id })}>
                {t("comments.resolve")}
              </Button>
            </>
          ) : (
            <>
              <small>{t("comments.resolvedBy", { by: resolved.by, when: whenOf(resolved.at) })}</small>
              <Button size="compact-xs" variant="subtle" color="gray" onClick={() => reopen.mutate({ threadId: id })}>
                {t("comments.reopen")}
              </Button>
            </>
          )}
        </div>
      )}
    </article>
  );
}

/** The words of a comment, the roles it mentions marked. */
function Body({ text }: { text: string }) {
  let at = 0;
  return commentPieces(text).map((piece) => {
    const key = at;
    at += piece.text.length;
    return piece.mention === null ? <Fragment key={key}>{piece.text}</Fragment> : <mark key={key}>{piece.text}</mark>;
  });
}

/** What a comment or a bookmark is on, and what has become of it. */
export function Place({ anchor, goTo }: { anchor: AnchorView | null; goTo: (anchor: AnchorView) => void }) {
  const { t } = useTranslation();
  if (anchor === null) return <p className={classes["whole"]}>{t("comments.onWhole")}</p>;
  const { kind, state, startMs, endMs, text, quote } = anchor;
  const words =
    kind === "time" ? t("comments.onTime", { from: clock(startMs), to: clock(endMs) }) : shortQuote(text || (quote ?? ""));
  const former = formerQuote(anchor);
  return (
    <div className={classes["place"]}>
      <button
        type="button"
        className={classes["quote"]}
        title={t("comments.goTo", { time: clock(startMs) })}
        onClick={() => goTo(anchor)}
      >
        <span className="numeric">{clock(startMs)}</span> {words === "" ? t("comments.hidden") : words}
      </button>
      {state !== "same" && (
        <p className={classes["state"]} data-state={state} data-testid="anchor-state">
          {t(`comments.state.${state}`)}
          {former !== null && <span> {t("comments.was", { text: former })}</span>}
        </p>
      )}
    </div>
  );
}
