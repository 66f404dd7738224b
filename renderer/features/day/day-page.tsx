import { Button, Skeleton } from "@mantine/core";
import { IconChecklist, IconDice5 } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { Link, useLocation } from "wouter";
import type { SamplingRun } from "../../../app/contract/library-views.ts";
import { useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { useActions } from "../../ui/actions/index.ts";
import { EmptyState, PageFailure } from "../../ui/states.tsx";
import { clock, moment, span } from "../../ui/time.ts";
import classes from "./day.module.css";
import { DrawDialog, type Drawing } from "./draw-dialog.tsx";
import { useWhy } from "./why.ts";

/** What waits for the reviewer today, what is due first, and why each was chosen; samples drawn, and drawing one. */
export function DayPage() {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const why = useWhy();
  const mine = useCall("review.mine", {});
  const runs = useCall("sample.runs", {});
  const [drawing, setDrawing] = useState<Drawing | null>(null);
  const first = mine.data?.waiting[0];
  const openFirst = first === undefined ? undefined : () => navigate(addressOf(first.conversationId));
  useActions({ "review.next": openFirst });

  useEffect(() => {
    document.title = `${t("day.title")} · ${t("app.name")}`;
  }, [t]);

  if (mine.isError && mine.data === undefined) return <PageFailure failure={mine.error} again={() => void mine.refetch()} />;
  const { data } = mine;
  const at = (iso: string) => moment(iso, (time) => t("state.today", { time }));
  const sample = (
    <Button
      variant="default"
      leftSection={<IconDice5 size={16} aria-hidden="true" />}
      onClick={() => setDrawing({ name: "", plan: null })}
    >
      {t("day.sample")}
    </Button>
  );

  return (
    <div className={classes["page"]}>
      <header className={classes["header"]}>
        <h1>{t("day.title")}</h1>
        {data !== undefined && (
          <p className={classes["figures"]} role="status">
            {t("day.waiting", { count: data.total, name: data.reviewer })}
            {data.today.count > 0 && ` · ${t("day.today", { count: data.today.count, time: span(data.today.spentMs) })}`}
          </p>
        )}
        {sample}
        <Button disabled={openFirst === undefined} onClick={openFirst}>
          {t("day.start")}
        </Button>
      </header>
      {data === undefined ? (
        <div className={classes["loading"]} role="status">
          <span className="unseen">{t("state.loading")}</span>
          {[70, 55, 62, 48].map((width) => (
            <Skeleton key={width} height={14} width={`${width}%`} />
          ))}
        </div>
      ) : data.waiting.length === 0 ? (
        <EmptyState
          icon={<IconChecklist size={44} stroke={1.4} />}
          title={t("day.empty")}
          body={t("day.emptyBody", { name: data.reviewer })}
        >
          {sample}
        </EmptyState>
      ) : (
        <div className={classes["scroll"]}>
          <table className={classes["list"]} aria-label={t("day.list")}>
            <thead>
              <tr>
                <th scope="col">{t("day.column.title")}</th>
                <th scope="col">{t("day.column.why")}</th>
                <th scope="col">{t("day.column.due")}</th>
                <th scope="col" data-figure>
                  {t("day.column.length")}
                </th>
                <th scope="col" data-figure>
                  {t("day.column.spent")}
                </th>
              </tr>
            </thead>
            <tbody>
              {data.waiting.map((one) => {
                const overdue = one.dueAt !== null && Date.parse(one.dueAt) < Date.now();
                return (
                  <tr key={one.conversationId} data-conversation={one.conversationId} data-opens={addressOf(one.conversationId)}>
                    <th scope="row">
                      <Link href={addressOf(one.conversationId)} dir="auto">
                        {one.title}
                      </Link>
                      <small>
                        {[t(`channel.${one.channel}`), one.agent, one.startedAt === null ? null : at(one.startedAt)]
                          .filter((part) => part !== null)
                          .join(" · ")}
                      </small>
                    </th>
                    <td>{why(one.reason)}</td>
                    <td data-overdue={overdue || undefined}>
                      {one.dueAt === null ? <span className={classes["quiet"]}>{t("day.noDue")}</span> : at(one.dueAt)}
                      {overdue && ` (${t("day.overdue")})`}
                    </td>
                    <td data-figure className="numeric">
                      {one.durationMs === null ? "–" : clock(one.durationMs)}
                    </td>
                    <td data-figure className="numeric">
                      {one.begun ? span(one.spentMs) : "–"}
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
          {data.total > data.waiting.length && (
            <p className={classes["quiet"]}>{t("day.more", { count: data.total - data.waiting.length })}</p>
          )}
        </div>
      )}
      {(runs.data?.runs.length ?? 0) > 0 && (
        <section className={classes["runs"]} aria-labelledby="day-runs">
          <h2 id="day-runs">{t("day.runs")}</h2>
          <ul>
            {runs.data?.runs.map((run) => (
              <Run key={run.id} run={run} when={at(run.at)} again={() => setDrawing({ name: run.name, plan: run.plan })} />
            ))}
          </ul>
        </section>
      )}
      {drawing !== null && <DrawDialog drawing={drawing} close={() => setDrawing(null)} />}
    </div>
  );
}

function addressOf(id: string): string {
  return `/conversation/${encodeURIComponent(id)}`;
}

function Run({ run, when, again }: { run: SamplingRun; when: string; again: () => void }) {
  const { t } = useTranslation();
  return (
    <li>
      <strong>{run.name}</strong>
      <span>
        {when} · {run.author} · {t(`day.draw.kinds.${run.plan.kind}`)} ·{" "}
        {t("day.runLine", { chosen: run.chosen, population: run.population, reviewed: run.reviewed })}
      </span>
      <code>{t("day.seed", { seed: run.seed })}</code>
      <Button variant="subtle" size="compact-xs" onClick={again}>
        {t("day.again")}
      </Button>
    </li>
  );
}
