import { Button } from "@mantine/core";
import { Link } from "wouter";
import type { ClaimView, JourneyStepView } from "../../../app/contract/journey-views.ts";
import { memory, useAct } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { tell } from "../../ui/notices.tsx";
import { clock, moment, signed, span } from "../../ui/time.ts";
import { ChannelIcon } from "./channel-icon.tsx";
import { useClaimText } from "./journey-claims.tsx";
import type { Peeked } from "./journey-page.tsx";
import classes from "./journeys.module.css";

/** What the conversations of a journey are shown with. */
export interface StepsProps {
  readonly steps: readonly JourneyStepView[];
  readonly claims: readonly ClaimView[];
  readonly peek: (place: Peeked) => void;
}

/** The conversations one under the other, with the time between them. */
export function JourneySteps({ steps, claims, peek }: StepsProps) {
  return (
    <ol className={classes["steps"]}>
      {steps.map((step, index) => (
        <Step
          key={step.conversationId}
          step={step}
          before={steps[index - 1]}
          claims={claims}
          peek={peek}
          alone={steps.length === 1}
        />
      ))}
    </ol>
  );
}

function Step({
  step,
  before,
  claims,
  peek,
  alone,
}: Omit<StepsProps, "steps"> & { step: JourneyStepView; before: JourneyStepView | undefined; alone: boolean }) {
  const { t } = useTranslation();
  const { conversationId, title, channel, startedAt, sentiment, reasons } = step;
  const takeOut = useAct("journey.takeOut", () => {
    tell(t("journeys.page.takenOut"));
    for (const name of ["journey.get", "journey.of", "journey.list"] as const)
      void memory.invalidateQueries({ queryKey: [name] });
  });
  const own = claims.filter((claim) =>
    "conversationId" in claim ? claim.conversationId === conversationId : claim.conversationIds.includes(conversationId),
  );
  const between = betweenMs(before, step);
  return (
    <>
      {between !== null && (
        <li className={classes["between"]}>
          {t("journeys.page.between", { time: longSpan(between, (count) => t("journeys.page.days", { count })) })}
        </li>
      )}
      <li className={classes["step"]} data-step={conversationId}>
        <div className={classes["stepHead"]}>
          <ChannelIcon channel={channel} size={18} />
          <h3 dir="auto">{title}</h3>
          <span className={classes["quiet"]}>
            {startedAt === null ? t("journeys.page.unknownTime") : moment(startedAt, (time) => t("state.today", { time }))} ·{" "}
            {clock(step.durationMs)}
          </span>
        </div>
        <dl className={classes["facts"]}>
          <div>
            <dt>{t("journeys.page.served")}</dt>
            <dd>{useServed(step)}</dd>
          </div>
          <div>
            <dt>{t("journeys.page.felt")}</dt>
            <dd>
              {sentiment === null || sentiment.score === null ? t("journeys.page.notJudged") : signed(sentiment.score)}{" "}
              <Felt step={step} />
            </dd>
          </div>
          {reasons.length > 0 && (
            <div>
              <dt>{t("journeys.page.about")}</dt>
              <dd>{reasons.map(({ name }) => name).join(", ")}</dd>
            </div>
          )}
        </dl>
        {own.length > 0 && (
          <ul className={classes["tags"]}>
            {own.map((claim, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: claims have no names, and are made anew as a whole
              <ClaimTag key={index} claim={claim} />
            ))}
          </ul>
        )}
        <div className={classes["actions"]}>
          <Button size="compact-xs" variant="default" onClick={() => peek({ conversationId, turnId: null })}>
            {t("journeys.page.peek")}
          </Button>
          <Button
            size="compact-xs"
            variant="default"
            component={Link}
            href={`/conversation/${encodeURIComponent(conversationId)}`}
          >
            {t("journeys.page.open")}
          </Button>
          {!alone && (
            <Button
              size="compact-xs"
              variant="subtle"
              loading={takeOut.isPending}
              onClick={() => takeOut.mutate({ conversationId })}
            >
              {t("journeys.page.takeOut")}
            </Button>
          )}
        </div>
      </li>
    </>
  );
}

function ClaimTag({ claim }: { claim: ClaimView }) {
  return <li data-kind={claim.kind}>{useClaimText(claim)}</li>;
}

/** How the customer felt from quarter to quarter. */
function Felt({ step: { sentiment } }: { step: JourneyStepView }) {
  const { t } = useTranslation();
  const quarters = sentiment?.quarters ?? [];
  if (quarters.every((score) => score === null)) return null;
  const said = quarters.map((score, index) =>
    t("insight.quarter", { number: index + 1, score: score === null ? t("insight.noScore") : signed(score) }),
  );
  return (
    <span className={classes["quarters"]} role="img" aria-label={said.join(", ")} title={said.join(", ")}>
      {quarters.map((score, index) => (
        <span
          // biome-ignore lint/suspicious/noArrayIndexKey: a quarter is its place
          key={index}
          data-felt={score === null ? undefined : score < 0 ? "bad" : "good"}
          style={{ height: `${Math.min(100, Math.abs(score ?? 0) * 20)}%` }}
        />
      ))}
    </span>
  );
}

/** Who served in a conversation, for people. */
export function useServed({ served }: JourneyStepView): string {
  const { t } = useTranslation();
  if (served.length === 0) return t("journeys.page.nobody");
  return served.map(({ role, name }) => (name === null ? t(`role.${role}`) : `${name} (${t(`role.${role}`)})`)).join(", ");
}

/** The time from the end of one conversation to the beginning of the next, in milliseconds; null where nobody knows. */
export function betweenMs(before: JourneyStepView | undefined, step: JourneyStepView): number | null {
  if (before?.startedAt == null || step.startedAt === null) return null;
  return Math.max(0, Date.parse(step.startedAt) - Date.parse(before.startedAt) - before.durationMs);
}

const dayMs = 24 * 3_600_000;

/** A length of time that may be days; `days` says so many of them. */
export function longSpan(ms: number, days: (count: number) => string): string {
  return ms < 2 * dayMs ? span(Math.max(60_000, Math.round(ms / 60_000) * 60_000)) : days(Math.round(ms / dayMs));
}
