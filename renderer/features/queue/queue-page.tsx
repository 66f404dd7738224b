import { Button } from "@mantine/core";
import { IconListCheck, IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { useEffect } from "react";
import { Link } from "wouter";
import type { JobView } from "../../../app/contract/views.ts";
import { memory, useAct, useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { FoldedReport } from "../../ui/import-report.tsx";
import { JobProgress, Stages } from "../../ui/job-progress.tsx";
import { EmptyState, FailureNote, PageFailure, PageLoading } from "../../ui/states.tsx";
import { moment } from "../../ui/time.ts";
import { ComingIn } from "./coming-in.tsx";
import classes from "./queue.module.css";

/** What the machine is doing, and why something failed. */
export function QueuePage() {
  const { t } = useTranslation();
  const queue = useCall("queue.list", {});
  const reread = () => void memory.invalidateQueries({ queryKey: ["queue.list"] });
  const pause = useAct("queue.pause", reread);
  const resume = useAct("queue.resume", reread);

  useEffect(() => {
    document.title = `${t("queue.title")} · ${t("app.name")}`;
  }, [t]);

  if (queue.data === undefined) {
    return queue.isError ? <PageFailure failure={queue.error} again={() => void queue.refetch()} /> : <PageLoading />;
  }
  const { jobs, paused } = queue.data;
  const count = (state: JobView["state"]) => jobs.filter((job) => job.state === state).length;
  return (
    <div className={classes["page"]}>
      <header className={classes["header"]}>
        <h1>{t("queue.title")}</h1>
        <p className={classes["summary"]} role="status">
          {t("queue.summary", { running: count("running"), waiting: count("waiting"), failed: count("failed") })}
        </p>
        {paused ? (
          <Button leftSection={<IconPlayerPlay size={14} aria-hidden="true" />} onClick={() => resume.mutate({})}>
            {t("queue.resume")}
          </Button>
        ) : (
          <Button
            variant="default"
            leftSection={<IconPlayerPause size={14} aria-hidden="true" />}
            onClick={() => pause.mutate({})}
          >
            {t("queue.pause")}
          </Button>
        )}
      </header>
      {paused && (
        <p className={classes["paused"]} role="status">
          {t("queue.paused")}
        </p>
      )}
      <ComingIn />
      {jobs.length === 0 ? (
        <EmptyState icon={<IconListCheck size={40} stroke={1.4} />} title={t("queue.emptyTitle")} body={t("queue.emptyBody")}>
          <Link href="/">{t("app.toLibrary")}</Link>
        </EmptyState>
      ) : (
        <ul className={classes["jobs"]} aria-label={t("queue.jobs")}>
          {inOrder(jobs).map((job) => (
            <Job key={job.id} job={job} />
          ))}
        </ul>
      )}
    </div>
  );
}

const rank = { running: 0, failed: 1, waiting: 2, cancelled: 3, done: 4 } as const;

/** What runs first, then what needs somebody, then what waits; the ended last, newest on top. */
function inOrder(jobs: readonly JobView[]): JobView[] {
  return [...jobs].sort((a, b) => {
    const byState = rank[a.state] - rank[b.state];
    if (byState !== 0) return byState;
    if (a.state === "waiting") return a.createdAt.localeCompare(b.createdAt);
    return (b.endedAt ?? b.createdAt).localeCompare(a.endedAt ?? a.createdAt);
  });
}

function Job({ job }: { job: JobView }) {
  const { t } = useTranslation();
  const cancel = useAct("queue.cancel", undefined, "inPlace");
  const retry = useAct("queue.retry", undefined, "inPlace");
  const when = (iso: string) => moment(iso, (time) => t("state.today", { time }));
  const open = job.state === "running" || job.state === "waiting";
  return (
    <li className={classes["job"]} data-state={job.state} data-job={job.id}>
      <div className={classes["title"]}>
        <Link href={`/conversation/${encodeURIComponent(job.conversationId)}`}>{job.title}</Link>
        <span className={classes["quiet"]}>
          {job.endedAt === null ? t("queue.added", { time: when(job.createdAt) }) : t("queue.ended", { time: when(job.endedAt) })}
        </span>
      </div>
      <div className={classes["state"]}>
        {open ? <JobProgress job={job} /> : <span className={classes["ended"]}>{t(`work.${job.state}`)}</span>}
      </div>
      <div className={classes["actions"]}>
        {open && (
          <Button
            variant="default"
            loading={cancel.isPending}
            aria-label={t("queue.cancelOf", { title: job.title })}
            onClick={() => cancel.mutate({ id: job.id })}
          >
            {t("queue.cancel")}
          </Button>
        )}
        {(job.state === "failed" || job.state === "cancelled") && (
          <Button
            variant="default"
            loading={retry.isPending}
            aria-label={t("queue.retryOf", { title: job.title })}
            onClick={() => retry.mutate({ id: job.id })}
          >
            {t("queue.retry")}
          </Button>
        )}
      </div>
      {job.state !== "done" && (
        <div className={classes["more"]}>
          <Stages job={job} label={t("queue.stages", { title: job.title })} />
          {job.state === "failed" && <FailureNote failure={job.failure} />}
          {job.retryAt !== null && (
            <p className={classes["quiet"]}>{t("work.again", { time: moment(job.retryAt, (time) => time) })}</p>
          )}
        </div>
      )}
      {job.state === "done" && (
        <div className={classes["more"]}>
          <FoldedReport conversationId={job.conversationId} title={job.title} />
        </div>
      )}
      {(cancel.isError || retry.isError) && (
        <div className={classes["more"]}>
          <FailureNote live compact failure={cancel.error ?? retry.error} />
        </div>
      )}
    </li>
  );
}
