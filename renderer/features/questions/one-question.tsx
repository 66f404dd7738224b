import { Button, Progress } from "@mantine/core";
import { modals } from "@mantine/modals";
import { IconArrowLeft } from "@tabler/icons-react";
import { useState } from "react";
import { Link, useLocation } from "wouter";
import type { QuestionView } from "../../../app/contract/question-views.ts";
import { call, useAct, useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { useSaveMade } from "../../ui/desk/save-made.ts";
import { tell } from "../../ui/notices.tsx";
import { costText } from "../../ui/proof/provenance.tsx";
import { FailureNote, PageFailure, PageLoading } from "../../ui/states.tsx";
import { count, moment } from "../../ui/time.ts";
import { InsightsTabs } from "../insights/index.ts";
import { AnswerList } from "./answer-list.tsx";
import { type Chosen, Digest } from "./digest.tsx";
import { PlanNote } from "./plan-note.tsx";
import { overText } from "./question-words.ts";
import classes from "./questions.module.css";
import { useAsking } from "./use-asking.ts";

/** A question with how far it is, what many answered, and each answer with its words. */
export function OneQuestion({ id }: { id: string }) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState<Chosen>({ state: "all" });
  const found = useCall("question.get", { id });
  if (found.data === undefined) {
    return found.isError ? <PageFailure failure={found.error} again={() => void found.refetch()} /> : <PageLoading />;
  }
  const question = found.data;
  return (
    <div className={classes["question"]}>
      <header className={classes["header"]}>
        <Link href="/insights/questions" className={classes["back"] ?? ""}>
          <IconArrowLeft size={14} aria-hidden="true" /> {t("questions.back")}
        </Link>
        <InsightsTabs />
      </header>
      <Head question={question} />
      <div className={classes["columns"]}>
        <aside className={classes["side"]}>
          <Digest question={question} chosen={chosen} choose={setChosen} />
          <Again question={question} />
        </aside>
        <AnswerList key={JSON.stringify(chosen)} id={id} of={chosen} />
      </div>
    </div>
  );
}

function Head({ question }: { question: QuestionView }) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const { id, text, author, at, states, conversations, underWay, failure, inputTokens, outputTokens, cost } = question;
  const cancel = useAct("question.cancel", () => tell(t("questions.stopped")));
  const remove = useAct("question.remove", () => navigate("/insights/questions"));
  const { saving, save } = useSaveMade((name) => tell(t("questions.exported", { name })));
  const done = conversations - states.waiting - states.running;
  const when = moment(at, (time) => t("state.today", { time }));
  const confirmRemove = () =>
    modals.openConfirmModal({
      title: t("questions.removeTitle"),
      children: t("questions.removeBody", { count: states.done }),
      labels: { confirm: t("questions.remove"), cancel: t("state.cancel") },
      confirmProps: { color: "red" },
      closeButtonProps: { "aria-label": t("state.close") },
      onConfirm: () => remove.mutate({ id }),
    });
  return (
    <section className={classes["head"]}>
      <h1>{text}</h1>
      <p className={classes["small"]}>
        {overText(question, t)} · {t("questions.answer.askedBy", { author, when })}
        {inputTokens + outputTokens > 0 && (
          <>
            {" · "}
            {t("questions.taken", { input: count(inputTokens), output: count(outputTokens) })}
            {cost !== null && `, ${t("questions.plan.cost", { cost: costText(cost) })}`}
          </>
        )}
      </p>
      {underWay && (
        <div className={classes["progress"]}>
          <Progress value={(100 * done) / Math.max(1, conversations)} aria-label={t("questions.progressLabel")} />
          <span role="status">{t("questions.progress", { done, all: conversations })}</span>
          <Button size="xs" variant="default" loading={cancel.isPending} onClick={() => cancel.mutate({ id })}>
            {t("questions.stop")}
          </Button>
          <span className={classes["small"]}>{t("questions.stopsNot")}</span>
        </div>
      )}
      {failure !== null && (
        <>
          <FailureNote live failure={failure} />
          <p className={classes["small"]}>{t("questions.stoppedBy")}</p>
        </>
      )}
      <div className={classes["buttons"]}>
        <Button size="xs" variant="default" loading={saving} onClick={() => void save(() => call("question.export", { id }))}>
          {t("questions.export")}
        </Button>
        <Button size="xs" variant="subtle" color="red" onClick={confirmRemove}>
          {t("questions.remove")}
        </Button>
      </div>
    </section>
  );
}

/** Asks again what has not answered, and what is out of date. */
function Again({ question: { id, states, groups, stale, underWay } }: { question: QuestionView }) {
  const { t } = useTranslation();
  const asking = useAsking(() => undefined);
  const hidden = groups.find(({ key }) => key === "hidden")?.count ?? 0;
  const unanswered = states.failed + states.interrupted + states.cancelled + hidden;
  if (underWay) return null;
  return (
    <div className={classes["againAll"]}>
      {unanswered > 0 && (
        <Button
          size="xs"
          variant="default"
          loading={asking.busy}
          onClick={() => asking.begin({ again: { id, which: "unanswered" } })}
        >
          {t("questions.againUnanswered", { count: unanswered })}
        </Button>
      )}
      {stale > 0 && (
        <Button size="xs" variant="default" loading={asking.busy} onClick={() => asking.begin({ again: { id, which: "stale" } })}>
          {t("questions.againStale", { count: stale })}
        </Button>
      )}
      <Button size="xs" variant="subtle" loading={asking.busy} onClick={() => asking.begin({ again: { id, which: "all" } })}>
        {t("questions.answer.againAll")}
      </Button>
      <PlanNote asking={asking} />
    </div>
  );
}
