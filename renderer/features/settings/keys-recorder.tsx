import { Button, TextInput } from "@mantine/core";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "../../text/index.ts";
import {
  type ActionId,
  type ChosenKeys,
  chordLabel,
  chordOf,
  chordsAmong,
  clashesOf,
  definitionOf,
  fixedKeys,
  reservedBecause,
  withChord,
} from "../../ui/actions/index.ts";
import classes from "./keys.module.css";

interface KeyRecorderProps {
  id: ActionId;
  chosen: ChosenKeys;
  save: (chosen: ChosenKeys) => void;
  cancel: () => void;
}

/** Waits for a chord to be pressed, says what speaks against it, and gives it to the action. */
export function KeyRecorder({ id, chosen, save, cancel }: KeyRecorderProps) {
  const { t } = useTranslation();
  const [chord, setChord] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);

  const hear = (event: KeyboardEvent) => {
    // What moves the focus goes on doing so: nobody is caught in here.
    if (event.key === "Tab") return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape" && !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey) {
      cancel();
      return;
    }
    const pressed = chordOf(event.nativeEvent);
    if (pressed !== null) setChord(pressed);
  };

  const keys = chord === null ? "" : chordLabel(chord).join("+");
  const reserved = chord === null ? null : reservedBecause(chord, id);
  const isOwn = chord !== null && chordsAmong(chosen, id).includes(chord);
  const clashes = chord === null || reserved !== null ? [] : clashesOf(chosen, id, chord);
  const local = fixedKeys.filter((each) => {
    const usual: readonly string[] = each.keys;
    return chord !== null && each.group === definitionOf(id).group && usual.includes(chord);
  });
  return (
    <div className={classes["recorder"]}>
      <TextInput
        ref={field}
        readOnly
        size="sm"
        label={t("desk.keys.recording", { action: t(`actions.${id}`) })}
        description={t("desk.keys.recordingNote")}
        placeholder={t("desk.keys.nothingPressed")}
        value={keys}
        onKeyDown={hear}
      />
      <div role="status" data-testid="key-verdict" data-verdict={verdict(chord, reserved, isOwn, clashes)}>
        {chord !== null && <span className="unseen">{t("desk.keys.pressed", { keys })} </span>}
        {reserved !== null && <p className={classes["refused"]}>{t(`desk.keys.reserved.${reserved}`, { keys })}</p>}
        {isOwn && <p>{t("desk.keys.same", { keys })}</p>}
        {clashes.length > 0 && (
          <p className={classes["clash"]}>
            {t("desk.keys.clash", { keys, actions: clashes.map((other) => t(`actions.${other}`)).join(", ") })}
          </p>
        )}
        {reserved === null && local.length > 0 && (
          <p>{t("desk.keys.local", { keys, what: local.map((each) => t(`actions.${each.id}`)).join(", ") })}</p>
        )}
      </div>
      <div className={classes["buttons"]}>
        {chord !== null && reserved === null && !isOwn && (
          <Button onClick={() => save(withChord(chosen, id, chord))}>
            {clashes.length > 0 ? t("desk.keys.takeOver") : t("desk.keys.use", { keys })}
          </Button>
        )}
        <Button variant="default" onClick={() => setChord("Escape")} disabled={chord === "Escape"}>
          {t("desk.keys.useEscape")}
        </Button>
        <Button variant="default" onClick={cancel}>
          {t("state.cancel")}
        </Button>
      </div>
    </div>
  );
}

function verdict(chord: string | null, reserved: string | null, isOwn: boolean, clashes: readonly ActionId[]): string {
  if (chord === null) return "none";
  if (reserved !== null) return reserved;
  if (isOwn) return "own";
  return clashes.length > 0 ? "clash" : "free";
}
