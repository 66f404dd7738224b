import { TextInput } from "@mantine/core";
import { IconMessageQuestion } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { Link, useLocation } from "wouter";
import type { QuestionView } from "../../../app/contract/question-views.ts";
import { useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { useActions } from "../../ui/actions/index.ts";
import { EmptyState, PageFailure, PageLoading } from "../../ui/states.tsx";
import { moment } from "../../ui/time.ts";
import { InsightsTabs } from "../insights/index.ts";
import { currentView } from "../library/index.ts";
import { AskForm } from "./ask-form.tsx";
import { OneQuestion } from "./one-question.tsx";
import { overText, topGroups, useGroupName } from "./question-words.ts";
import classes from "./questions.module.css";

/** Questions that were asked, and a field to ask the conversations of a search; or one question with its answers. */
export function QuestionsPage({ id }: { id: string | null }) {
  const { t } = useTranslation();
  useEffect(() => {
    document.title = `${t("questions.title")} · ${t("app.name")}`;
  }, [t]);
  return id === null ? <AllQuestions /> : <OneQuestion key={id} id={id} />;
}

function AllQuestions() {
  const { t } = useTranslation();
  const all = useCall("question.list", {});
  if (all.data === undefined) {
    return all.isError ? <PageFailure failure={all.error} again={() => void all.refetch()} /> : <PageLoading />;
  }
  const { questions } = all.data;
  return (
    <div className={classes["page"]} data-keep-scroll="questions">
      <header className={classes["header"]}>
        <h1>{t("questions.title")}</h1>
        <InsightsTabs />
      </header>
      <AskSearch />
      {questions.length === 0 ? (
        <EmptyState
          icon={<IconMessageQuestion size={40} stroke={1.4} />}
          title={t("questions.emptyTitle")}
          body={t("questions.emptyBody")}
        >
          <Link href="/">{t("app.toLibrary")}</Link>
        </EmptyState>
      ) : (
        <div className={classes["tableScroll"]}>
          <table className={classes["table"]} aria-label={t("questions.list")}>
            <thead>
              <tr>
                {(["question", "over", "answers", "by", "when"] as const).map((column) => (
                  <th key={column} scope="col">
                    {t(`questions.columns.${column}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {questions.map((question) => (
                <QuestionLine key={question.id} question={question} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
}

/** Asks what a search of the library finds. */
function AskSearch() {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  // What the library shows now is what one mostly wants to ask.
  const [over, setOver] = useState(() => currentView().text);
  useActions({ "questions.ask": () => document.getElementById("ask-search")?.focus() });
  return (
    <section className={classes["asking"]}>
      <TextInput
        size="xs"
        label={t("questions.ask.over")}
        description={t("questions.ask.overNote")}
        placeholder={t("questions.ask.overHint")}
        maxLength={1_000}
        value={over}
        onChange={(event) => setOver(event.currentTarget.value)}
      />
      <AskForm
        // What was looked at belongs to the search that it was worked out for.
        key={over}
        scope={{ kind: "search", text: over }}
        label={t("questions.ask.over")}
        fieldId="ask-search"
        asked={(id) => navigate(`/insights/questions/${encodeURIComponent(id)}`)}
      />
    </section>
  );
}

function QuestionLine({ question }: { question: QuestionView }) {
  const { t } = useTranslation();
  const nameOf = useGroupName();
  const { id, text, author, at, underWay, states, conversations } = question;
  const done = conversations - states.waiting - states.running;
  const failed = states.failed + states.interrupted + states.cancelled;
  return (
    <tr>
      <th scope="row">
        <Link href={`/insights/questions/${encodeURIComponent(id)}`}>{text}</Link>
      </th>
      <td>{overText(question, t)}</td>
      <td>
        {underWay && <span role="status">{t("questions.progress", { done, all: conversations })}. </span>}
        {[
          ...topGroups(question, 3).map(({ key, said, count }) => `${nameOf(key, said)}: ${count}`),
          ...(failed === 0 ? [] : [`${t("questions.groups.unanswered")}: ${failed}`]),
        ].join(" · ")}
      </td>
      <td>{author}</td>
      <td className={classes["when"]}>{moment(at, (time) => t("state.today", { time }))}</td>
    </tr>
  );
}
