import { Button } from "@mantine/core";
import { useState } from "react";
import type { ConversationView } from "../../../app/contract/views.ts";
import type { AnchorView } from "../../../app/conversation/anchors.ts";
import type { Interruption } from "../../../app/conversation/conversation.ts";
import { useTranslation } from "../../text/index.ts";
import { count, percent, span } from "../../ui/time.ts";
import { BotFigures } from "./chat-bot-figures.tsx";
import own from "./measures.module.css";
import { Pace } from "./measures-pace.tsx";
import { Monologues, ResponseTimes } from "./measures-response.tsx";
import classes from "./panel.module.css";
import { Fact, Moments, Section } from "./panel-parts.tsx";
import { SoundsFigures } from "./sounds-figures.tsx";
import type { Voice } from "./voices.ts";

/** The figures of a conversation: how the talk was shared, how fast it was, who answered after how long, who broke in on whom. */
export function Figures({
  view,
  voices,
  jump,
  goTo,
}: {
  view: ConversationView;
  voices: ReadonlyMap<string, Voice>;
  jump: (ms: number) => void;
  goTo: (anchor: Pick<AnchorView, "startMs" | "turnIds" | "wordIds">) => void;
}) {
  const { t } = useTranslation();
  const [asTable, setAsTable] = useState(false);
  const { measures, kind, durationMs } = view.conversation;
  const ofCall = (ms: number) => (durationMs > 0 ? t("review.ofCall", { percent: percent(ms / durationMs) }) : "");
  const speaking = measures.participants.filter((each) => each.turns > 0);
  const nameOf = (id: string) => voices.get(id)?.name ?? t("role.other");
  return (
    <>
      {kind === "call" && speaking.length > 0 && (
        <Section title={t("review.talk")}>
          <div className={classes["shares"]} aria-hidden="true">
            {speaking.map((each) => (
              <span
                key={each.participantId}
                data-voice={voices.get(each.participantId)?.hue ?? "none"}
                style={{ flexGrow: Math.max(0.001, each.talkMs) }}
              />
            ))}
          </div>
          <ul className={classes["talkers"]}>
            {speaking.map((each) => (
              <li key={each.participantId} data-voice={voices.get(each.participantId)?.hue ?? "none"}>
                <span className={classes["talker"]}>{nameOf(each.participantId)}</span>
                <span className="numeric">
                  {percent(each.talkShare)} · {span(each.talkMs)}
                </span>
              </li>
            ))}
          </ul>
          <dl className={classes["facts"]}>
            <Fact name={t("review.nonTalk")}>
              {span(measures.nonTalkMs)} <small>{ofCall(measures.nonTalkMs)}</small>
            </Fact>
            <Fact name={t("review.longestSilence")}>
              {measures.longestSilenceMs > 0 ? span(measures.longestSilenceMs) : t("state.none")}
            </Fact>
            <Fact name={t("review.overlap")}>
              {measures.overlapMs > 0 ? (
                <>
                  {span(measures.overlapMs)} <small>{ofCall(measures.overlapMs)}</small>
                </>
              ) : (
                t("state.none")
              )}
            </Fact>
          </dl>
        </Section>
      )}
      {speaking.length > 0 && (
        <Section title={t(kind === "chat" ? "measures.messages" : "review.turns")}>
          <table className={classes["table"]}>
            <thead>
              <tr>
                <th scope="col">
                  <span className="unseen">{t("review.who")}</span>
                </th>
                <th scope="col">{t(kind === "chat" ? "measures.messages" : "review.turns")}</th>
                <th scope="col">{t("review.words")}</th>
                {kind === "call" && <th scope="col">{t("review.pace")}</th>}
                {kind === "call" && <th scope="col">{t("review.longestTurn")}</th>}
              </tr>
            </thead>
            <tbody>
              {speaking.map((each) => (
                <tr key={each.participantId} data-voice={voices.get(each.participantId)?.hue ?? "none"}>
                  <th scope="row" className={classes["talker"]}>
                    {nameOf(each.participantId)}
                  </th>
                  <td>{count(each.turns)}</td>
                  <td>{count(each.words)}</td>
                  {kind === "call" && <td>{each.wordsPerMinute ?? "–"}</td>}
                  {kind === "call" && <td>{span(each.longestTurnMs)}</td>}
                </tr>
              ))}
            </tbody>
          </table>
        </Section>
      )}
      {kind === "call" && speaking.some((each) => each.words > 0) && (
        <Section title={t("measures.pace")}>
          <div className={own["head"]}>
            <Button variant="subtle" color="gray" size="compact-xs" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
              {t(asTable ? "measures.asCharts" : "measures.asTable")}
            </Button>
          </div>
          <Pace conversation={view.conversation} voices={voices} asTable={asTable} jump={jump} />
        </Section>
      )}
      {kind === "call" && speaking.length > 0 && (
        <Section title={t("measures.longestMonologue")}>
          <Monologues conversation={view.conversation} voices={voices} jump={jump} />
        </Section>
      )}
      {speaking.length > 1 && (
        <Section title={t("measures.response")}>
          <ResponseTimes
            conversation={view.conversation}
            voices={voices}
            jump={(ms, turnId) => (kind === "call" ? jump(ms) : goTo({ startMs: ms, turnIds: [turnId], wordIds: [] }))}
          />
        </Section>
      )}
      <BotFigures
        conversation={view.conversation}
        goTo={(turn) => goTo({ startMs: turn.startMs, turnIds: [turn.id], wordIds: [] })}
      />
      {kind === "call" && speaking.length === 0 && <p className={classes["notYet"]}>{t("review.noFigures")}</p>}
      {kind === "call" && (speaking.length > 0 || (view.conversation.sounds?.length ?? 0) > 0) && (
        <Section title={t("review.beside")}>
          <SoundsFigures conversation={view.conversation} jump={jump} />
        </Section>
      )}
      {kind === "call" && speaking.length > 0 && (
        <>
          <Section title={`${t("review.interruptions")} (${measures.interruptions.length})`}>
            <WhoBreaksIn interruptions={measures.interruptions} nameOf={nameOf} />
            <Moments
              moments={measures.interruptions}
              none={t("review.noInterruptions")}
              say={(each) => t("review.interruptionBy", { by: nameOf(each.byParticipantId), of: nameOf(each.ofParticipantId) })}
              jump={jump}
            />
          </Section>
          <Section title={`${t("review.silences")} (${measures.silences.length})`}>
            <Moments
              moments={measures.silences}
              none={t("review.noSilences")}
              say={(each) => t("review.silenceFor", { time: span(each.endMs - each.startMs) })}
              jump={jump}
            />
          </Section>
        </>
      )}
    </>
  );
}

/** How often each broke in on each other, where it was more than once in all. */
function WhoBreaksIn({
  interruptions,
  nameOf,
}: {
  interruptions: readonly Interruption[];
  nameOf: (participantId: string) => string;
}) {
  const { t } = useTranslation();
  if (interruptions.length < 2) return null;
  const pairs = Map.groupBy(interruptions, (each) => `${each.byParticipantId} ${each.ofParticipantId}`);
  return (
    <ul className={own["who"]}>
      {[...pairs].map(([key, [first, ...more]]) =>
        first === undefined ? null : (
          <li key={key}>
            {t("measures.interruptionsOf", { by: nameOf(first.byParticipantId), of: nameOf(first.ofParticipantId) })}{" "}
            <strong>{count(more.length + 1)}</strong>
          </li>
        ),
      )}
    </ul>
  );
}
