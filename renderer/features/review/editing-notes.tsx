import { Button } from "@mantine/core";
import { IconAlertTriangle, IconCpu } from "@tabler/icons-react";
import { useState } from "react";
import type { ConversationView } from "../../../app/contract/views.ts";
import { call } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { tell } from "../../ui/notices.tsx";
import classes from "./editing.module.css";
import type { Corrections } from "./editing-corrections.ts";
import { useDrafts } from "./editing-drafts.ts";
import { type GoTo, LeftBehind } from "./left-behind.tsx";
import type { Voice } from "./voices.ts";

/** What a reader of the transcript has to know before reading: what is stale, what did not hold, what was typed and not saved. */
export function EditingNotes({
  view,
  voices,
  machine,
  corrections,
  goTo,
}: {
  view: ConversationView;
  voices: ReadonlyMap<string, Voice>;
  /** The machine's version is on screen: whether anything of it was changed since, and the way back. */
  machine: { readonly changed: boolean; readonly close: () => void } | null;
  corrections: Corrections;
  goTo: GoTo;
}) {
  const { t } = useTranslation();
  const stale = view.stale.reduce((sum, each) => sum + each.turnIds.length, 0);
  return (
    <>
      {machine !== null && (
        <div className={classes["note"]} data-tone="calm" role="status" data-testid="machine-version">
          <IconCpu size={16} aria-hidden="true" />
          <div>
            <strong>{t("reviewing.machine.title")}</strong>{" "}
            {t(machine.changed ? "reviewing.machine.note" : "reviewing.machine.same")}
          </div>
          {machine.changed && (
            <Button
              size="xs"
              variant="default"
              onClick={() => {
                void corrections.restoreMachine().then((outcome) => {
                  if (outcome === "made") tell(t("reviewing.machine.restored"));
                });
                machine.close();
              }}
            >
              {t("reviewing.machine.restore")}
            </Button>
          )}
          <Button size="xs" onClick={machine.close}>
            {t("reviewing.machine.back")}
          </Button>
        </div>
      )}
      {machine === null && stale > 0 && (
        <Warning
          title={t("reviewing.reading.staleTitle", { count: stale })}
          text={t("reviewing.reading.staleNote")}
          testId="stale"
        />
      )}
      <LeftBehind view={view} voices={voices} corrections={corrections} goTo={goTo} />
      <Leftover view={view} />
    </>
  );
}

function Warning({ title, text, testId }: { title: string; text: string; testId: string }) {
  return (
    <div className={classes["note"]} data-testid={testId}>
      <IconAlertTriangle size={16} aria-hidden="true" />
      <div>
        <strong>{title}</strong>. {text}
      </div>
    </div>
  );
}

/** Text that was typed into a turn which is not there any more: it is the person's to throw away. */
function Leftover({ view }: { view: ConversationView }) {
  const { t } = useTranslation();
  const { id, turns } = view.conversation;
  const [gone, setGone] = useState<ReadonlySet<string>>(new Set());
  const drafts = (useDrafts(id) ?? []).filter(
    ({ place }) => place.startsWith("turn:") && !gone.has(place) && !turns.some((turn) => place === `turn:${turn.id}`),
  );
  if (turns.length === 0) return null;
  return drafts.map(({ place, text }) => (
    <div key={place} className={classes["note"]} data-testid="leftover-draft">
      <IconAlertTriangle size={16} aria-hidden="true" />
      <div>
        <strong>{t("reviewing.leftover.title")}</strong>. {t("reviewing.leftover.body")}
        <blockquote>{text}</blockquote>
      </div>
      <Button size="xs" variant="default" onClick={() => void navigator.clipboard.writeText(text).catch(() => undefined)}>
        {t("reviewing.leftover.copy")}
      </Button>
      <Button
        size="xs"
        variant="subtle"
        onClick={() => {
          setGone(new Set([...gone, place]));
          call("draft.save", { conversationId: id, place, text: "" }).catch(() => undefined);
        }}
      >
        {t("reviewing.leftover.discard")}
      </Button>
    </div>
  ));
}
