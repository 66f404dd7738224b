import { Button, TextInput } from "@mantine/core";
import { useMemo, useState } from "react";
import type { Conversation, Turn } from "../../../app/conversation/conversation.ts";
import { replaceInTranscript, searchedText } from "../../../app/conversation/find-replace.ts";
import type { Operation } from "../../../app/conversation/operations.ts";
import { useTranslation } from "../../text/index.ts";
import { tell } from "../../ui/notices.tsx";
import { clock } from "../../ui/time.ts";
import type { Corrections } from "./editing-corrections.ts";
import { offsetOf } from "./editing-operations.ts";
import classes from "./find-replace.module.css";
import type { Finding } from "./find-state.ts";

/** How many changes are shown before they are made. */
const shown = 30;
/** How much of the text before and after a change is shown with it, in characters. */
const around = 28;

interface Preview {
  readonly key: string;
  readonly startMs: number;
  readonly before: string;
  readonly old: string;
  readonly next: string;
  readonly after: string;
}

/** Writes one text in the place of another everywhere, after showing what would change. */
export function ReplaceBar({
  conversation,
  finding,
  corrections,
}: {
  conversation: Conversation;
  finding: Finding;
  corrections: Corrections;
}) {
  const { t } = useTranslation();
  const [replacement, setReplacement] = useState("");
  const [busy, setBusy] = useState(false);
  const { text, options, matches, close } = finding;
  const index = useMemo(() => turnsOf(conversation), [conversation]);
  const operations = useMemo(
    () => replaceInTranscript(conversation, text, replacement, options).filter((operation) => changes(index, operation)),
    [conversation, index, text, replacement, options],
  );
  const previews = useMemo(
    () => operations.slice(0, shown).flatMap((operation) => previewOf(index, operation) ?? []),
    [index, operations],
  );
  const replace = async () => {
    if (operations.length === 0 || busy) return;
    setBusy(true);
    // On the revision as it is when its turn comes: what was shown may have been corrected meanwhile.
    const outcome = await corrections.make((view) => {
      const now = turnsOf(view.conversation);
      return replaceInTranscript(view.conversation, text, replacement, options).filter((one) => changes(now, one));
    });
    setBusy(false);
    if (outcome === "made") {
      tell(t("reviewing.find.replaced", { count: matches.length }));
      close();
    }
  };
  return (
    <form
      className={classes["replace"]}
      data-testid="replace"
      onSubmit={(event) => {
        event.preventDefault();
        void replace();
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        event.stopPropagation();
        close();
      }}
    >
      <div className={classes["line"]}>
        <TextInput
          aria-label={t("reviewing.find.replaceWith")}
          placeholder={t("reviewing.find.replaceWith")}
          value={replacement}
          maxLength={500}
          onChange={(event) => setReplacement(event.currentTarget.value)}
        />
        <Button type="submit" loading={busy} disabled={operations.length === 0}>
          {t("reviewing.find.replaceAll", { count: operations.length === 0 ? 0 : matches.length })}
        </Button>
      </div>
      {text.trim() !== "" && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls has to be reachable by keys
        <ul className={classes["previews"]} aria-label={t("reviewing.find.preview")} tabIndex={0}>
          {previews.map((each) => (
            <li key={each.key}>
              <span className={classes["at"]}>{clock(each.startMs)}</span>
              <span dir="auto">
                {each.before}
                <del>{each.old}</del>
                {each.next !== "" && <ins>{each.next}</ins>}
                {each.after}
              </span>
            </li>
          ))}
          {operations.length > shown && <li>{t("reviewing.find.more", { count: operations.length - shown })}</li>}
          {operations.length === 0 && <li>{t("reviewing.find.nothing")}</li>}
        </ul>
      )}
    </form>
  );
}

/** The turns by their ids and by those of their words. */
type Turns = ReadonlyMap<string, Turn>;

function turnsOf({ turns }: Conversation): Turns {
  return new Map(
    turns.flatMap((turn) => [[`turn ${turn.id}`, turn] as const, ...turn.words.map((word) => [word.id, turn] as const)]),
  );
}

function changes(turns: Turns, operation: Operation): boolean {
  const preview = previewOf(turns, operation);
  return preview !== null && preview.old !== preview.next;
}

function previewOf(turns: Turns, operation: Operation): Preview | null {
  if (operation.kind === "retext-turn") {
    const turn = turns.get(`turn ${operation.turnId}`);
    if (turn === undefined) return null;
    return { key: turn.id, startMs: turn.startMs, before: "", old: turn.text, next: operation.text, after: "" };
  }
  if (operation.kind !== "retext-words") return null;
  const [first = ""] = operation.wordIds;
  const last = operation.wordIds.at(-1) ?? first;
  const turn = turns.get(first);
  const end = turn?.words.find((word) => word.id === last);
  if (turn === undefined || end === undefined) return null;
  const text = searchedText(turn);
  const from = offsetOf(turn, first);
  const to = offsetOf(turn, last) + end.text.length;
  return {
    key: first,
    startMs: turn.words.find((word) => word.id === first)?.startMs ?? turn.startMs,
    before: `${from > around ? "…" : ""}${text.slice(Math.max(0, from - around), from)}`,
    old: text.slice(from, to),
    next: operation.text,
    after: `${text.slice(to, to + around)}${to + around < text.length ? "…" : ""}`,
  };
}
