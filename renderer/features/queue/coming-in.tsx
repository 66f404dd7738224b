import { Button, Progress } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { useState } from "react";
import { Link } from "wouter";
import type { IntakeSource } from "../../../app/contract/intake-views.ts";
import { memory, useAct, useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { useActions } from "../../ui/actions/index.ts";
import { FailureNote } from "../../ui/states.tsx";
import { count } from "../../ui/time.ts";
import classes from "./coming-in.module.css";

const reread = () => {
  void memory.invalidateQueries({ queryKey: ["intake.list"] });
  void memory.invalidateQueries({ queryKey: ["intake.items"] });
};

/** Files of a source that are shown with why they failed. */
const mostFailed = 50;

/** What still has to be taken in out of folders, buckets and large imports, and why some of it could not be. */
export function ComingIn() {
  const { t } = useTranslation();
  const list = useCall("intake.list", {});
  const pause = useAct("intake.pause", reread, "inPlace");
  const resume = useAct("intake.resume", reread, "inPlace");
  const isPaused = list.data?.paused ?? false;
  useActions({ "queue.hold": () => (isPaused ? resume : pause).mutate({}) });
  if (list.data === undefined) return list.isError ? <FailureNote live failure={list.error} /> : null;
  const { sources, hold, paused } = list.data;
  // A watched folder in which nothing happens is for the settings to show.
  const shown = sources.filter((source) => left(source) + (source.counts.failed ?? 0) > 0 || source.plan.kind === "batch");
  if (shown.length === 0 && !paused) return null;
  return (
    <section className={classes["area"]} aria-label={t("intake.queue.title")} data-testid="coming-in">
      <header className={classes["header"]}>
        <h2>{t("intake.queue.title")}</h2>
        <Link href="/settings#sources">{t("intake.queue.settings")}</Link>
        {paused ? (
          <Button
            loading={resume.isPending}
            leftSection={<IconPlayerPlay size={14} aria-hidden="true" />}
            onClick={() => resume.mutate({})}
          >
            {t("intake.queue.resume")}
          </Button>
        ) : (
          <Button
            variant="default"
            loading={pause.isPending}
            leftSection={<IconPlayerPause size={14} aria-hidden="true" />}
            onClick={() => pause.mutate({})}
          >
            {t("intake.queue.pause")}
          </Button>
        )}
      </header>
      <p role="status" className={classes["held"]}>
        {hold === null ? "" : t(`intake.queue.held.${hold}`)}
      </p>
      <ul className={classes["sources"]}>
        {shown.map((source) => (
          <ComingSource key={source.id} source={source} />
        ))}
      </ul>
    </section>
  );
}

function left({ counts }: IntakeSource): number {
  return (counts.waiting ?? 0) + (counts.running ?? 0);
}

function nameOf({ plan }: IntakeSource): string {
  return plan.kind === "batch" ? plan.name : plan.kind === "folder" ? plan.path : `s3://${plan.bucket}/${plan.prefix}`;
}

function ComingSource({ source }: { source: IntakeSource }) {
  const { t } = useTranslation();
  const retry = useAct("intake.retry", reread, "inPlace");
  const cancel = useAct("intake.cancel", reread, "inPlace");
  const clear = useAct("intake.remove", reread, "inPlace");
  const { id, counts } = source;
  const name = nameOf(source);
  const total = Object.values(counts).reduce((sum, one) => sum + one, 0);
  const open = left(source);
  const failed = counts.failed ?? 0;
  const progress = t("intake.queue.progress", { name, done: count(total - open), total: count(total) });
  return (
    <li className={classes["source"]} data-source={id}>
      <div className={classes["line"]}>
        <span className={classes["name"]}>{progress}</span>
        <span className={classes["quiet"]}>
          {(["done", "known", "failed", "cancelled"] as const)
            .filter((state) => (counts[state] ?? 0) > 0)
            .map((state) => t(`intake.counts.${state}`, { files: count(counts[state] ?? 0) }))
            .join(" · ")}
        </span>
        <div className={classes["actions"]}>
          {failed > 0 && (
            <Button
              variant="default"
              aria-label={t("intake.queue.retryOf", { name })}
              loading={retry.isPending}
              onClick={() => retry.mutate({ id })}
            >
              {t("intake.queue.retry")}
            </Button>
          )}
          {open > 0 && (
            <Button
              variant="default"
              aria-label={t("intake.queue.cancelOf", { name })}
              loading={cancel.isPending}
              onClick={() => cancel.mutate({ id })}
            >
              {t("intake.queue.cancel")}
            </Button>
          )}
          {open === 0 && source.plan.kind === "batch" && (
            <Button
              variant="default"
              aria-label={t("intake.queue.clearOf", { name })}
              loading={clear.isPending}
              onClick={() => clear.mutate({ id })}
            >
              {t("intake.queue.clear")}
            </Button>
          )}
        </div>
      </div>
      {open > 0 && <Progress value={(100 * (total - open)) / Math.max(1, total)} aria-label={progress} size="sm" />}
      {(retry.isError || cancel.isError || clear.isError) && (
        <FailureNote live compact failure={retry.error ?? cancel.error ?? clear.error} />
      )}
      {failed > 0 && <Failed id={id} name={name} total={failed} />}
    </li>
  );
}

/** The files that could not be taken in, each with its reason, read when somebody opens the list. */
function Failed({ id, name, total }: { id: string; name: string; total: number }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(total <= 5);
  return (
    <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t("intake.queue.failed")}</summary>
      {open && <FailedFiles id={id} name={name} total={total} />}
    </details>
  );
}

function FailedFiles({ id, name, total }: { id: string; name: string; total: number }) {
  const { t } = useTranslation();
  const items = useCall("intake.items", { id, state: "failed", limit: mostFailed });
  const retry = useAct("intake.retry", reread, "inPlace");
  return (
    <>
      {items.isError && <FailureNote live compact failure={items.error} />}
      <ul className={classes["failed"]} aria-label={t("intake.queue.failedOf", { name })}>
        {items.data?.items.map((item) => (
          <li key={item.id}>
            <strong className={classes["name"]}>{item.name}</strong>
            {item.failure !== null && <FailureNote compact failure={item.failure} />}
            <Button
              variant="default"
              size="compact-sm"
              aria-label={t("intake.queue.retryOne", { name: item.name })}
              onClick={() => retry.mutate({ id, item: item.id })}
            >
              {t("queue.retry")}
            </Button>
          </li>
        ))}
      </ul>
      {total > mostFailed && <p className={classes["quiet"]}>{t("intake.queue.more", { count: total - mostFailed })}</p>}
    </>
  );
}
