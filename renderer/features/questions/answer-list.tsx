import { Skeleton } from "@mantine/core";
import { useQueries } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef } from "react";
import { Link } from "wouter";
import type { AskedAnswer } from "../../../app/contract/question-views.ts";
import { queryOf, useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { addressOfQuote } from "../../ui/proof/quote-list.tsx";
import { PageFailure } from "../../ui/states.tsx";
import { moment } from "../../ui/time.ts";
import { AnswerView } from "./answer-view.tsx";
import type { Chosen } from "./digest.tsx";
import classes from "./questions.module.css";

/** Answers read at once. */
const pageSize = 50;
/** Height of an answer before it has been measured, in pixels. */
const usualHeight = 150;

/** The answers of one group, read as they come into view. */
export function AnswerList({ id, of }: { id: string; of: Chosen }) {
  const { t } = useTranslation();
  const scroller = useRef<HTMLElement>(null);
  const first = useCall("question.answers", { id, of, offset: 0, limit: pageSize });
  const total = first.data?.total ?? 0;
  const virtualizer = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => usualHeight,
    overscan: 4,
  });
  const items = virtualizer.getVirtualItems();
  const firstPage = Math.floor((items[0]?.index ?? 0) / pageSize);
  const lastPage = Math.floor((items.at(-1)?.index ?? 0) / pageSize);
  const pages = useQueries({
    queries: Array.from({ length: lastPage - firstPage + 1 }, (_, index) =>
      queryOf("question.answers", { id, of, offset: (firstPage + index) * pageSize, limit: pageSize }),
    ),
  });
  const answerAt = (index: number): AskedAnswer | undefined =>
    pages[Math.floor(index / pageSize) - firstPage]?.data?.answers[index % pageSize];

  if (first.isError && first.data === undefined) {
    return <PageFailure nested failure={first.error} again={() => void first.refetch()} />;
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keys
    <section ref={scroller} className={classes["answers"]} tabIndex={0} aria-label={t("questions.answers")}>
      {first.data !== undefined && total === 0 && <p className={classes["quiet"]}>{t("questions.answersNone")}</p>}
      <ol className={classes["virtual"]} style={{ height: virtualizer.getTotalSize() }} data-testid="answers">
        {items.map((item) => {
          const answer = answerAt(item.index);
          return (
            <li
              key={item.key}
              ref={virtualizer.measureElement}
              data-index={item.index}
              aria-posinset={item.index + 1}
              aria-setsize={total}
              style={{ transform: `translateY(${item.start}px)` }}
            >
              {answer === undefined ? <Skeleton height={usualHeight - 20} /> : <AnswerItem answer={answer} />}
            </li>
          );
        })}
      </ol>
    </section>
  );
}

function AnswerItem({ answer }: { answer: AskedAnswer }) {
  const { t } = useTranslation();
  const { conversationId, title, agent, startedAt } = answer;
  const about = [agent, startedAt === null ? null : moment(startedAt, (time) => t("state.today", { time }))];
  return (
    <article className={classes["item"]} data-conversation={conversationId}>
      <h3>
        <Link href={`/conversation/${encodeURIComponent(conversationId)}`}>{title}</Link>{" "}
        <span className={classes["small"]}>{about.filter((one) => one !== null).join(" · ")}</span>
      </h3>
      <AnswerView answer={answer} target={{ address: (quote) => addressOfQuote(conversationId, quote) }} />
    </article>
  );
}
