import { Button } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { AskedAnswer } from "../../../app/contract/question-views.ts";
import { useTranslation } from "../../text/index.ts";
import { Provenance } from "../../ui/proof/provenance.tsx";
import { QuoteList, type QuoteTarget } from "../../ui/proof/quote-list.tsx";
import { FailureNote } from "../../ui/states.tsx";
import { PlanNote } from "./plan-note.tsx";
import classes from "./questions.module.css";
import { useAsking } from "./use-asking.ts";

/** What a conversation answered to a question, with the words that prove it, or why there is no answer. */
export function AnswerView({ answer: one, target }: { answer: AskedAnswer; target: QuoteTarget }) {
  const { t } = useTranslation();
  const { answer, state, failure, stale } = one;
  const isUnderWay = state === "waiting" || state === "running";
  return (
    <div className={classes["answer"]} data-state={state} data-stale={stale.length > 0 || undefined}>
      {state !== "done" && (failure === null || isUnderWay) && (
        <p className={classes["quiet"]} role={isUnderWay ? "status" : undefined}>
          {t(`questions.answer.${state as "waiting"}`)}
        </p>
      )}
      {failure !== null && !isUnderWay && <FailureNote compact failure={failure} />}
      {answer !== null && state !== "done" && <p className={classes["quiet"]}>{t("questions.answer.earlier")}</p>}
      <Words one={one} />
      {stale.length > 0 && (
        <div className={classes["stale"]}>
          <IconAlertTriangle size={14} aria-hidden="true" />
          <div>
            <strong>{t("questions.answer.stale")}</strong> {stale.map(({ reason }) => reason).join(" ")}
          </div>
        </div>
      )}
      {answer !== null && <QuoteList quotes={answer.evidence} target={target} />}
      {answer?.searched.map(({ what }) => (
        <p key={what} className={classes["quiet"]}>
          {t("questions.answer.searched", { what })}
        </p>
      ))}
      <Made one={one} />
      {!isUnderWay && <AskAgain one={one} />}
    </div>
  );
}

function Words({ one: { answer, group, said } }: { one: AskedAnswer }) {
  const { t } = useTranslation();
  if (group === "hidden") return <p className={classes["warned"]}>{t("questions.answer.hidden")}</p>;
  if (answer === null) return null;
  const why = answer.faults.map(({ text }) => text).join(" ");
  switch (group) {
    case "passages":
      return <p className={classes["quiet"]}>{t("questions.answer.passages", { count: answer.evidence.length })}</p>;
    case "no-passage":
      return <p className={classes["quiet"]}>{t("questions.answer.noPassage")}</p>;
    case "for-a-person":
      return (
        <p>
          <strong>{t("questions.answer.forPerson")}</strong> <span className={classes["quiet"]}>{why}</span>
        </p>
      );
    default:
      return (
        <p>
          <span className={classes["said"]}>{said ?? t("questions.answer.notSaid")}</span>{" "}
          {(said === null || answer.value?.kind === "choice") && <span className={classes["quiet"]}>{answer.justification}</span>}
        </p>
      );
  }
}

function Made({ one: { answer, inputTokens, outputTokens, cost } }: { one: AskedAnswer }) {
  const { t } = useTranslation();
  if (answer?.written == null || answer.prompt === null) return null;
  const { model, region, calls, revision, flagged } = answer.written;
  const requests = calls.map(({ requestHash }) => requestHash);
  const { prompt, confidence } = answer;
  return (
    <>
      {flagged.length > 0 && <p className={classes["warned"]}>{t("questions.answer.flagged", { count: flagged.length })}</p>}
      <Provenance by={{ model, region, prompt, inputTokens, outputTokens, cost, requests, revision, confidence }} />
    </>
  );
}

function AskAgain({ one: { questionId: id, conversationId } }: { one: AskedAnswer }) {
  const { t } = useTranslation();
  const asking = useAsking(() => undefined);
  return (
    <>
      {asking.plan === null && (
        <Button
          className={classes["again"] ?? ""}
          variant="subtle"
          size="compact-xs"
          loading={asking.busy}
          onClick={() => asking.begin({ again: { id, conversationId } })}
        >
          {t("questions.answer.again")}
        </Button>
      )}
      <PlanNote asking={asking} />
    </>
  );
}
