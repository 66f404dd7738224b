import { ActionIcon, Tooltip } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { Link } from "wouter";
import type { Evidence } from "../../../app/conformity/evidence.ts";
import type { CallOutput } from "../../../app/contract/api.ts";
import { useAct, useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { FailureNote } from "../../ui/states.tsx";
import { moment } from "../../ui/time.ts";
import { AnswerView } from "./answer-view.tsx";
import { AskForm } from "./ask-form.tsx";
import classes from "./questions.module.css";

/** The id of the field in which a conversation is asked. */
export const askFieldId = "ask-field";

/** Asks one conversation, and shows what it was asked before. */
export function AskPanel({ conversationId, play }: { conversationId: string; play: (quote: Evidence) => void }) {
  const { t } = useTranslation();
  const asked = useCall("question.ofConversation", { conversationId });
  const entries = asked.data?.entries;
  return (
    <>
      <section className={classes["part"]}>
        <AskForm
          scope={{ kind: "conversation", conversationId }}
          label={t("questions.ask.one")}
          fieldId={askFieldId}
          asked={() => void asked.refetch()}
        />
      </section>
      <section className={classes["part"]}>
        <h2>{t("questions.earlier")}</h2>
        {asked.isError && <FailureNote failure={asked.error} />}
        {entries?.length === 0 && <p className={classes["quiet"]}>{t("questions.noneOfOne")}</p>}
        <ol className={classes["entries"]} data-testid="asked">
          {entries?.map((entry) => (
            <Entry key={entry.question.id} entry={entry} play={play} />
          ))}
        </ol>
      </section>
    </>
  );
}

function Entry({
  entry: { question, answer },
  play,
}: {
  entry: CallOutput<"question.ofConversation">["entries"][number];
  play: (quote: Evidence) => void;
}) {
  const { t } = useTranslation();
  const remove = useAct("question.remove");
  const isOfOne = question.scope.kind === "conversation";
  const when = moment(question.at, (time) => t("state.today", { time }));
  return (
    <li>
      <div className={classes["entryHead"]}>
        <h3>{question.text}</h3>
        {isOfOne && (
          <Tooltip label={t("questions.remove")}>
            <ActionIcon
              variant="subtle"
              color="gray"
              size="sm"
              aria-label={`${t("questions.remove")}: ${question.text}`}
              loading={remove.isPending}
              onClick={() => remove.mutate({ id: question.id })}
            >
              <IconTrash size={14} aria-hidden="true" />
            </ActionIcon>
          </Tooltip>
        )}
      </div>
      <p className={classes["small"]}>
        {t("questions.answer.askedBy", { author: question.author, when })}
        {!isOfOne && (
          <>
            {" · "}
            <Link href={`/insights/questions/${encodeURIComponent(question.id)}`}>
              {t("questions.answer.ofMany", { conversations: question.conversations })}
            </Link>
          </>
        )}
      </p>
      <AnswerView answer={answer} target={{ play }} />
    </li>
  );
}
