import { IconVolume } from "@tabler/icons-react";
import { Fragment, type ReactNode, useMemo } from "react";
import type { Settings } from "../../../app/contract/views.ts";
import type { Turn, Word } from "../../../app/conversation/conversation.ts";
import { separatorOf } from "../../../app/conversation/workspace.ts";
import { useTranslation } from "../../text/index.ts";
import { percent, span } from "../../ui/time.ts";
import type { Match } from "./find.ts";
import { shownText, wordOffsets } from "./find.ts";
import { cutText, type Mark, marksByWord } from "./marks.ts";
import { useMarkTitle } from "./marks-title.ts";
import classes from "./transcript.module.css";
import type { ChosenInTurn } from "./transcript-caret.ts";
import type { TurnMarks } from "./transcript-marks.ts";
import { doubtOf, type Sureness, surenessOf } from "./word-doubt.ts";

/** What is said in one turn, each word with what is to be seen of it. */
export interface TurnTextProps {
  turn: Turn;
  playable: boolean;
  found: readonly Match[] | undefined;
  activeMatch: Match | undefined;
  /** Words can be stood on by keys. */
  walkable: boolean;
  chosen: ChosenInTurn | undefined;
  marks: TurnMarks | undefined;
  /** What was found in it, of the kinds that are shown. */
  insight: readonly Mark[] | undefined;
  reading: Settings["reading"];
  /** Ids of words and turns that are otherwise in the other version. */
  differing: ReadonlySet<string> | undefined;
}

const noMarks: readonly Mark[] = [];

/** The words of a turn, or its text where no words are known. */
export function TurnText(props: TurnTextProps) {
  const { turn, found, activeMatch, walkable, playable, chosen, marks, insight = noMarks, reading, differing } = props;
  const { t } = useTranslation();
  const onWords = useMemo(() => marksByWord(turn, insight), [turn, insight]);
  if (turn.words.length === 0) {
    if (turn.text === "") {
      return (
        <p className={classes["wordless"]}>
          <IconVolume size={14} aria-hidden="true" /> {t("review.wordsAbsent")}, {span(turn.endMs - turn.startMs)}
        </p>
      );
    }
    return (
      <p
        data-text={turn.id}
        data-restored={turn.restored !== undefined || undefined}
        title={turn.restored === undefined ? undefined : t("redaction.restore.mark")}
      >
        <MarkedText text={shownText(turn)} found={found} activeMatch={activeMatch} insight={insight} />
      </p>
    );
  }
  const offsets = wordOffsets(turn);
  const separator = separatorOf(turn);
  const begun = new Set<string>();
  return (
    <p data-confidence={reading.confidence || undefined}>
      {turn.words.map((word, index) => {
        // Words masked together are one label.
        const before = turn.words[index - 1];
        if (word.redaction !== undefined && before?.redaction === word.redaction) return null;
        const from = offsets[index] ?? 0;
        const to = from + word.text.length;
        const hit = found?.find((match) => match.from < to && match.to > from);
        const own = onWords.get(word.id) ?? noMarks;
        const earlier = before === undefined ? noMarks : (onWords.get(before.id) ?? noMarks);
        const shared = own.filter((mark) => earlier.includes(mark));
        const begins = own.filter((mark) => isTelling(mark) && !begun.has(mark.id));
        for (const { id } of begins) begun.add(id);
        return (
          <Fragment key={word.id}>
            {index > 0 &&
              (shared.length === 0 ? (
                separator
              ) : (
                <span className={classes["word"]} {...signsOf(shared)}>
                  {separator}
                </span>
              ))}
            <WordSpan
              word={word}
              first={index === 0}
              walkable={walkable || playable}
              mark={hit === undefined ? undefined : hit === activeMatch ? "active" : "found"}
              chosen={chosen !== undefined && index >= chosen.from && index <= chosen.to}
              commented={marks?.commented.has(word.id) ?? false}
              insight={own}
              begins={begins}
              sureness={reading.confidence ? surenessOf(word) : undefined}
              differs={differing?.has(word.id) ?? false}
            />
          </Fragment>
        );
      })}
    </p>
  );
}

function isTelling({ kind }: Mark): boolean {
  return kind === "issue" || kind === "action" || kind === "outcome";
}

/** How the marks on a word are to be seen; see the style sheet. */
function signsOf(insight: readonly Mark[]) {
  const entity = insight.find(({ kind }) => kind === "entity");
  return {
    "data-entity": entity?.style ?? undefined,
    "data-category": insight.some(({ kind }) => kind === "category") || undefined,
    "data-telling": insight.find(isTelling)?.kind,
    "data-hidden-here": insight.some(({ kind }) => kind === "redaction") || undefined,
  };
}

/** The names of the sentences that begin here. */
function useFlag(begins: readonly Mark[]): string | undefined {
  const { t } = useTranslation();
  if (begins.length === 0) return undefined;
  return [...new Set(begins.map(({ kind }) => t(`marks.one.${kind}`)))].join(", ");
}

function WordSpan({
  word,
  first,
  walkable,
  mark,
  chosen,
  commented,
  insight,
  begins,
  sureness,
  differs,
}: {
  word: Word;
  first: boolean;
  walkable: boolean;
  mark: "active" | "found" | undefined;
  chosen: boolean;
  commented: boolean;
  insight: readonly Mark[];
  begins: readonly Mark[];
  sureness: Sureness | undefined;
  differs: boolean;
}) {
  const { t } = useTranslation();
  const titleOf = useMarkTitle();
  const doubt = doubtOf(word);
  const common = {
    className: classes["word"],
    id: `word-${word.id}`,
    "data-word": word.id,
    "data-start": word.startMs,
    "data-doubt": doubt,
    "data-heard": word.heard === undefined ? undefined : "",
    "data-found": mark,
    "data-chosen": chosen || undefined,
    "data-commented": commented || undefined,
    "data-sure": word.redaction === undefined ? sureness : undefined,
    "data-differs": differs || undefined,
    "data-restored": (word.restored !== undefined && word.redaction === undefined) || undefined,
    "data-flag": useFlag(begins),
    ...signsOf(insight),
  };
  const masked = word.redaction === undefined ? null : word.redaction.replaceAll(/[-_]+/gu, " ").toLowerCase();
  const content = masked === null ? word.text : masked;
  const title =
    [
      ...(masked !== null && !insight.some(({ kind }) => kind === "redaction") ? [t("review.masked", { kind: masked })] : []),
      ...insight.map(titleOf),
      ...(masked !== null
        ? []
        : [
            doubt === undefined ? "" : t(`review.doubt.${doubt}`),
            sureness === undefined || word.confidence === null || word.review !== undefined
              ? ""
              : t("review.bot.confidence", { percent: percent(word.confidence) }),
            word.heard === undefined ? "" : t("hearing.heard", { heard: word.heard }),
            word.restored === undefined ? "" : t("redaction.restore.mark"),
          ]),
    ]
      .filter((part) => part !== "")
      .join(". ") || undefined;
  if (!walkable) {
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

/** A text without words: what was looked for in it, and what was found in it. */
function MarkedText({
  text,
  found = [],
  activeMatch,
  insight,
}: {
  text: string;
  found: readonly Match[] | undefined;
  activeMatch: Match | undefined;
  insight: readonly Mark[];
}): ReactNode {
  const titleOf = useMarkTitle();
  const { t } = useTranslation();
  if (found.length === 0 && insight.length === 0) return text;
  return cutText(text.length, insight, found).map(({ from, to, marks }) => {
    const piece = text.slice(from, to);
    const hit = found.find((match) => match.from < to && match.to > from);
    const content = hit === undefined ? piece : <mark data-found={hit === activeMatch ? "active" : "found"}>{piece}</mark>;
    if (marks.length === 0) return <Fragment key={from}>{content}</Fragment>;
    const begins = marks.filter((mark) => isTelling(mark) && mark.chars?.from === from);
    return (
      <span
        key={from}
        className={classes["word"]}
        data-flag={begins.length === 0 ? undefined : begins.map(({ kind }) => t(`marks.one.${kind}`)).join(", ")}
        title={marks.map(titleOf).join(". ")}
        {...signsOf(marks)}
      >
        {content}
      </span>
    );
  });
}
