import { ActionIcon, SegmentedControl, Tooltip } from "@mantine/core";
import { IconCpu, IconTargetArrow, IconTextScan2 } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { type Settings, settingsSchema } from "../../../app/contract/views.ts";
import type { Turn } from "../../../app/conversation/conversation.ts";
import { keyOf, memory, useAct, useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { type ActionId, chordLabel, runAction, useActions, useChords } from "../../ui/actions/index.ts";
import classes from "./editing.module.css";
import transcriptClasses from "./transcript.module.css";

const usual: Settings["reading"] = settingsSchema.shape.reading.parse({});
const languages = ["both", "original", "translation"] as const;

/** How transcripts are read, as the settings keep it, and the way to change it. */
export function useReading(): readonly [Settings["reading"], (change: Partial<Settings["reading"]>) => void] {
  const reading = useCall("settings.get", {}).data?.reading ?? usual;
  const { mutate } = useAct("settings.set", (next) => memory.setQueryData(keyOf("settings.get", {}), next));
  return [
    reading,
    (change) => {
      const next = { ...reading, ...change };
      // It is seen at once, and kept behind it.
      memory.setQueryData<Settings>(keyOf("settings.get", {}), (known) => known && { ...known, reading: next });
      mutate({ reading: next });
    },
  ];
}

/** Ways to read the transcript otherwise: how sure, in which language, as the machine heard it. */
export function ReadingTools({
  turns,
  reading,
  read,
  asMachine,
  toggleMachine,
}: {
  turns: readonly Turn[];
  reading: Settings["reading"];
  read: (change: Partial<Settings["reading"]>) => void;
  asMachine: boolean;
  toggleMachine: () => void;
}) {
  const { t } = useTranslation();
  const translated = turns.some((turn) => turn.translation !== undefined);
  const rated = turns.some((turn) => turn.words.some((word) => word.confidence !== null));
  const next = () => read({ translation: languages[(languages.indexOf(reading.translation) + 1) % languages.length] ?? "both" });
  useActions({
    "transcript.confidence": rated ? () => read({ confidence: !reading.confidence }) : undefined,
    "transcript.translation": translated ? next : undefined,
    "transcript.machine": toggleMachine,
  });
  return (
    // biome-ignore lint/a11y/useSemanticElements: a row of buttons, no set of form fields
    <div className={classes["bar"]} role="group" aria-label={t("review.transcript")}>
      {translated && (
        <SegmentedControl
          size="xs"
          aria-label={t("reviewing.reading.translation")}
          value={reading.translation}
          onChange={(value) => read({ translation: languages.find((each) => each === value) ?? "both" })}
          data={[
            { value: "original", label: t("reviewing.reading.original") },
            { value: "both", label: t("reviewing.reading.both") },
            { value: "translation", label: t("reviewing.reading.translated") },
          ]}
        />
      )}
      {rated && (
        <Toggle action="transcript.confidence" label={t("reviewing.reading.confidence")} pressed={reading.confidence}>
          <IconTextScan2 size={16} aria-hidden="true" />
        </Toggle>
      )}
      {rated && (
        <Toggle action="moments.nextDoubt" label={t("reviewing.reading.nextDoubt")}>
          <IconTargetArrow size={16} aria-hidden="true" />
        </Toggle>
      )}
      <Toggle action="transcript.machine" label={t("reviewing.machine.show")} pressed={asMachine}>
        <IconCpu size={16} aria-hidden="true" />
      </Toggle>
    </div>
  );
}

function Toggle({
  action,
  label,
  pressed,
  children,
}: {
  action: ActionId;
  label: string;
  pressed?: boolean;
  children: ReactNode;
}) {
  const [chord] = useChords(action);
  return (
    <Tooltip label={chord === undefined ? label : `${label} (${chordLabel(chord).join("+")})`}>
      <ActionIcon
        size="md"
        variant={pressed === true ? "light" : "subtle"}
        color={pressed === true ? "teal" : "gray"}
        aria-label={label}
        aria-pressed={pressed}
        onMouseDown={(event) => event.preventDefault()}
        onClick={() => void runAction(action)}
      >
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

/** What the lines under words mean, while they are shown. */
export function ConfidenceLegend() {
  const { t } = useTranslation();
  const word = transcriptClasses["word"];
  return (
    <dl className={classes["legend"]} data-testid="confidence-legend" title={t("reviewing.reading.confidenceLegend")}>
      {(["sure", "lessSure", "unsure", "checked"] as const).map((step) => (
        <div key={step}>
          <dt>
            <span className={word} data-sure={step} aria-hidden="true">
              {t("review.words").toLowerCase()}
            </span>
          </dt>
          <dd>{t(`reviewing.reading.${step}`)}</dd>
        </div>
      ))}
    </dl>
  );
}
