import { mentionSchema } from "../../../app/conversation/mentions.ts";
import { useTranslation } from "../../text/index.ts";
import { chordLabel } from "../../ui/actions/index.ts";
import classes from "./comments.module.css";
import { DraftedField } from "./drafted-field.tsx";

/** A mention that was begun is finished, not doubled. */
const begunMention = /@[\w-]*$/u;

/** A field for a comment, an answer or a change of one, with the names that can be mentioned. */
export function CommentField({
  send,
  ...field
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
  return (
    <DraftedField
      {...field}
      placeholder={t("comments.placeholder")}
      hint={t("comments.sendHint", { key: chordLabel("Mod+Enter").join("+") })}
      longest={10_000}
      mayBeEmpty={false}
      savedWithDraft
      save={send}
      tools={(insert) => (
        // biome-ignore lint/a11y/useSemanticElements: a row of buttons, no set of form fields
        <div className={classes["mentions"]} role="group" aria-label={t("comments.mention")}>
          {mentionSchema.options.map((name) => (
            <button
              key={name}
              type="button"
              className={classes["mentionButton"]}
              onClick={() => insert(`@${name}`, begunMention)}
            >
              @{t(`comments.mentions.${name}`)}
            </button>
          ))}
        </div>
      )}
    />
  );
}
