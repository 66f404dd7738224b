import { Button, Switch } from "@mantine/core";
import { useState } from "react";
import type { IntakeSource, IntakeState, WatchedPlan } from "../../../app/contract/intake-views.ts";
import { memory, useAct, useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { FailureNote } from "../../ui/states.tsx";
import { count, moment } from "../../ui/time.ts";
import classes from "./intake.module.css";
import { newBucket, newFolder } from "./intake-plan.ts";
import { PlanEditor } from "./intake-plan-editor.tsx";

const reread = () => void memory.invalidateQueries({ queryKey: ["intake.list"] });

/** Folders and buckets that are looked at, each with how its files stand, and a form for one that is new or changed. */
export function IntakeSources() {
  const { t } = useTranslation();
  const list = useCall("intake.list", {});
  const [editing, setEditing] = useState<{ id: string | null; plan: WatchedPlan } | null>(null);
  const watched = (list.data?.sources ?? []).flatMap((source) =>
    source.plan.kind === "batch" ? [] : [{ ...source, plan: source.plan }],
  );
  return (
    <>
      {list.isError && <FailureNote live failure={list.error} />}
      {list.data !== undefined && watched.length === 0 && editing === null && (
        <p className={classes["quiet"]}>{t("intake.none")}</p>
      )}
      <ul className={classes["sources"]} aria-label={t("intake.title")}>
        {watched.map((source) => (
          <li key={source.id} className={classes["source"]} data-source={source.id}>
            {editing?.id === source.id ? (
              <PlanEditor id={source.id} first={editing.plan} close={() => setEditing(null)} />
            ) : (
              <Source source={source} edit={() => setEditing({ id: source.id, plan: source.plan })} />
            )}
          </li>
        ))}
      </ul>
      {editing !== null && editing.id === null && <PlanEditor id={null} first={editing.plan} close={() => setEditing(null)} />}
      {editing === null && (
        <div className={classes["buttons"]}>
          <Button variant="default" onClick={() => setEditing({ id: null, plan: newFolder() })}>
            {t("intake.addFolder")}
          </Button>
          <Button variant="default" onClick={() => setEditing({ id: null, plan: newBucket() })}>
            {t("intake.addBucket")}
          </Button>
        </div>
      )}
    </>
  );
}

/** What a folder or a bucket is called on the page. */
export function nameOfPlan(plan: IntakeSource["plan"]): string {
  switch (plan.kind) {
    case "folder":
      return plan.path;
    case "bucket":
      return `s3://${plan.bucket}/${plan.prefix}`;
    case "batch":
      return plan.name;
  }
}

const countedStates: readonly IntakeState[] = ["waiting", "running", "done", "known", "failed", "cancelled"];

function Source({ source, edit }: { source: IntakeSource & { plan: WatchedPlan }; edit: () => void }) {
  const { t } = useTranslation();
  const [sure, setSure] = useState(false);
  const enable = useAct("intake.enable", reread, "inPlace");
  const remove = useAct("intake.remove", reread, "inPlace");
  const look = useAct("intake.look", reread, "inPlace");
  const { id, plan, enabled, counts } = source;
  const name = nameOfPlan(plan);
  const told = countedStates
    .filter((state) => (counts[state] ?? 0) > 0)
    .map((state) => t(`intake.counts.${state}`, { files: count(counts[state] ?? 0) }));
  const when = source.looking
    ? t("intake.looking")
    : source.lookedAt === null
      ? t("intake.never")
      : t("intake.looked", { time: moment(source.lookedAt, (time) => t("state.today", { time })) });
  return (
    <>
      <div className={classes["head"]}>
        <strong className={classes["name"]}>{name}</strong>
        <span className={classes["quiet"]}>{t(`intake.kinds.${plan.kind}`)}</span>
        <Switch
          className={classes["on"] ?? ""}
          aria-label={t("intake.onOf", { name })}
          label={t("intake.on")}
          checked={enabled}
          onChange={(event) => enable.mutate({ id, enabled: event.currentTarget.checked })}
        />
      </div>
      <p className={classes["quiet"]} role="status">
        {[when, ...told].join(" · ")}
        {look.data !== undefined && !source.looking && ` · ${t("intake.found", { count: look.data.found })}`}
      </p>
      {source.failure !== null && <FailureNote failure={source.failure} compact />}
      {(enable.isError || remove.isError) && <FailureNote live compact failure={enable.error ?? remove.error} />}
      {sure ? (
        <div className={classes["buttons"]}>
          <span>{t("intake.removeSure")}</span>
          <Button color="red" loading={remove.isPending} onClick={() => remove.mutate({ id })}>
            {t("intake.remove")}
          </Button>
          <Button variant="default" onClick={() => setSure(false)}>
            {t("intake.cancel")}
          </Button>
        </div>
      ) : (
        <div className={classes["buttons"]}>
          <Button
            variant="default"
            aria-label={t("intake.lookOf", { name })}
            loading={look.isPending}
            onClick={() => look.mutate({ id })}
          >
            {t("intake.look")}
          </Button>
          <Button variant="default" aria-label={t("intake.editOf", { name })} onClick={edit}>
            {t("intake.edit")}
          </Button>
          <Button variant="default" aria-label={t("intake.removeOf", { name })} onClick={() => setSure(true)}>
            {t("intake.remove")}
          </Button>
        </div>
      )}
    </>
  );
}
