import { Button, Textarea } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "../../text/index.ts";
import classes from "./checklist-question.module.css";
import { useDraftKeeper, useDrafts } from "./editing-drafts.ts";

/** Longest text of a reason or a comment, in characters: Connect's. */
const longestText = 3_072;

/** A field for a reason, a comment or an answer in words. What is typed is kept until it is saved. */
export function ChecklistField({
  conversationId,
  place,
  label,
  initial,
  fault = null,
  longest = longestText,
  mayBeEmpty = true,
  save,
  close,
}: {
  conversationId: string;
  /** The name of its draft. */
  place: string;
  label: string;
  initial: string;
  /** Why it was opened, where that is something to mend. */
  fault?: string | null;
  longest?: number;
  mayBeEmpty?: boolean;
  /** Saves it, and answers whether it was taken. */
  save: (text: string) => Promise<boolean>;
  close: () => void;
}) {
  const { t } = useTranslation();
  const keeper = useDraftKeeper(conversationId, place);
  const draft = useDrafts(conversationId)?.find((each) => each.place === place)?.text;
  const [text, setText] = useState(draft ?? initial);
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    field.current?.focus({ preventScroll: true });
    // With what saves it.
    field.current?.form?.scrollIntoView({ block: "nearest" });
  }, []);
  const finish = async () => {
    const typed = text.trim();
    if (busy || (typed === "" && !mayBeEmpty)) return;
    setBusy(true);
    const taken = await save(typed);
    setBusy(false);
    if (!taken) return;
    keeper.drop();
    close();
  };
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
        size="xs"
        autosize
        minRows={2}
        maxRows={8}
        label={label}
        error={fault}
        value={text}
        maxLength={longest}
        onChange={(event) => {
          setText(event.currentTarget.value);
          keeper.type(event.currentTarget.value);
        }}
      />
      <div className={classes["formButtons"]}>
        <Button
          variant="default"
          size="compact-xs"
          onClick={() => {
            keeper.drop();
            close();
          }}
        >
          {t("state.cancel")}
        </Button>
        <Button type="submit" size="compact-xs" loading={busy} disabled={!mayBeEmpty && text.trim() === ""}>
          {t("checklist.save")}
        </Button>
      </div>
    </form>
  );
}
