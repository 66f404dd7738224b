import { Button } from "@mantine/core";
import { IconInfoCircle, IconSearch } from "@tabler/icons-react";
import type { ReactNode, RefObject } from "react";
import type { ConversationView } from "../../../app/contract/views.ts";
import type { Conversation } from "../../../app/conversation/conversation.ts";
import { useTranslation } from "../../text/index.ts";
import { DoubtLegend } from "./doubt-legend.tsx";
import { EditingBar } from "./editing-bar.tsx";
import type { Corrections } from "./editing-corrections.ts";
import { EditingNotes } from "./editing-notes.tsx";
import type { Editing } from "./editing-workspace.tsx";
import { FindBar } from "./find-bar.tsx";
import { ReplaceBar } from "./find-replace-bar.tsx";
import type { Finding } from "./find-state.ts";
import type { GoTo } from "./left-behind.tsx";
import type { Mark } from "./marks.ts";
import { isHeardSoFar } from "./partial-transcript.ts";
import type { Player } from "./player.ts";
import classes from "./review.module.css";
import { RecordingNotes, ShortfallNote } from "./review-notes.tsx";
import { StillListening } from "./still-listening.tsx";
import { type Scrollable, Transcript } from "./transcript.tsx";
import type { Caret, WordPlaces } from "./transcript-caret.ts";
import type { TurnMarks } from "./transcript-marks.ts";
import { ConfidenceLegend, ReadingTools, useReading } from "./transcript-reading.tsx";
import type { Voice } from "./voices.ts";
import type { WordTrack } from "./word-track.ts";

/** The words of a conversation with everything over them: tools to correct, to read otherwise and to find, and what has to be known first. */
export function ReviewTranscript({
  view,
  conversation,
  player,
  voices,
  track,
  caret,
  places,
  editing,
  corrections,
  editable,
  finding,
  machine,
  follow,
  unfollow,
  scrollable,
  marksOf,
  insightOf,
  legend,
  differing,
  answered,
  openThread,
  goTo,
}: {
  view: ConversationView;
  /** What is on screen: the revision, or the machine's version of it. */
  conversation: Conversation;
  player: Player;
  voices: ReadonlyMap<string, Voice>;
  track: WordTrack;
  caret: Caret;
  places: WordPlaces;
  editing: Editing;
  corrections: Corrections;
  editable: boolean;
  finding: Finding;
  /** Whether the machine's version is asked for, and on screen, and the way to ask. */
  machine: { readonly asked: boolean; readonly shown: boolean; readonly ask: (asked: boolean) => void };
  follow: boolean;
  unfollow: () => void;
  scrollable: RefObject<Scrollable | null>;
  marksOf: ReadonlyMap<string, TurnMarks>;
  insightOf: ReadonlyMap<string, readonly Mark[]>;
  /** The legend of the marks. */
  legend: ReactNode;
  differing: ReadonlySet<string> | undefined;
  answered: ReadonlyMap<string, number>;
  openThread: (threadId: string) => void;
  goTo: GoTo;
}) {
  const { t } = useTranslation();
  const { job } = view;
  const { kind, turns, durationMs } = conversation;
  const isCall = kind === "call";
  const heardSoFar = isHeardSoFar(view);
  const [reading, read] = useReading();
  const limited = (conversation.provenance?.models ?? []).filter((model) => model.limited).map(({ task }) => task);
  const inWork = job !== null && (job.state === "running" || job.state === "waiting");
  const stopped = job !== null && (job.state === "failed" || job.state === "cancelled");
  return (
    <section className={classes["reading"]} aria-label={t(isCall ? "review.transcript" : "review.chat")}>
      <div className={classes["readingHead"]}>
        {limited.includes("transcription") && (
          <p className={classes["limited"]} data-testid="limited">
            <IconInfoCircle size={14} aria-hidden="true" /> {t("review.limited")}
          </p>
        )}
        {(limited.includes("segmentation") || limited.includes("embedding")) && (
          <p className={classes["limited"]} data-testid="limited-voices">
            <IconInfoCircle size={14} aria-hidden="true" /> {t("review.limitedVoices")}
          </p>
        )}
        {editable && (
          <EditingBar
            view={view}
            caret={caret}
            places={places}
            voices={voices}
            giving={editing.giving}
            setGiving={editing.setGiving}
            give={editing.give}
            giveToNew={editing.giveToNew}
          />
        )}
        <DoubtLegend turns={turns} />
        {turns.length > 0 && !heardSoFar && (
          <ReadingTools
            turns={turns}
            reading={reading}
            read={read}
            asMachine={machine.asked}
            toggleMachine={() => machine.ask(!machine.asked)}
          />
        )}
        {finding.open ? (
          <FindBar finding={finding} canReplace={editable} />
        ) : (
          turns.length > 0 && (
            <Button
              variant="subtle"
              color="gray"
              className={classes["findButton"] ?? ""}
              leftSection={<IconSearch size={14} aria-hidden="true" />}
              onClick={() => finding.begin(false)}
            >
              {t("review.find")}
            </Button>
          )
        )}
      </div>
      {finding.replacing && editable && <ReplaceBar conversation={conversation} finding={finding} corrections={corrections} />}
      {legend}
      {reading.confidence && <ConfidenceLegend />}
      <EditingNotes
        view={view}
        voices={voices}
        machine={machine.shown ? { changed: view.operations.length > 0, close: () => machine.ask(false) } : null}
        corrections={corrections}
        goTo={goTo}
      />
      {heardSoFar && view.partial !== null && <StillListening untilMs={view.partial.untilMs} durationMs={durationMs} />}
      {view.recording !== null && <RecordingNotes recording={view.recording} />}
      {!inWork && conversation.shortfalls.map((each) => <ShortfallNote key={each.lacks} shortfall={each} />)}
      {turns.length === 0 ? (
        <p className={classes["noTurns"]}>
          {t(inWork ? "review.noTurnsYet" : stopped ? "review.notListened" : "review.noTurns")}
        </p>
      ) : (
        <Transcript
          conversation={conversation}
          player={player}
          voices={voices}
          track={track}
          matches={finding.matches}
          activeMatch={finding.match}
          follow={follow && isCall && editing.editor === null}
          unfollow={unfollow}
          scrollable={scrollable}
          caret={caret}
          places={places}
          marksOf={marksOf}
          insightOf={insightOf}
          reading={reading}
          differing={differing}
          walkable={editable}
          editor={editing.editor}
          edit={editable ? editing.begin : undefined}
          giveToNumber={(number) => {
            const voice = [...voices.values()][number - 1];
            if (voice !== undefined) editing.give(voice.id);
          }}
          openThread={openThread}
          answered={answered}
        />
      )}
    </section>
  );
}
