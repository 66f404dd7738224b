import { Button } from "@mantine/core";
import type { JobView } from "../../../app/contract/views.ts";
import { useAct } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { JobProgress, Stages } from "../../ui/job-progress.tsx";
import { FailureNote } from "../../ui/states.tsx";
import { moment } from "../../ui/time.ts";
import classes from "./review.module.css";

/** The work still going on for this conversation, or why it stopped; nothing once it is done. */
export function JobBand({ job }: { job: JobView | null }) {
  const { t } = useTranslation();
  const cancel = useAct("queue.cancel");
  const retry = useAct("queue.retry");
  if (job === null || job.state === "done") return null;
  const again = (
    <Button variant="default" loading={retry.isPending} onClick={() => retry.mutate({ id: job.id })}>
      {t("review.retry")}
    </Button>
  );
  if (job.state === "failed" || job.state === "cancelled") {
    const failure = job.failure ?? { code: job.state === "failed" ? "internal" : "cancelled", message: "", details: {} };
    return (
      <section className={classes["band"]} data-testid="job" data-state={job.state}>
        <FailureNote live failure={failure} actions={again} />
        {job.retryAt !== null && (
          <p className={classes["quiet"]}>{t("work.again", { time: moment(job.retryAt, (time) => time) })}</p>
        )}
        <Stages job={job} label={t("queue.stages", { title: job.title })} />
      </section>
    );
  }
  return (
    <section className={classes["band"]} aria-label={t("review.working")} data-testid="job" data-state={job.state}>
      <div className={classes["bandRow"]}>
        <JobProgress job={job} told />
        <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate({ id: job.id })}>
          {t("review.stop")}
        </Button>
      </div>
      <Stages job={job} label={t("queue.stages", { title: job.title })} />
    </section>
  );
}
