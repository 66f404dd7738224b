import { Button, Textarea } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { mentionSchema } from "../../../app/conversation/mentions.ts";
import { useTranslation } from "../../text/index.ts";
import { chordLabel } from "../../ui/actions/index.ts";
import classes from "./comments.module.css";
import { useDraftKeeper } from "./editing-drafts.ts";

/** A field for a comment, an answer or a change of one. What is typed is kept while it is typed, and until it is sent. */
export function CommentField({
  conversationId,
  place,
  initial,
  label,
  submit,
  send,
  close,
}: {
  conversationId: string;
  /** The name of its draft. */
  place: string;
  initial: string;
  label: string;
  submit: string;
  /** Sends it, and answers whether it was taken. */
  send: (body: string) => Promise<boolean>;
  close: () => void;
}) {
  const { t } = useTranslation();
  const keeper = useDraftKeeper(conversationId, place);
  const [body, setBody] = useState(initial);
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    field.current?.focus();
    field.current?.scrollIntoView({ block: "nearest" });
  }, []);
  const write = (text: string) => {
    setBody(text);
    keeper.type(text);
  };
  const mention = (name: string) => {
    const box = field.current;
    const at = box?.selectionStart ?? body.length;
    // What was begun of a mention is finished, not doubled.
    const before = body.slice(0, at).replace(/@[\w-]*$/u, "");
    const space = before === "" || /\s$/u.test(before) ? "" : " ";
    write(`${before}${space}@${name} ${body.slice(at)}`);
    requestAnimationFrame(() => {
      const end = before.length + space.length + name.length + 2;
      box?.focus();
      box?.setSelectionRange(end, end);
    });
  };
  const finish = async () => {
    const typed = body.trim();
    if (typed === "" || busy) return;
    setBusy(true);
    const taken = await send(typed);
    setBusy(false);
    if (!taken) return;
    keeper.saved();
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
        size="sm"
        autosize
        minRows={2}
        maxRows={10}
        aria-label={label}
        placeholder={t("comments.placeholder")}
        value={body}
        maxLength={10_000}
        onChange={(event) => write(event.currentTarget.value)}
      />
      {/* biome-ignore lint/a11y/useSemanticElements: a row of buttons, no set of form fields */}
      <div className={classes["mentions"]} role="group" aria-label={t("comments.mention")}>
        {mentionSchema.options.map((name) => (
          <button key={name} type="button" className={classes["mentionButton"]} onClick={() => mention(name)}>
            @{t(`comments.mentions.${name}`)}
          </button>
        ))}
      </div>
      <div className={classes["formButtons"]}>
        <small>{t("comments.sendHint", { key: chordLabel("Mod+Enter").join("+") })}</small>
        <Button
          variant="default"
          size="xs"
          onClick={() => {
            keeper.drop();
            close();
          }}
        >
          {t("state.cancel")}
        </Button>
        <Button type="submit" size="xs" loading={busy} disabled={body.trim() === ""}>
          {submit}
        </Button>
      </div>
    </form>
  );
}
