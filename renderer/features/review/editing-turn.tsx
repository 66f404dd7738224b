import { Textarea } from "@mantine/core";
import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { ConversationView } from "../../../app/contract/views.ts";
import type { Turn } from "../../../app/conversation/conversation.ts";
import { searchedText } from "../../../app/conversation/find-replace.ts";
import type { Operation } from "../../../app/conversation/operations.ts";
import { useTranslation } from "../../text/index.ts";
import { chordLabel } from "../../ui/actions/index.ts";
import { clock } from "../../ui/time.ts";
import classes from "./editing.module.css";
import type { Corrections } from "./editing-corrections.ts";
import { useDraftKeeper } from "./editing-drafts.ts";
import { redactionOf, splitAt, wordsWithin } from "./editing-operations.ts";
import type { Player } from "./player.ts";

/** A turn whose text is being written. */
export interface EditedTurn {
  readonly turnId: string;
  /** What the field begins with; null for the turn's own text. */
  readonly text: string | null;
  /** What is chosen in it at first. */
  readonly from: number;
  readonly to: number;
}

/** The draft of a turn's text. */
export function draftPlaceOf(turnId: string): string {
  return `turn:${turnId}`;
}

/** The text of a turn, being written. Leaving it saves; what is typed is kept while it is typed. */
export function TurnEditor({
  conversationId,
  turn,
  name,
  edited,
  corrections,
  player,
  playable,
  redact,
  close,
}: {
  conversationId: string;
  turn: Turn;
  name: string;
  edited: EditedTurn;
  corrections: Corrections;
  player: Player;
  playable: boolean;
  /** Asks for the label of a redaction of a part of the text, once the text is saved. */
  redact: (part: (view: ConversationView, label: string) => Operation[]) => void;
  /** `at`: where in the text the person was, for the focus to go on from there. */
  close: (at: number) => void;
}) {
  const { t } = useTranslation();
  const place = draftPlaceOf(turn.id);
  const keeper = useDraftKeeper(conversationId, place);
  const own = searchedText(turn);
  const [text, setText] = useState(edited.text ?? own);
  const [saving, setSaving] = useState(false);
  const [conflict, setConflict] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const closed = useRef(false);
  const { from, to } = edited;

  useLayoutEffect(() => {
    field.current?.focus({ preventScroll: true });
    field.current?.setSelectionRange(from, to);
  }, [from, to]);
  // The playback would scroll the field away from under the hands.
  useEffect(() => {
    field.current?.scrollIntoView({ block: "nearest" });
  }, []);

  /** Saves what was typed, and answers whether there is nothing unsaved any more. */
  const save = async (): Promise<boolean> => {
    const typed = text.trim();
    if (typed === own) {
      keeper.drop();
      return true;
    }
    setSaving(true);
    const outcome = await corrections.make([{ kind: "retext-turn", turnId: turn.id, text: typed }], {
      draft: place,
      quiet: true,
    });
    setSaving(false);
    setConflict(outcome === "conflict");
    if (outcome === "made") keeper.saved();
    else keeper.type(text);
    return outcome === "made";
  };
  const leave = async (then?: (at: { readonly from: number; readonly to: number }) => void) => {
    if (closed.current || saving) return;
    const at = { from: field.current?.selectionStart ?? 0, to: field.current?.selectionEnd ?? 0 };
    if (!(await save())) {
      field.current?.focus();
      return;
    }
    closed.current = true;
    close(at.from);
    then?.(at);
  };
  const split = () =>
    void leave(({ from: at }) =>
      corrections.make(({ conversation }) => {
        const now = conversation.turns.find((each) => each.id === turn.id);
        const operation = now === undefined ? undefined : splitAt(now, at);
        return operation === undefined ? [] : [operation];
      }),
    );
  const redactPart = () =>
    void leave((part) =>
      redact(({ conversation }, label) => {
        const now = conversation.turns.find((each) => each.id === turn.id);
        if (now === undefined) return [];
        const all = part.from === part.to;
        const words = wordsWithin(now, all ? 0 : part.from, all ? searchedText(now).length : part.to);
        const inText = all ? null : { turnId: now.id, start: part.from, end: part.to };
        return [redactionOf({ turns: [now], words, chosen: true, text: inText }, label)];
      }),
    );
  const hear = (event: KeyboardEvent) => {
    const mod = event.ctrlKey || event.metaKey;
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter" && mod) split();
    else if (event.key === "Enter" && !event.shiftKey) void leave();
    else if (event.key === "Escape") void leave();
    else if (event.key === "Tab" && !event.shiftKey && playable) player.toggle();
    else if (event.key.toLowerCase() === "x" && mod && event.shiftKey) redactPart();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div className={classes["editor"]} data-testid="turn-editor">
      <Textarea
        ref={field}
        size="sm"
        autosize
        minRows={1}
        maxRows={14}
        value={text}
        aria-label={t("reviewing.editing.label", { name, time: clock(turn.startMs) })}
        aria-describedby={`hint-${turn.id}`}
        maxLength={20_000}
        onChange={(event) => {
          setText(event.currentTarget.value);
          keeper.type(event.currentTarget.value);
        }}
        onKeyDown={hear}
        onClick={(event) => event.stopPropagation()}
        onBlur={() => {
          // Another window took the focus: the person comes back to the same place.
          if (document.hasFocus()) void leave();
        }}
      />
      {conflict && (
        <p className={classes["conflict"]} role="alert">
          {t("reviewing.conflictTyped")} {t("reviewing.nowReads", { text: own })}
        </p>
      )}
      <p id={`hint-${turn.id}`} className={classes["hint"]}>
        {edited.text !== null && <strong>{t("reviewing.editing.restored")} </strong>}
        {saving ? t("reviewing.editing.saving") : t("reviewing.editing.hint", { split: chordLabel("Mod+Enter").join("+") })}{" "}
        <button
          type="button"
          className={classes["link"]}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => {
            closed.current = true;
            keeper.drop();
            close(0);
          }}
        >
          {t("reviewing.editing.discard")}
        </button>
      </p>
    </div>
  );
}
