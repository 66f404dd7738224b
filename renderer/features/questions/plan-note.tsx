import { Button } from "@mantine/core";
import { useEffect, useRef } from "react";
import type { QuestionPlan } from "../../../app/contract/question-views.ts";
import { useTranslation } from "../../text/index.ts";
import { costText } from "../../ui/proof/provenance.tsx";
import { count } from "../../ui/time.ts";
import classes from "./questions.module.css";
import type { Asking } from "./use-asking.ts";

/** What would be sent, where to, and what it takes: a person agrees to it, or nothing is sent. */
export function PlanNote({ asking, text }: { asking: Asking; text?: string }) {
  const { t } = useTranslation();
  const { plan, busy } = asking;
  const agree = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (plan !== null) agree.current?.focus();
  }, [plan]);
  if (plan === null) return null;
  return (
    <section className={classes["plan"]} aria-label={t("questions.plan.title")} data-testid="plan">
      <strong>{t("questions.plan.title")}</strong>
      {plan.to === null ? (
        <p>{t("questions.plan.passages", { count: plan.conversations })}</p>
      ) : (
        <Sent plan={plan} to={plan.to} />
      )}
      {plan.withoutWords > 0 && <p>{t("questions.plan.withoutWords", { count: plan.withoutWords })}</p>}
      {text !== undefined && plan.text !== text.trim() && <p>{t("questions.plan.masked", { text: plan.text })}</p>}
      <div className={classes["buttons"]}>
        <Button ref={agree} size="xs" loading={busy} onClick={asking.agree}>
          {t(plan.to === null ? "questions.plan.look" : "questions.plan.agree")}
        </Button>
        <Button size="xs" variant="default" onClick={asking.dismiss}>
          {t("state.cancel")}
        </Button>
      </div>
    </section>
  );
}

function Sent({ plan, to }: { plan: QuestionPlan; to: NonNullable<QuestionPlan["to"]> }) {
  const { t } = useTranslation();
  const { requests, inputTokens, outputTokens, cost, conversations, sampled } = plan;
  const place =
    to.engine === "endpoint"
      ? (to.url ?? "")
      : to.url === null
        ? t("questions.plan.bedrock", { region: to.region ?? t("questions.plan.profileRegion") })
        : t("questions.plan.bedrockUrl", { url: to.url });
  const takes = { requests: count(requests), input: count(inputTokens), output: count(outputTokens) };
  return (
    <>
      <p>
        {to.isHere
          ? t("questions.plan.here", { count: conversations, model: to.model })
          : t("questions.plan.sends", { count: conversations, model: to.model, place })}
      </p>
      <p>
        {t(sampled ? "questions.plan.takesAbout" : "questions.plan.takes", takes)},{" "}
        {cost === null ? t("questions.plan.costUnknown") : t("questions.plan.cost", { cost: costText(cost) })}.{" "}
        {t("questions.plan.more")}
      </p>
    </>
  );
}
