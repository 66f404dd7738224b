import { TextInput } from "@mantine/core";
import { IconArrowDownRight, IconArrowRight, IconArrowUpRight } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import type { ConversationView } from "../../../app/contract/views.ts";
import type { AnchorView } from "../../../app/conversation/anchors.ts";
import { speaksOfWords } from "../../../app/conversation/revision.ts";
import type { EntityGroup } from "../../../app/insight/entities.ts";
import type { InsightView, TurnSentiment } from "../../../app/insight/insight.ts";
import type { SentimentFigure } from "../../../app/insight/trend.ts";
import { useTranslation } from "../../text/index.ts";
import { stepThroughBars } from "../../ui/bars-keys.ts";
import { clock, signed } from "../../ui/time.ts";
import classes from "./insight-panel.module.css";
import { Section } from "./panel-parts.tsx";
import type { Voice } from "./voices.ts";

interface InsightPanelProps {
  readonly view: ConversationView;
  readonly voices: ReadonlyMap<string, Voice>;
  /** Shows a place in the transcript, and plays from there in a call. */
  readonly goTo: (place: Pick<AnchorView, "startMs" | "turnIds" | "wordIds">) => void;
}

/** How a conversation felt, by whom and when, and what it speaks of; who read it, and what they could not. */
export function InsightPanel({ view, voices, goTo }: InsightPanelProps) {
  const { t } = useTranslation();
  const { insight, job, conversation } = view;
  if (insight === null) {
    const state = job?.stages.find(({ name }) => name === "insight")?.state;
    const coming = state === "waiting" || state === "running";
    return <p className={classes["quiet"]}>{t(coming ? "insight.notYet" : "insight.notRead")}</p>;
  }
  if (insight.sentiment.turns.length === 0) return <p className={classes["quiet"]}>{t("insight.nothing")}</p>;
  return (
    <div data-testid="insight">
      {insight.unread > 0 && (
        <p className={classes["stale"]} role="status" data-testid="insight-stale">
          {t("insight.unread", { count: insight.unread })}
        </p>
      )}
      <Section title={t("insight.sentiment")}>
        <Figures insight={insight} view={view} voices={voices} />
      </Section>
      <Section title={t("insight.track")}>
        <Track key={conversation.id} insight={insight} view={view} voices={voices} goTo={goTo} />
      </Section>
      <Section title={t("insight.entities")}>
        <Entities groups={insight.entities} goTo={goTo} />
      </Section>
      <Section title={t("insight.readBy")}>
        <ReadBy insight={insight} />
      </Section>
    </div>
  );
}

/** Where a bar stands and how long it is, for a score from -5 to 5: half of the height is five. */
function barOf(score: number | null, judged = true) {
  if (!judged) return { className: classes["unjudged"], style: {} };
  if (score === null || Math.abs(score) < 0.05) return { className: classes["still"], style: {} };
  return { className: classes[score > 0 ? "good" : "bad"], style: { height: `${Math.min(50, Math.abs(score) * 10)}%` } };
}

function Figures({ insight, view, voices }: { insight: InsightView } & Pick<InsightPanelProps, "view" | "voices">) {
  const { t } = useTranslation();
  const { formula } = insight.sentiment;
  const figures = insight.sentiment[formula];
  const vendor = view.conversation.vendor;
  const rows: { key: string; name: string; hue: string | number | null; figure: SentimentFigure }[] = [
    ...figures.roles
      // A role of one speaker is that speaker.
      .filter(({ role }) => view.conversation.participants.filter((one) => one.role === role).length > 1)
      .map((figure) => ({ key: figure.role, name: t(`role.${figure.role}`), hue: null, figure })),
    ...figures.speakers.map((figure) => {
      const voice = voices.get(figure.participantId);
      return { key: figure.participantId, name: voice?.name ?? t("role.other"), hue: voice?.hue ?? null, figure };
    }),
    { key: "all", name: t("insight.whole"), hue: null, figure: figures.call },
  ];
  return (
    <>
      <table className={classes["table"]}>
        <thead>
          <tr>
            <th scope="col">
              <span className="unseen">{t("review.who")}</span>
            </th>
            <th scope="col">{t("insight.score")}</th>
            <th scope="col">{t("insight.quarters")}</th>
            <th scope="col">{t("insight.trend")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, name, hue, figure }) => (
            <tr key={key} data-voice={hue ?? undefined}>
              <th scope="row">{name}</th>
              <td className="numeric">{figure.score === null ? t("insight.noScore") : signed(figure.score)}</td>
              <td>
                <Quarters figure={figure} />
              </td>
              <td>
                <Trend figure={figure} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {vendor?.sentiment?.map(({ participantId, score }) => (
        <p key={participantId} className={classes["quiet"]}>
          {voices.get(participantId)?.name}:{" "}
          {t("insight.vendor", { source: vendor.source, score: score === null ? t("insight.noScore") : signed(score) })}
        </p>
      ))}
      {vendor !== undefined &&
        vendor.sentiment.length > 0 &&
        view.operations.some(({ operation }) => speaksOfWords(operation)) && (
          <p className={classes["stale"]}>{t("tracks.vendorEdited", { source: vendor.source })}</p>
        )}
      <p className={classes["quiet"]}>{t("insight.scale", { name: t(`insight.formula.${formula}`) })}</p>
    </>
  );
}

function Quarters({ figure }: { figure: SentimentFigure }) {
  const { t } = useTranslation();
  const said = figure.quarters
    .map(({ quarter, score }) =>
      t("insight.quarter", { number: quarter, score: score === null ? t("insight.noScore") : signed(score) }),
    )
    .join(", ");
  return (
    <span className={classes["quarters"]} role="img" aria-label={said} title={said}>
      {figure.quarters.map(({ quarter, score }) => {
        const bar = barOf(score, score !== null);
        return (
          <span key={quarter} className={classes["bar"]}>
            <span className={bar.className} style={bar.style} />
          </span>
        );
      })}
    </span>
  );
}

function Trend({ figure: { trend, change } }: { figure: SentimentFigure }) {
  const { t } = useTranslation();
  if (trend === null || change === null) return <span className={classes["quiet"]}>{t("insight.trends.unknown")}</span>;
  const Icon = { up: IconArrowUpRight, down: IconArrowDownRight, flat: IconArrowRight }[trend];
  const name = t(`insight.trends.${trend}`);
  return (
    <span className={classes["trend"]} title={t("insight.change", { trend: name, by: signed(change) })}>
      <Icon size={14} aria-hidden="true" /> {name}
    </span>
  );
}

/** Most bars that stand beside one another; of a longer conversation each is the strongest of several turns. */
const mostBars = 120;
/** Strongest moments that are listed. */
const strongestShown = 6;

function Track({ insight, view, voices, goTo }: { insight: InsightView } & InsightPanelProps) {
  const { t } = useTranslation();
  const turns = useMemo(() => new Map(view.conversation.turns.map((turn) => [turn.id, turn])), [view.conversation.turns]);
  const all = insight.sentiment.turns;
  const bars = useMemo(() => {
    const each = Math.max(1, Math.ceil(all.length / mostBars));
    return Array.from({ length: Math.ceil(all.length / each) }, (_, bar) =>
      all.slice(bar * each, (bar + 1) * each).reduce((best, one) => (strength(one) > strength(best) ? one : best)),
    );
  }, [all]);
  const strongest = useMemo(
    () =>
      all
        .filter((one) => strength(one) >= 1)
        .toSorted((a, b) => strength(b) - strength(a))
        .slice(0, strongestShown),
    [all],
  );
  const [chosen, setChosen] = useState(0);
  const go = ({ turnId }: TurnSentiment): void => {
    const turn = turns.get(turnId);
    if (turn !== undefined)
      goTo({ startMs: turn.startMs, turnIds: [turnId], wordIds: turn.words.slice(0, 1).map(({ id }) => id) });
  };
  const told = (one: TurnSentiment): string => {
    const turn = turns.get(one.turnId);
    return t("insight.turnAt", {
      time: clock(turn?.startMs ?? 0),
      who: voices.get(turn?.participantId ?? "")?.name ?? t("role.other"),
      label: t(`insight.labels.${one.label ?? "none"}`),
      score: one.score === null ? "" : signed(one.score),
    });
  };
  return (
    <>
      <p className={classes["quiet"]}>{t("insight.trackNote")}</p>
      {/* One stop for the keyboard: the arrows go from bar to bar. */}
      <div
        className={classes["track"]}
        role="toolbar"
        aria-label={t("insight.track")}
        onKeyDown={(event) => {
          const to = stepThroughBars(event, chosen, bars.length);
          if (to !== null) setChosen(to);
        }}
      >
        {bars.map((one, place) => {
          const bar = barOf(one.score, one.label !== null);
          return (
            <button
              key={one.turnId}
              type="button"
              tabIndex={place === chosen ? 0 : -1}
              aria-label={told(one)}
              title={told(one)}
              onClick={() => {
                setChosen(place);
                go(one);
              }}
            >
              <span className={bar.className} style={bar.style} />
            </button>
          );
        })}
      </div>
      {strongest.length > 0 && (
        <>
          <h3 className={classes["type"]}>{t("insight.strongest")}</h3>
          <ul className={classes["moments"]}>
            {strongest.map((one) => (
              <li key={one.turnId}>
                <button type="button" onClick={() => go(one)}>
                  <span className={`${classes["time"]} numeric`}>{clock(turns.get(one.turnId)?.startMs ?? 0)}</span>
                  <span className={`${classes["sign"]} numeric`}>{signed(one.score ?? 0)}</span>{" "}
                  {short(turns.get(one.turnId)?.text ?? "")}
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

function strength({ score }: TurnSentiment): number {
  return Math.abs(score ?? 0);
}

function short(text: string): string {
  return text.length > 90 ? `${text.slice(0, 88).trimEnd()}…` : text;
}

/** Values of a type, and places of a value, that are shown at first. */
const firstShown = 12;

function Entities({ groups, goTo }: { groups: readonly EntityGroup[]; goTo: InsightPanelProps["goTo"] }) {
  const { t } = useTranslation();
  const [wanted, setWanted] = useState("");
  const shown = useMemo(() => {
    const needle = wanted.trim().toLocaleLowerCase();
    const found = needle === "" ? groups : groups.filter(({ value }) => value.toLocaleLowerCase().includes(needle));
    return Map.groupBy(found, ({ type }) => type);
  }, [groups, wanted]);
  if (groups.length === 0) return <p className={classes["quiet"]}>{t("insight.noEntities")}</p>;
  return (
    <>
      {groups.length > firstShown && (
        <TextInput
          size="xs"
          value={wanted}
          aria-label={t("insight.filter")}
          placeholder={t("insight.filter")}
          onChange={(event) => setWanted(event.currentTarget.value)}
        />
      )}
      {shown.size === 0 && <p className={classes["quiet"]}>{t("insight.noEntities")}</p>}
      {[...shown].map(([type, values]) => (
        <div key={type}>
          <h3 className={classes["type"]}>{t(`insight.types.${type as "OTHER"}`, { defaultValue: type })}</h3>
          <Some all={values} draw={(group) => <Value key={`${group.type} ${group.value}`} group={group} goTo={goTo} />} />
        </div>
      ))}
    </>
  );
}

function Value({ group, goTo }: { group: EntityGroup; goTo: InsightPanelProps["goTo"] }) {
  const { t } = useTranslation();
  return (
    <li>
      <details>
        <summary>
          <span>{group.value}</span>
          <span className={`${classes["quiet"]} numeric`}>{t("insight.times", { count: group.count })}</span>
        </summary>
        <Some
          all={group.mentions}
          draw={(mention) => (
            <li key={`${mention.turnId} ${mention.start}`}>
              <button
                type="button"
                aria-label={t("insight.said", { text: mention.text, time: clock(mention.startMs) })}
                onClick={() => goTo({ startMs: mention.startMs, turnIds: [mention.turnId], wordIds: mention.wordIds })}
              >
                <span className={`${classes["time"]} numeric`}>{clock(mention.startMs)}</span> {mention.text}
              </button>
            </li>
          )}
        />
      </details>
    </li>
  );
}

/** The first of a list, and the rest when somebody asks for it. */
function Some<T>({ all, draw }: { all: readonly T[]; draw: (one: T) => React.ReactNode }) {
  const { t } = useTranslation();
  const [whole, setWhole] = useState(false);
  const rest = all.length - firstShown;
  return (
    <>
      <ul className={classes["values"]}>{(whole ? all : all.slice(0, firstShown)).map(draw)}</ul>
      {!whole && rest > 0 && (
        <button type="button" className={classes["more"]} onClick={() => setWhole(true)}>
          {t("insight.more", { count: rest })}
        </button>
      )}
    </>
  );
}

function ReadBy({ insight }: { insight: InsightView }) {
  const { t, i18n } = useTranslation();
  const nameOf = (language: string | null): string =>
    language === null
      ? t("insight.unknownLanguage")
      : (new Intl.DisplayNames(i18n.language, { type: "language" }).of(language) ?? language);
  return (
    <ul className={classes["notes"]}>
      {insight.engines.map(({ by, turns }) => (
        <li key={by}>{t(`insight.engine.${by}`, { count: turns })}</li>
      ))}
      {insight.fallbacks.map(({ reason, language, turns }) => (
        <li key={`${reason} ${language}`} className={classes["warned"]}>
          {reason === "language" || reason === "partial"
            ? t(`insight.fallback.${reason}`, { count: turns, language: nameOf(language) })
            : t("insight.fallback.failed", { count: turns, reason })}
        </li>
      ))}
      {insight.notJudged.map(({ language, turns }) => (
        <li key={language} className={classes["warned"]}>
          {t("insight.notJudged", { count: turns, language: nameOf(language) })}
        </li>
      ))}
      {insight.engines.some(({ by }) => by === "local") && <li className={classes["quiet"]}>{t("insight.localLimits")}</li>}
      {insight.badTerms.length > 0 && (
        <li className={classes["warned"]}>
          {t("insight.badTerms")}
          <ul>
            {insight.badTerms.slice(0, firstShown).map(({ file, line, reason }) => (
              <li key={`${file} ${line} ${reason}`}>
                {t("insight.badRow", {
                  file,
                  line,
                  reason: t(`insight.badReasons.${reason as "absent"}`, { defaultValue: reason }),
                })}
              </li>
            ))}
          </ul>
        </li>
      )}
    </ul>
  );
}
