import { IconPlayerPlayFilled, IconVolume } from "@tabler/icons-react";
import { Fragment, memo, type ReactNode } from "react";
import type { BotReading, Turn, Word } from "../../../app/conversation/conversation.ts";
import { useTranslation } from "../../text/index.ts";
import { clock, percent, span } from "../../ui/time.ts";
import type { Match } from "./find.ts";
import { shownText, wordOffsets } from "./find.ts";
import classes from "./transcript.module.css";
import type { Voice } from "./voices.ts";

/** A probability below which a word is quietly marked as doubtful. */
const doubtfulBelow = 0.5;

/** Why a word should be read with doubt; undefined for one that need not. */
export function doubtOf(word: Word): NonNullable<Word["doubt"]> | undefined {
  if (word.redaction !== undefined) return undefined;
  return word.doubt ?? (word.confidence !== null && word.confidence < doubtfulBelow ? "improbable" : undefined);
}

interface TurnRowProps {
  turn: Turn;
  index: number;
  voice: Voice | undefined;
  kind: "call" | "chat";
  playable: boolean;
  /** Begins before the one above has ended. */
  overlaps: boolean;
  /** Time since the one above, where it is worth saying. */
  gapMs: number | null;
  sameVoice: boolean;
  found: readonly Match[] | undefined;
  activeMatch: Match | undefined;
}

/** One turn: who, when, and the words, each of which can be heard. */
export const TurnRow = memo(function TurnRow(props: TurnRowProps) {
  const { turn, index, voice, kind, overlaps, gapMs, playable } = props;
  const { t } = useTranslation();
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
          {overlaps && kind === "call" && <span className={classes["over"]}>{t("review.overlapsPrevious")}</span>}
        </header>
        <div className={classes["text"]} lang={turn.language} dir="auto">
          <TurnText {...props} />
          {turn.translation !== undefined && (
            <p className={classes["translation"]} lang="en">
              <span>{t("review.translation")}</span> {turn.translation}
            </p>
          )}
        </div>
        {turn.bot !== undefined && <Bot reading={turn.bot} />}
      </article>
    </>
  );
});

function TurnText({ turn, found, activeMatch, playable }: TurnRowProps) {
  const { t } = useTranslation();
  if (turn.words.length === 0) {
    if (turn.text === "") {
      return (
        <p className={classes["wordless"]}>
          <IconVolume size={14} aria-hidden="true" /> {t("review.wordsAbsent")}, {span(turn.endMs - turn.startMs)}
        </p>
      );
    }
    return <p>{marked(shownText(turn), found, activeMatch)}</p>;
  }
  const offsets = wordOffsets(turn);
  return (
    <p>
      {turn.words.map((word, index) => {
        // Words masked together are one label.
        const before = turn.words[index - 1];
        if (word.redaction !== undefined && before?.redaction === word.redaction) return null;
        const from = offsets[index] ?? 0;
        const to = from + word.text.length;
        const hit = found?.find((match) => match.from < to && match.to > from);
        return (
          <Fragment key={word.id}>
            {index > 0 && " "}
            <WordSpan
              word={word}
              first={index === 0}
              playable={playable}
              mark={hit === undefined ? undefined : hit === activeMatch ? "active" : "found"}
            />
          </Fragment>
        );
      })}
    </p>
  );
}

function WordSpan({
  word,
  first,
  playable,
  mark,
}: {
  word: Word;
  first: boolean;
  playable: boolean;
  mark: "active" | "found" | undefined;
}) {
  const { t } = useTranslation();
  const doubt = doubtOf(word);
  const common = {
    className: classes["word"],
    id: `word-${word.id}`,
    "data-word": word.id,
    "data-start": word.startMs,
    "data-doubt": doubt,
    "data-found": mark,
  };
  const masked = word.redaction === undefined ? null : word.redaction.replaceAll(/[-_]+/gu, " ").toLowerCase();
  const content = masked === null ? word.text : masked;
  const title =
    masked !== null ? t("review.masked", { kind: masked }) : doubt !== undefined ? t(`review.doubt.${doubt}`) : undefined;
  if (!playable) {
    return (
      <span {...common} data-masked={masked === null ? undefined : ""} title={title}>
        {content}
      </span>
    );
  }
  return (
    // A button element would take the words out of the reach of selection and line breaking.
    // biome-ignore lint/a11y/useSemanticElements: text that has to flow and be selected as text
    <span
      {...common}
      role="button"
      tabIndex={-1}
      data-first={first || undefined}
      data-masked={masked === null ? undefined : ""}
      title={title}
    >
      {content}
    </span>
  );
}

function marked(text: string, found: readonly Match[] | undefined, activeMatch: Match | undefined): ReactNode {
  if (found === undefined || found.length === 0) return text;
  const pieces: ReactNode[] = [];
  let at = 0;
  for (const match of found) {
    pieces.push(text.slice(at, match.from));
    pieces.push(
      <mark key={match.from} data-found={match === activeMatch ? "active" : "found"}>
        {text.slice(match.from, match.to)}
      </mark>,
    );
    at = match.to;
  }
  pieces.push(text.slice(at));
  return pieces;
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
          <dd>{reading.state}</dd>
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
