import { Button } from "@mantine/core";
import { IconCheck, IconPlayerTrackNext } from "@tabler/icons-react";
import { useEffect } from "react";
import { Link, useLocation } from "wouter";
import type { ReviewState } from "../../../app/contract/library-views.ts";
import { call, memory, useAct, useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { useActions } from "../../ui/actions/index.ts";
import { tell } from "../../ui/notices.tsx";
import { moment } from "../../ui/time.ts";
import classes from "./day.module.css";
import { useWhy } from "./why.ts";

/** The time spent is told at least this often, in milliseconds. */
const tellEveryMs = 30_000;

/** Above a conversation: whether its review is finished, why it waits, and the way to the next that waits. */
export function ReviewStrip({ id }: { id: string }) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const why = useWhy();
  const state = useCall("review.open", { conversationId: id });
  const finish = useAct("review.finish");
  useTimeSpent(id, state.isSuccess);

  const open = (next: string | null) => {
    if (next !== null) navigate(`/conversation/${encodeURIComponent(next)}`);
    else {
      tell(t("day.strip.allDone"));
      navigate("/day");
    }
  };
  const change = (finished: boolean, then?: (state: ReviewState) => void) =>
    finish.mutate(
      { conversationId: id, finished },
      {
        onSuccess: (answer) => {
          memory.setQueryData(["review.open", { conversationId: id }], answer);
          then?.(answer);
        },
      },
    );
  const { data } = state;
  const next = data?.next ?? null;
  const isOpen = data !== undefined && data.finishedAt === null;
  useActions({
    "review.next": next === null ? undefined : () => open(next),
    "review.finish": isOpen ? () => change(true, (answer) => open(answer.next)) : undefined,
  });
  if (data === undefined) return <div className={classes["strip"]} />;
  const at = (iso: string) => moment(iso, (time) => t("state.today", { time }));

  return (
    <section className={classes["strip"]} aria-label={t("day.strip.label")}>
      <Link href="/day">{t("day.strip.back")}</Link>
      <span className={classes["reason"]}>
        {data.finishedAt !== null ? (
          <>
            <IconCheck size={14} aria-hidden="true" /> {t("day.strip.finished", { when: at(data.finishedAt) })}
          </>
        ) : (
          [
            data.reason === null ? null : why(data.reason),
            data.dueAt === null ? null : t("day.strip.due", { when: at(data.dueAt) }),
          ]
            .filter((part) => part !== null)
            .join(" · ")
        )}
      </span>
      {data.waiting > 0 && <span className={classes["quiet"]}>{t("day.strip.waiting", { count: data.waiting })}</span>}
      {isOpen ? (
        <>
          <Button size="compact-sm" variant="default" loading={finish.isPending} onClick={() => change(true)}>
            {t("day.strip.finish")}
          </Button>
          {next !== null && (
            <Button size="compact-sm" disabled={finish.isPending} onClick={() => change(true, (answer) => open(answer.next))}>
              {t("day.strip.finishNext")}
            </Button>
          )}
        </>
      ) : (
        <>
          <Button size="compact-sm" variant="default" loading={finish.isPending} onClick={() => change(false)}>
            {t("day.strip.reopen")}
          </Button>
          {next !== null && (
            <Button
              size="compact-sm"
              rightSection={<IconPlayerTrackNext size={14} aria-hidden="true" />}
              onClick={() => open(next)}
            >
              {t("day.strip.next")}
            </Button>
          )}
        </>
      )}
    </section>
  );
}

/** Tells how long the conversation has been before a person's eyes: only while the page is visible. */
function useTimeSpent(id: string, isOpened: boolean): void {
  useEffect(() => {
    if (!isOpened) return;
    let since = document.visibilityState === "visible" ? performance.now() : null;
    const say = () => {
      if (since === null) return;
      const ms = Math.round(performance.now() - since);
      since = performance.now();
      // A machine that slept was not looked at.
      if (ms > 0 && ms < 4 * tellEveryMs) void call("review.spend", { conversationId: id, ms }).catch(() => undefined);
    };
    const look = () => {
      if (document.visibilityState === "visible") since = performance.now();
      else {
        say();
        since = null;
      }
    };
    const timer = setInterval(say, tellEveryMs);
    document.addEventListener("visibilitychange", look);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
      say();
    };
  }, [id, isOpened]);
}
