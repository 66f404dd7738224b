import { Progress } from "@mantine/core";
import { IconAlertTriangle, IconCircle, IconCircleCheck, IconCircleX, IconLoader2 } from "@tabler/icons-react";
import type { JobView, StageView } from "../../app/contract/views.ts";
import { useTranslation } from "../text/index.ts";
import classes from "./job-progress.module.css";
import { percent, roughSpan } from "./time.ts";

/** How far a job has come: a bar, the stage it is in, and the time left. With `told` it is said politely to screen readers, no more often than each ten per cent. */
export function JobProgress({ job, told = false }: { job: JobView; told?: boolean }) {
  const { t } = useTranslation();
  const stage = job.stages.find((each) => each.state === "running");
  const what = stage === undefined ? t(`work.${job.state}`) : t(`stage.${stage.name}`);
  const tenths = Math.floor(job.progress * 10) / 10;
  return (
    <div className={classes["progress"]}>
      <Progress
        value={job.progress * 100}
        size="sm"
        aria-label={`${t(`work.${job.state}`)}: ${job.title}`}
        className={classes["bar"] ?? ""}
      />
      <div className={classes["words"]}>
        <span>{what}</span>
        <span className="numeric">{percent(job.progress)}</span>
        {job.state === "running" && job.remainingMs !== null && (
          <span className="numeric">{t("work.left", { time: roughSpan(job.remainingMs) })}</span>
        )}
      </div>
      {told && (
        <span className="unseen" aria-live="polite">
          {what}, {t("work.progress", { percent: percent(tenths) })}
        </span>
      )}
    </div>
  );
}

/** The stages of a job, in order, each with its state in a sign and in words. */
export function Stages({ job, label }: { job: JobView; label: string }) {
  const { t } = useTranslation();
  return (
    <ol className={classes["stages"]} aria-label={label}>
      {job.stages.map((stage) => (
        <li key={stage.name} data-state={stage.state}>
          <StageSign state={stage.state} />
          <span>{t(`stage.${stage.name}`)}</span>
          <span className="unseen">: {t(`work.${stage.state}`)}</span>
          {stage.attempt > 1 && <span className={classes["attempt"]}>{t("queue.attempt", { attempt: stage.attempt })}</span>}
        </li>
      ))}
    </ol>
  );
}

function StageSign({ state }: { state: StageView["state"] }) {
  switch (state) {
    case "waiting":
      return <IconCircle size={14} aria-hidden="true" />;
    case "running":
      return <IconLoader2 size={14} aria-hidden="true" className={classes["turning"]} />;
    case "done":
      return <IconCircleCheck size={14} aria-hidden="true" />;
    case "failed":
      return <IconAlertTriangle size={14} aria-hidden="true" />;
    case "cancelled":
      return <IconCircleX size={14} aria-hidden="true" />;
  }
}
