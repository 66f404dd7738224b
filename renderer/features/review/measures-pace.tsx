import { lazy, Suspense, useMemo } from "react";
import type { Conversation } from "../../../app/conversation/conversation.ts";
import { paceOverTime, paceStep } from "../../../app/conversation/measures-over-time.ts";
import { useTranslation } from "../../text/index.ts";
import { clock, span } from "../../ui/time.ts";
import classes from "./measures.module.css";
import type { PaceRow } from "./measures-pace-chart.tsx";
import type { Voice } from "./voices.ts";

// The charts weigh as much as the rest of the page: a call is there before them.
const PaceChart = lazy(() => import("./measures-pace-chart.tsx").then((module) => ({ default: module.PaceChart })));

/** How fast each speaker speaks, over the call: a chart, or the same as a table. Nothing where no pace can be told. */
export function Pace({
  conversation,
  voices,
  asTable,
  jump,
}: {
  conversation: Conversation;
  voices: ReadonlyMap<string, Voice>;
  asTable: boolean;
  jump: (ms: number) => void;
}) {
  const { t } = useTranslation();
  const { turns, durationMs } = conversation;
  const points = useMemo(() => paceOverTime(turns, durationMs), [turns, durationMs]);
  const lines = [...voices.values()]
    .filter((voice) => points.some((point) => point.wordsPerMinute.has(voice.id)))
    .map(({ id, name, hue }) => ({ id, name, hue }));
  if (lines.length === 0) return <p className={classes["quiet"]}>{t("review.noFigures")}</p>;
  const note = t("measures.paceNote", { step: span(paceStep(durationMs)) });
  if (!asTable) {
    const rows = points.map(
      ({ startMs, wordsPerMinute }) =>
        ({ startMs, ...Object.fromEntries(lines.map(({ id }) => [id, wordsPerMinute.get(id) ?? null])) }) as PaceRow,
    );
    return (
      <>
        <Suspense fallback={<div className={classes["chart"]} />}>
          <PaceChart rows={rows} lines={lines} jump={jump} />
        </Suspense>
        <ul className={classes["key"]}>
          {lines.map(({ id, name, hue }) => (
            <li key={id} data-voice={hue}>
              {name}
            </li>
          ))}
        </ul>
        <p className={classes["quiet"]}>{note}</p>
      </>
    );
  }
  return (
    <table className={classes["table"]}>
      <caption className={classes["quiet"]}>{note}</caption>
      <thead>
        <tr>
          <th scope="col">{t("measures.from")}</th>
          {lines.map(({ id, name }) => (
            <th key={id} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {points.map((point) => (
          <tr key={point.startMs}>
            <th scope="row">
              <button
                type="button"
                className={classes["at"]}
                aria-label={t("measures.play", { time: clock(point.startMs) })}
                onClick={() => jump(point.startMs)}
              >
                {clock(point.startMs)}
              </button>
            </th>
            {lines.map(({ id }) => (
              <td key={id}>{point.wordsPerMinute.get(id) ?? "–"}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
