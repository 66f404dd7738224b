import { Button, Checkbox, TextInput } from "@mantine/core";
import { useState } from "react";
import type { OriginalView } from "../../../app/contract/editing-views.ts";
import { keyOf, memory, useAct, useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { FailureNote } from "../../ui/states.tsx";
import { clock } from "../../ui/time.ts";
import classes from "./editing-restore.module.css";
import type { Target } from "./transcript-caret.ts";

/** What of a conversation can be brought back where a person stands, with the reason for it; nothing where nothing can. */
export function RestoreHidden({
  conversationId,
  target,
  close,
}: {
  conversationId: string;
  target: Target | undefined;
  close: () => void;
}) {
  const { t } = useTranslation();
  const input = { conversationId };
  const list = useCall("original.list", input);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [reason, setReason] = useState("");
  const settled = () => {
    void memory.invalidateQueries({ queryKey: keyOf("original.list", input) });
    close();
  };
  const restore = useAct("original.restore", settled, "inPlace");
  const cover = useAct("original.cover", settled, "inPlace");
  const here = (list.data?.originals ?? []).filter((original) => isAt(original, target));
  const hidden = here.filter(({ restored }) => !restored);
  const wanted = hidden.filter(({ id }) => !left.has(id));
  const back = here.filter(({ restored }) => restored);
  const failure = list.error ?? restore.error ?? cover.error;
  if (here.length === 0) return failure === null ? null : <FailureNote failure={failure} compact />;
  const named = ({ types, startMs }: OriginalView): string =>
    `${types.map((type) => t(`redaction.types.${type}.name`)).join(", ")}, ${clock(startMs)}`;
  return (
    <section className={classes["restore"]} aria-label={t("redaction.restore.title")} data-testid="restore">
      <h3>{t("redaction.restore.title")}</h3>
      <p>{t("redaction.restore.note")}</p>
      {hidden.length > 0 && (
        <form
          className={classes["form"]}
          onSubmit={(event) => {
            event.preventDefault();
            restore.mutate({ conversationId, ids: wanted.map(({ id }) => id), reason });
          }}
        >
          {hidden.map((original) => (
            <Checkbox
              key={original.id}
              size="xs"
              label={named(original)}
              description={t("redaction.restore.until", { date: original.until })}
              checked={!left.has(original.id)}
              onChange={(event) => setLeft(toggled(left, original.id, !event.currentTarget.checked))}
            />
          ))}
          <TextInput
            size="xs"
            label={t("redaction.restore.reason")}
            value={reason}
            minLength={3}
            maxLength={500}
            required
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <Button
            type="submit"
            size="xs"
            variant="default"
            loading={restore.isPending}
            disabled={wanted.length === 0 || reason.trim().length < 3}
          >
            {t("redaction.restore.confirm")}
          </Button>
        </form>
      )}
      {back.length > 0 && (
        <Button
          size="xs"
          variant="default"
          loading={cover.isPending}
          onClick={() => cover.mutate({ conversationId, ids: back.map(({ id }) => id) })}
        >
          {t("redaction.restore.cover", { what: back.map(named).join("; ") })}
        </Button>
      )}
      {failure !== null && <FailureNote failure={failure} compact />}
    </section>
  );
}

function toggled(ids: ReadonlySet<string>, id: string, there: boolean): ReadonlySet<string> {
  const others = [...ids].filter((one) => one !== id);
  return new Set(there ? [...others, id] : others);
}

/** Whether an original is of the words, or of the turns, that a person stands on. */
function isAt({ turnId, wordIds }: OriginalView, target: Target | undefined): boolean {
  if (target === undefined) return false;
  if (wordIds.length === 0) return target.turns.some(({ id }) => id === turnId);
  const words = target.words.length > 0 ? target.words : target.turns.flatMap((turn) => turn.words);
  return words.some(({ id }) => wordIds.includes(id));
}
