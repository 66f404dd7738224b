import { IconBookmarkFilled, IconMessage, IconPlayerPlayFilled } from "@tabler/icons-react";
import { memo, type ReactNode } from "react";
import type { BotReading } from "../../../app/conversation/conversation.ts";
import { useTranslation } from "../../text/index.ts";
import { languageName } from "../../ui/languages.ts";
import { clock, percent, span } from "../../ui/time.ts";
import classes from "./transcript.module.css";
import type { TurnMarks } from "./transcript-marks.ts";
import { TurnText, type TurnTextProps } from "./turn-text.tsx";
import type { Voice } from "./voices.ts";

interface TurnRowProps extends TurnTextProps {
  index: number;
  voice: Voice | undefined;
  kind: "call" | "chat";
  /** Begins before the one above has ended. */
  overlaps: boolean;
  /** Time since the one above, where it is worth saying. */
  gapMs: number | null;
  sameVoice: boolean;
  /** The field in the place of the text, while it is being written. */
  editor: ReactNode;
  openThread: (threadId: string) => void;
  /** How long the other waited for this message; null where nobody did. */
  answeredAfterMs: number | null;
}

/** One turn: who, when, and the words, each of which can be heard. */
export const TurnRow = memo(function TurnRow(props: TurnRowProps) {
  const { turn, index, voice, kind, overlaps, gapMs, playable, marks, reading, walkable, answeredAfterMs } = props;
  const { t, i18n } = useTranslation();
  const name = voice?.name ?? t("role.other");
  const side = kind === "chat" && (voice?.participant.role === "agent" || voice?.participant.role === "bot") ? "ours" : "theirs";
  return (
    <>
      {kind === "chat" && gapMs !== null && <p className={classes["gap"]}>{t("review.gap", { time: span(gapMs) })}</p>}
      <article
        className={kind === "chat" ? classes["bubble"] : classes["turn"]}
        data-voice={voice?.hue ?? "none"}
        data-turn={turn.id}
        data-turn-index={index}
        data-overlaps={overlaps || undefined}
        data-wordless={turn.words.length === 0 || undefined}
        data-side={side}
        data-differs={props.differing?.has(turn.id) || undefined}
        tabIndex={walkable && turn.words.length === 0 && !(playable && turn.text === "") ? -1 : undefined}
        aria-label={`${name}, ${clock(turn.startMs)}`}
      >
        <header className={classes["who"]}>
          <span className={classes["name"]}>{name}</span>
          {voice?.role !== null && voice !== undefined && <span className={classes["role"]}>{voice.role}</span>}
          {playable ? (
            <button
              type="button"
              className={classes["at"]}
              tabIndex={-1}
              data-play={turn.startMs}
              aria-label={t("review.turnAt", { time: clock(turn.startMs), name })}
            >
              <IconPlayerPlayFilled size={10} aria-hidden="true" />
              {clock(turn.startMs)}
            </button>
          ) : (
            <span className={classes["at"]}>{clock(turn.startMs)}</span>
          )}
          {turn.language !== undefined && (
            <span className={classes["role"]} data-testid="turn-language">
              {t("hearing.speaks", { language: languageName(turn.language, i18n.language) })}
            </span>
          )}
          {overlaps && kind === "call" && <span className={classes["over"]}>{t("review.overlapsPrevious")}</span>}
          {answeredAfterMs !== null && (
            <span className={classes["role"]}>{t("measures.answeredAfter", { time: span(answeredAfterMs) })}</span>
          )}
          {marks !== undefined && <Marks marks={marks} openThread={props.openThread} />}
        </header>
        <div
          className={classes["text"]}
          lang={turn.language}
          dir="auto"
          data-languages={turn.translation === undefined || props.editor !== null ? undefined : reading.translation}
        >
          {props.editor ?? ((reading.translation !== "translation" || turn.translation === undefined) && <TurnText {...props} />)}
          {turn.translation !== undefined && reading.translation !== "original" && (
            <div className={classes["translation"]} lang="en" data-stale={turn.translationIsStale}>
              <span>{t("review.translation")}</span> {turn.translation}
              {turn.translationIsStale === true && <strong>{t("reviewing.reading.stale")}</strong>}
            </div>
          )}
        </div>
        {turn.bot !== undefined && <Bot reading={turn.bot} />}
      </article>
    </>
  );
});

/** What people have put on a turn: each thread can be opened from here. */
function Marks({ marks, openThread }: { marks: TurnMarks; openThread: (threadId: string) => void }) {
  const { t } = useTranslation();
  const [first] = marks.threadIds;
  return (
    <span className={classes["marks"]}>
      {first !== undefined && (
        <button
          type="button"
          tabIndex={-1}
          className={classes["markButton"]}
          aria-label={t("comments.inTurn", { count: marks.threadIds.length })}
          onClick={(event) => {
            event.stopPropagation();
            openThread(first);
          }}
        >
          <IconMessage size={13} aria-hidden="true" />
          {marks.threadIds.length}
        </button>
      )}
      {marks.bookmarks.length > 0 && (
        <IconBookmarkFilled
          size={13}
          role="img"
          aria-label={t("comments.bookmarkHere", {
            label: marks.bookmarks.map((label) => label || t("comments.bookmarkUnnamed")).join(", "),
          })}
        />
      )}
    </span>
  );
}

function Bot({ reading }: { reading: BotReading }) {
  const { t } = useTranslation();
  const slots = Object.entries(reading.slots).filter(([, value]) => value !== null);
  return (
    <dl className={classes["bot"]} data-missed={reading.missed || undefined}>
      {reading.missed && (
        <div>
          <dt className="unseen">{t("review.bot.state")}</dt>
          <dd className={classes["missed"]}>{t("review.bot.missed")}</dd>
        </div>
      )}
      {reading.intent !== null && (
        <div>
          <dt>{t("review.bot.intent")}</dt>
          <dd>
            {reading.intent}
            {reading.confidence !== null && `, ${t("review.bot.confidence", { percent: percent(reading.confidence) })}`}
          </dd>
        </div>
      )}
      {reading.state !== null && (
        <div>
          <dt>{t("review.bot.state")}</dt>
          <dd>
            {reading.state}
            {reading.confirmation !== undefined && `, ${reading.confirmation}`}
          </dd>
        </div>
      )}
      {slots.length > 0 && (
        <div>
          <dt>{t("review.bot.slots")}</dt>
          <dd>{slots.map(([slot, value]) => `${slot}: ${value}`).join(", ")}</dd>
        </div>
      )}
    </dl>
  );
}
