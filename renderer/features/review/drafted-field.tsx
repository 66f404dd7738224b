import { Button, Textarea } from "@mantine/core";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useTranslation } from "../../text/index.ts";
import classes from "./drafted-field.module.css";
import { useDraftKeeper, useDrafts } from "./editing-drafts.ts";

/** Puts a text where the cursor is; `begun` matches what was typed of it already and is written over. */
export type InsertText = (text: string, begun: RegExp) => void;

interface DraftedFieldProps {
  readonly conversationId: string;
  /** The name of its draft. */
  readonly place: string;
  readonly label: string;
  /** What stands in it until something is typed; then the label is not shown, but read. */
  readonly placeholder?: string;
  readonly initial: string;
  /** Why it was opened, where that is something to mend. */
  readonly fault?: string | null;
  /** In characters. */
  readonly longest: number;
  readonly mayBeEmpty: boolean;
  /** What saves it lets go of its draft in the same moment. */
  readonly savedWithDraft?: boolean;
  readonly submit: string;
  readonly hint?: string;
  /** What stands between the text and its buttons. */
  readonly tools?: (insert: InsertText) => ReactNode;
  /** Saves it, and answers whether it was taken. */
  readonly save: (text: string) => Promise<boolean>;
  readonly close: () => void;
}

/** A field of several lines. What is typed is kept while it is typed, and until it is saved or given up. */
export function DraftedField(props: DraftedFieldProps) {
  const { label, placeholder, fault = null, longest, submit, hint, tools, close } = props;
  const { t } = useTranslation();
  const field = useRef<HTMLTextAreaElement>(null);
  const { text, busy, isEmpty, write, insert, finish, giveUp } = useDrafted(props, field);
  useEffect(() => {
    field.current?.focus({ preventScroll: true });
    // With what saves it.
    field.current?.form?.scrollIntoView({ block: "nearest" });
  }, []);
  return (
    <form
      className={classes["form"]}
      onSubmit={(event) => {
        event.preventDefault();
        void finish();
      }}
      onKeyDown={(event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void finish();
        else if (event.key === "Escape") close();
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <Textarea
        ref={field}
        size="sm"
        autosize
        minRows={2}
        maxRows={10}
        {...(placeholder === undefined ? { label } : { "aria-label": label, placeholder })}
        error={fault}
        value={text}
        maxLength={longest}
        onChange={(event) => write(event.currentTarget.value)}
      />
      {tools?.(insert)}
      <div className={classes["buttons"]}>
        {hint !== undefined && <small>{hint}</small>}
        <Button variant="default" size="xs" onClick={giveUp}>
          {t("state.cancel")}
        </Button>
        <Button type="submit" size="xs" loading={busy} disabled={isEmpty && !props.mayBeEmpty}>
          {submit}
        </Button>
      </div>
    </form>
  );
}

function useDrafted(
  { conversationId, place, initial, mayBeEmpty, savedWithDraft = false, save, close }: DraftedFieldProps,
  field: { readonly current: HTMLTextAreaElement | null },
) {
  const keeper = useDraftKeeper(conversationId, place);
  const draft = useDrafts(conversationId)?.find((each) => each.place === place)?.text;
  const [text, setText] = useState(draft ?? initial);
  const [busy, setBusy] = useState(false);
  const isEmpty = text.trim() === "";
  const write = (next: string) => {
    setText(next);
    keeper.type(next);
  };
  return {
    text,
    busy,
    isEmpty,
    write,
    insert: (added: string, begun: RegExp) => {
      const box = field.current;
      const at = box?.selectionStart ?? text.length;
      const before = text.slice(0, at).replace(begun, "");
      const space = before === "" || /\s$/u.test(before) ? "" : " ";
      const start = `${before}${space}${added} `;
      write(start + text.slice(at));
      requestAnimationFrame(() => {
        box?.focus();
        box?.setSelectionRange(start.length, start.length);
      });
    },
    finish: async () => {
      if (busy || (isEmpty && !mayBeEmpty)) return;
      setBusy(true);
      const taken = await save(text.trim());
      setBusy(false);
      if (!taken) return;
      if (savedWithDraft) keeper.saved();
      else keeper.drop();
      close();
    },
    giveUp: () => {
      keeper.drop();
      close();
    },
  };
}
