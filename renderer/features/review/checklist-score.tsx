import { Button } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { scoreText } from "../../../app/conformity/score-range.ts";
import type { EvaluationView } from "../../../app/contract/conformity-views.ts";
import { useTranslation } from "../../text/index.ts";
import { useChords } from "../../ui/actions/index.ts";
import { Chord } from "../../ui/keys-overlay.tsx";
import { FailureNote } from "../../ui/states.tsx";
import { moment } from "../../ui/time.ts";
import type { Deciding } from "./checklist-deciding.ts";
import { type AskedQuestion, isWaiting, sectionTitles } from "./checklist-questions.ts";
import classes from "./checklist-score.module.css";

/** What the answers come to, between which scores the truth lies, what fails it, why it may still change, and who signs it. */
export function ScoreHead({
  view,
  questions,
  machineOnly,
  deciding,
  open,
}: {
  view: EvaluationView;
  questions: readonly AskedQuestion[];
  machineOnly: boolean;
  deciding: Deciding;
  open: (questionId: string) => void;
}) {
  const { t } = useTranslation();
  const { score, range, evaluation, provisional } = view;
  const { percent } = score.overall;
  const isRange = range.lowest !== range.highest;
  const part = (name: "conformity" | "quality") => {
    const one = score[name].percent;
    return (
      <span>
        {t(`checklist.${name}`)}{" "}
        <strong>{one === null ? t("checklist.none") : t("checklist.percent", { percent: scoreText(one) })}</strong>
      </span>
    );
  };
  return (
    <>
      <div className={classes["line"]}>
        <span className={classes["percent"]} data-provisional={provisional.length > 0 || undefined} data-testid="score">
          {percent === null ? t("checklist.notScored") : t("checklist.percent", { percent: scoreText(percent) })}
        </span>
        {score.band !== null && <span className={classes["band"]}>{score.band}</span>}
        {provisional.length > 0 && <span className={classes["still"]}>{t("checklist.provisional")}</span>}
      </div>
      <section className={classes["head"]} aria-label={t("checklist.panel")} data-testid="score-head">
        <RangeBar range={range} />
        {isRange && (
          <p className={classes["sentence"]}>
            {range.sentence}
            {!range.exact && <small> {t("checklist.approximate")}</small>}
          </p>
        )}
        <p className={classes["parts"]}>
          {score.passed !== null && (
            <span className={classes["passed"]} data-passed={score.passed}>
              {t(score.passed ? "checklist.passed" : "checklist.notPassed")}
            </span>
          )}
          {part("conformity")}
          {part("quality")}
        </p>
        <Critical view={view} questions={questions} open={open} />
        {provisional.length > 0 && (
          <div className={classes["provisional"]} role="status" data-testid="provisional">
            <IconAlertTriangle size={14} aria-hidden="true" />
            <div>
              <strong>{t("checklist.provisional")}</strong>
              <ul>
                {provisional.map((reason) => (
                  <li key={reason}>{reason}</li>
                ))}
              </ul>
            </div>
          </div>
        )}
        <Signing evaluation={evaluation} questions={questions} machineOnly={machineOnly} deciding={deciding} open={open} />
      </section>
    </>
  );
}

/** The score on a line from 0 to 100, with what it could also be. */
function RangeBar({ range: { percent, lowest, highest, sentence } }: Pick<EvaluationView, "range">) {
  if (percent === null) return null;
  const low = lowest ?? percent;
  const high = highest ?? percent;
  return (
    <div className={classes["bar"]} role="img" aria-label={sentence}>
      <span className={classes["sure"]} style={{ width: `${low}%` }} />
      <span className={classes["doubt"]} style={{ left: `${low}%`, width: `${high - low}%` }} />
      <span className={classes["tick"]} style={{ left: `${percent}%` }} />
      {high > low && (
        <>
          <span className={classes["end"]} data-end="low" style={{ right: `${100 - low}%` }} aria-hidden="true">
            {scoreText(low)}
          </span>
          <span className={classes["end"]} data-end="high" style={{ left: `${high}%` }} aria-hidden="true">
            {scoreText(high)}
          </span>
        </>
      )}
    </div>
  );
}

/** Which critical questions fail the whole, or a section of it. */
function Critical({
  view: { score, evaluation },
  questions,
  open,
}: {
  view: EvaluationView;
  questions: readonly AskedQuestion[];
  open: (questionId: string) => void;
}) {
  const { t } = useTranslation();
  const titles = sectionTitles(evaluation.form);
  const lines = [
    ...(score.failedBy.length > 0 ? [{ key: "form", text: t("checklist.criticalForm"), failedBy: score.failedBy }] : []),
    ...score.sections
      .map((section) => ({ ...section, own: section.failedBy.filter((id) => !score.failedBy.includes(id)) }))
      .filter(({ own }) => own.length > 0)
      .map(({ sectionId, own }) => ({
        key: sectionId,
        text: t("checklist.criticalSection", { section: titles.get(sectionId) ?? sectionId }),
        failedBy: own,
      })),
  ];
  if (lines.length === 0) return null;
  return (
    <ul className={classes["critical"]} data-testid="critical">
      {lines.map(({ key, text, failedBy }) => (
        <li key={key}>
          {text}{" "}
          {failedBy.map((id) => {
            const found = questions.find(({ question }) => question.id === id);
            return (
              found !== undefined && (
                <button key={id} type="button" onClick={() => open(id)}>
                  {found.judged.number}. {found.question.ask}
                </button>
              )
            );
          })}
        </li>
      ))}
    </ul>
  );
}

/** How far it is, and the way to sign it or to open it again. */
function Signing({
  evaluation: { stage, evaluator, submittedAt },
  questions,
  machineOnly,
  deciding,
  open,
}: Pick<EvaluationView, "evaluation"> & {
  questions: readonly AskedQuestion[];
  machineOnly: boolean;
  deciding: Deciding;
  open: (questionId: string) => void;
}) {
  const { t } = useTranslation();
  const [submitKey] = useChords("checklist.submit");
  const [reopenKey] = useChords("checklist.reopen");
  const waits = questions.filter(({ judged }) => isWaiting(judged.state));
  const when = submittedAt === null ? "" : moment(submittedAt, (time) => t("state.today", { time }));
  const submitted = stage === "submitted";
  const said = submitted
    ? evaluator === null
      ? t("checklist.stage.submittedUnnamed", { when })
      : t("checklist.stage.submitted", { name: evaluator, when })
    : machineOnly
      ? t("checklist.stage.machine")
      : evaluator === null
        ? t("checklist.stage.draftUnnamed")
        : t("checklist.stage.draft", { name: evaluator });
  const key = submitted ? reopenKey : submitKey;
  const isRefused = deciding.failed?.questionId === null;
  return (
    <>
      <div className={classes["signing"]}>
        <span className={classes["stage"]} data-submitted={submitted || undefined} data-testid="stage">
          {said}
        </span>
        {waits[0] !== undefined && !submitted && (
          <button type="button" className={classes["waits"]} onClick={() => open(waits[0]?.question.id ?? "")}>
            {t("checklist.waiting", { count: waits.length })}
          </button>
        )}
        <Button
          size="compact-sm"
          variant={submitted || waits.length > 0 ? "default" : "filled"}
          loading={deciding.busy && isRefused}
          onClick={submitted ? deciding.reopen : deciding.submit}
        >
          {t(submitted ? "checklist.reopen" : "checklist.submit")}
        </Button>
        {key !== undefined && (
          <span className={classes["keys"]} aria-hidden="true">
            <Chord chord={key} />
          </span>
        )}
      </div>
      {isRefused &&
        (waits.length > 0 ? (
          <p className={classes["refused"]} role="alert">
            {t("checklist.waits", {
              count: waits.length,
              numbers: waits.map(({ judged }) => judged.number).join(", "),
            })}
          </p>
        ) : (
          <FailureNote live compact failure={deciding.failed?.failure} />
        ))}
    </>
  );
}
