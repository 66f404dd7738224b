import { IconAlertTriangle, IconCpu, IconUserCheck } from "@tabler/icons-react";
import { scoreText } from "../../../app/conformity/score-range.ts";
import type { LibraryRow } from "../../../app/contract/views.ts";
import { useTranslation } from "../../text/index.ts";
import classes from "./library.module.css";

type Evaluation = NonNullable<LibraryRow["evaluation"]>;

/** The score of a conversation with what it could also be; the machine's alone is a sketch, and what has changed under it is told. */
export function Score({ evaluation: { form, stage, percent, lowest, highest, failed, stale } }: { evaluation: Evaluation }) {
  const { t } = useTranslation();
  const isRange = percent !== null && lowest !== null && highest !== null && lowest < highest;
  const shown = percent === null ? "–" : t("finding.score.percent", { percent: scoreText(percent) });
  const said = [
    t("finding.score.said", {
      percent: percent === null ? t("finding.score.none") : shown,
      range: isRange ? t("finding.score.range", { lowest: scoreText(lowest), highest: scoreText(highest) }) : "",
      form,
      stage: t(`finding.score.stage.${stage}`),
    }),
    ...(failed > 0 ? [t("finding.score.failed")] : []),
    ...(stale > 0 ? [t("finding.score.stale")] : []),
  ].join("; ");
  return (
    <span
      role="img"
      aria-label={said}
      title={said}
      className={classes["judged"]}
      data-by={stage === "machine" ? "machine" : "person"}
      data-failed={failed > 0 || undefined}
    >
      {stale > 0 && <IconAlertTriangle size={12} aria-hidden="true" className={classes["staleSign"]} />}
      {isRange && (
        <small>
          {scoreText(lowest)}–{scoreText(highest)}
        </small>
      )}
      <span>{shown}</span>
    </span>
  );
}

/** How far the judging of a conversation is. */
export function Verdict({ evaluation: { stage, open } }: { evaluation: Evaluation }) {
  const { t } = useTranslation();
  const Icon = stage === "machine" ? IconCpu : IconUserCheck;
  return (
    <span className={classes["stateText"]} data-review={stage}>
      <Icon size={13} aria-hidden="true" />
      {t(`finding.score.review.${stage}`)}
      {open > 0 && stage === "draft" && <small className={classes["quiet"]}>{t("finding.score.open", { count: open })}</small>}
    </span>
  );
}
