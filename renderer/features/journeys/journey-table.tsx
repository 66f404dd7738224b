import { Link } from "wouter";
import { useTranslation } from "../../text/index.ts";
import { clock, moment, signed } from "../../ui/time.ts";
import { useClaimText } from "./journey-claims.tsx";
import { betweenMs, longSpan, type StepsProps, useServed } from "./journey-steps.tsx";
import classes from "./journeys.module.css";

/** The same as a table. */
export function JourneyTable({ steps, claims }: Omit<StepsProps, "peek">) {
  const { t } = useTranslation();
  return (
    <div className={classes["tableFrame"]}>
      <table className={classes["table"]}>
        <thead>
          <tr>
            {(["began", "title", "channel", "lasted", "between", "served", "felt", "about", "claims"] as const).map((column) => (
              <th key={column} scope="col">
                {t(`journeys.page.columns.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {steps.map((step, index) => {
            const between = betweenMs(steps[index - 1], step);
            const own = claims.filter((claim) =>
              "conversationId" in claim
                ? claim.conversationId === step.conversationId
                : claim.conversationIds.includes(step.conversationId),
            );
            return (
              <tr key={step.conversationId}>
                <td>
                  {step.startedAt === null
                    ? t("journeys.page.unknownTime")
                    : moment(step.startedAt, (time) => t("state.today", { time }))}
                </td>
                <th scope="row">
                  <Link href={`/conversation/${encodeURIComponent(step.conversationId)}`}>{step.title}</Link>
                </th>
                <td>{t(`channel.${step.channel}`)}</td>
                <td className="numeric">{clock(step.durationMs)}</td>
                <td>{between === null ? "" : longSpan(between, (count) => t("journeys.page.days", { count }))}</td>
                <td>
                  <Served step={step} />
                </td>
                <td className="numeric">
                  {step.sentiment?.score == null ? t("journeys.page.notJudged") : signed(step.sentiment.score)}
                </td>
                <td>{step.reasons.map(({ name }) => name).join(", ")}</td>
                <td>
                  {own.map((claim, place) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: claims have no names, and are made anew as a whole
                    <ClaimLine key={place} claim={claim} />
                  ))}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Served({ step }: { step: StepsProps["steps"][number] }) {
  return <>{useServed(step)}</>;
}

function ClaimLine({ claim }: { claim: StepsProps["claims"][number] }) {
  return <div>{useClaimText(claim)}</div>;
}
