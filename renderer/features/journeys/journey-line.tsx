import type { CSSProperties } from "react";
import type { ClaimView, JourneyStepView } from "../../../app/contract/journey-views.ts";
import type { Channel } from "../../../app/conversation/conversation.ts";
import { useTranslation } from "../../text/index.ts";
import { moment } from "../../ui/time.ts";
import { ChannelIcon } from "./channel-icon.tsx";
import { laneStarts } from "./journey-marks.ts";
import type { Peeked } from "./journey-page.tsx";
import classes from "./journeys.module.css";

const channels: readonly Channel[] = ["bot", "chat", "sms", "voice"];

/** The conversations on one line of time, a lane for each channel; what came later stands further right, however long between. */
export function JourneyLine(props: {
  steps: readonly JourneyStepView[];
  claims: readonly ClaimView[];
  peek: (place: Peeked) => void;
}) {
  const { t } = useTranslation();
  const { steps, claims, peek } = props;
  const lanes = channels.filter((channel) => steps.some((step) => step.channel === channel));
  const starts = laneStarts(steps.map(({ startedAt }) => startedAt));
  const wrong = new Set(claims.filter(isTrouble).flatMap((claim) => ("conversationId" in claim ? [claim.conversationId] : [])));
  return (
    <section aria-labelledby="journey-line">
      <h2 id="journey-line">{t("journeys.page.line")}</h2>
      <ol className={classes["line"]} style={{ "--lanes": lanes.length } as CSSProperties}>
        {steps.map((step, index) => {
          const time =
            step.startedAt === null
              ? t("journeys.page.unknownTime")
              : moment(step.startedAt, (hour) => t("state.today", { time: hour }));
          const score = step.sentiment?.score ?? null;
          return (
            <li
              key={step.conversationId}
              className={classes["dot"]}
              style={{ left: `${starts[index]}%`, top: `calc(${lanes.indexOf(step.channel)} * 2.5rem + 0.25rem)` }}
            >
              <button
                type="button"
                data-felt={score === null ? undefined : score <= -1 ? "bad" : score >= 1 ? "good" : "even"}
                data-trouble={wrong.has(step.conversationId) || undefined}
                title={`${step.title}, ${time}`}
                aria-label={t("journeys.page.lineLabel", {
                  number: index + 1,
                  count: steps.length,
                  channel: t(`channel.${step.channel}`),
                  time,
                  title: step.title,
                })}
                onClick={() => peek({ conversationId: step.conversationId, turnId: null })}
              >
                <ChannelIcon channel={step.channel} />
              </button>
            </li>
          );
        })}
        {lanes.map((channel, lane) => (
          <li key={channel} aria-hidden="true" className={classes["lane"]} style={{ top: `calc(${lane} * 2.5rem)` }}>
            {t(`channel.${channel}`)}
          </li>
        ))}
      </ol>
    </section>
  );
}

function isTrouble(claim: ClaimView): boolean {
  return claim.kind === "asked-again" || (claim.kind === "promise" && (claim.state === "broken" || claim.state === "not-seen"));
}
