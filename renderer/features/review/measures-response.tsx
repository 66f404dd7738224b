import { useMemo } from "react";
import type { Conversation } from "../../../app/conversation/conversation.ts";
import { longestMonologues, responseMeasures, responses } from "../../../app/conversation/measures-over-time.ts";
import { useTranslation } from "../../text/index.ts";
import { clock, count, span } from "../../ui/time.ts";
import classes from "./measures.module.css";
import { runUpMs } from "./panel-parts.tsx";
import type { Voice } from "./voices.ts";

/** How long each waited for the other: typically, and at most; the longest can be gone to. */
export function ResponseTimes({
  conversation,
  voices,
  jump,
}: {
  conversation: Conversation;
  voices: ReadonlyMap<string, Voice>;
  /** Goes to a turn. */
  jump: (ms: number, turnId: string) => void;
}) {
  const { t } = useTranslation();
  const { turns, kind } = conversation;
  const measured = useMemo(() => responseMeasures(responses({ turns, kind })), [turns, kind]);
  const most = Math.max(1, ...measured.map((each) => each.medianMs));
  if (measured.length === 0) return <p className={classes["quiet"]}>{t("measures.noAnswers")}</p>;
  return (
    <table className={classes["table"]} data-testid="response-times">
      <caption className={classes["quiet"]}>{t(kind === "chat" ? "measures.responseNoteChat" : "measures.responseNote")}</caption>
      <thead>
        <tr>
          <th scope="col">
            <span className="unseen">{t("review.who")}</span>
          </th>
          <th scope="col">{t("measures.answers")}</th>
          <th scope="col">{t("measures.median")}</th>
          <th scope="col">{t("measures.longest")}</th>
        </tr>
      </thead>
      <tbody>
        {measured.map(({ participantId, count: answers, medianMs, longest }) => {
          const voice = voices.get(participantId);
          return (
            <tr key={participantId} data-voice={voice?.hue ?? "none"}>
              <th scope="row" className={classes["name"]}>
                {voice?.name ?? t("role.other")}
              </th>
              <td>{count(answers)}</td>
              <td className={classes["bar"]}>
                {span(medianMs)}
                <i style={{ width: `${(medianMs / most) * 100}%` }} />
              </td>
              <td>
                <button
                  type="button"
                  className={classes["at"]}
                  title={t("measures.play", { time: clock(longest.atMs) })}
                  onClick={() => jump(Math.max(0, longest.atMs - longest.afterMs - runUpMs), longest.turnId)}
                >
                  {span(longest.afterMs)}
                </button>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** How long each goes on alone at most; each can be heard. */
export function Monologues({
  conversation,
  voices,
  jump,
}: {
  conversation: Conversation;
  voices: ReadonlyMap<string, Voice>;
  jump: (ms: number) => void;
}) {
  const { t } = useTranslation();
  const { turns, durationMs } = conversation;
  const longest = useMemo(() => longestMonologues(turns, durationMs), [turns, durationMs]);
  const most = Math.max(1, ...longest.map((each) => each.endMs - each.startMs));
  return (
    <ul className={classes["bars"]}>
      {longest.map(({ participantId, startMs, endMs }) => {
        const voice = voices.get(participantId);
        const name = voice?.name ?? t("role.other");
        return (
          <li key={participantId} data-voice={voice?.hue ?? "none"}>
            <button type="button" onClick={() => jump(startMs)}>
              <span className={classes["name"]}>{name}</span>
              <i style={{ width: `${((endMs - startMs) / most) * 100}%` }} aria-hidden="true" />
              <span className="numeric">
                {span(endMs - startMs)}, {clock(startMs)}
              </span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
