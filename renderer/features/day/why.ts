import { assertNever } from "../../../app/assert-never.ts";
import type { ReviewReason } from "../../../app/conversation/sampling.ts";
import { useTranslation } from "../../text/index.ts";
import { percent } from "../../ui/time.ts";

/** Says why a conversation waits for a review. */
export function useWhy(): (reason: ReviewReason) => string {
  const { t } = useTranslation();
  return (reason) => {
    switch (reason.kind) {
      case "person":
      case "random":
        return t(`day.why.${reason.kind}`);
      case "per-agent":
        return t("day.why.per-agent", {
          chosen: reason.chosen,
          of: reason.of,
          agent: reason.agent ?? t("day.why.noAgent"),
        });
      case "stratified":
        return t("day.why.stratified", {
          chosen: reason.chosen,
          of: reason.of,
          by: t(`day.by.${reason.by}`),
          value: reason.value ?? t("day.by.none"),
        });
      case "risk": {
        const score = percent(reason.score);
        if (reason.because.length === 0) return t("day.why.riskLow", { score });
        const because = reason.because
          .map(({ measure, above }) => t(`day.measure.${measure}`, { above: percent(above) }))
          .join(", ");
        return t("day.why.risk", { score, because });
      }
      case "rule":
        return t("day.why.rule", { search: reason.search });
      default:
        return assertNever(reason);
    }
  };
}
