import { Button, Checkbox, NumberInput, Select, TextInput } from "@mantine/core";
import { useState } from "react";
import type { BucketPlan, FolderPlan, WatchedPlan } from "../../../app/contract/intake-views.ts";
import { memory, useAct } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { FailureNote } from "../../ui/states.tsx";
import engine from "./engine.module.css";
import classes from "./intake.module.css";
import { DryRun } from "./intake-dry-run.tsx";
import { checkedPlan, patternsIn } from "./intake-plan.ts";
import { TrialSign } from "./offload.tsx";

/** The form of one folder or bucket: tried with a button before it is saved. */
export function PlanEditor({ id, first, close }: { id: string | null; first: WatchedPlan; close: () => void }) {
  const { t } = useTranslation();
  const wordFor = useFieldWords();
  const [plan, setPlan] = useState(first);
  const saved = () => {
    void memory.invalidateQueries({ queryKey: ["intake.list"] });
    close();
  };
  const save = useAct("intake.save", saved, "inPlace");
  const test = useAct("intake.test", undefined, "inPlace");
  const checked = checkedPlan(plan);
  const faults = "faults" in checked ? checked.faults : [];
  const given = (act: (plan: WatchedPlan) => void) => () => {
    if ("plan" in checked) act(checked.plan);
  };
  const started = plan.kind === "folder" ? plan.path !== "" : plan.bucket !== "";
  return (
    <form
      className={classes["editor"]}
      aria-label={t(plan.kind === "folder" ? "intake.addFolder" : "intake.addBucket")}
      onSubmit={(event) => {
        event.preventDefault();
        given((good) => save.mutate({ id, plan: good }))();
      }}
    >
      {plan.kind === "folder" ? <FolderFields plan={plan} put={setPlan} /> : <BucketFields plan={plan} put={setPlan} />}
      {started && faults.length > 0 && (
        <p className={classes["fault"]} role="alert">
          {t("intake.refused", { fields: faults.map(wordFor).join(", ") })}
        </p>
      )}
      <div className={classes["buttons"]}>
        <Button type="submit" disabled={faults.length > 0} loading={save.isPending}>
          {t("intake.save")}
        </Button>
        <Button
          variant="default"
          disabled={faults.length > 0}
          loading={test.isPending}
          onClick={given((good) => test.mutate({ plan: good }))}
        >
          {t("intake.test")}
        </Button>
        <Button variant="default" onClick={close}>
          {t("intake.cancel")}
        </Button>
      </div>
      {(save.isError || test.isError) && <FailureNote live failure={save.error ?? test.error} />}
      <div role="status">
        {test.data !== undefined && (
          <ul className={engine["trials"]} data-testid="intake-trials">
            {test.data.trials.map((one) => (
              <li key={one.step} data-state={one.state} data-step={one.step}>
                <TrialSign state={one.state} />
                <span>{t(`intake.steps.${one.step}`)}</span>
                <div className={engine["trialText"]}>
                  <span className="unseen">{t(`intake.stepState.${one.state}`)}: </span>
                  {one.failure === null ? <span>{one.detail}</span> : <FailureNote failure={one.failure} compact />}
                </div>
              </li>
            ))}
          </ul>
        )}
      </div>
      {plan.kind === "bucket" && <DryRun plan={"plan" in checked && checked.plan.kind === "bucket" ? checked.plan : null} />}
    </form>
  );
}

/** The words that the form has for the fields of a plan, by the field's name. */
function useFieldWords(): (field: string) => string {
  const { t } = useTranslation();
  const words: Readonly<Record<string, string>> = {
    path: t("intake.folder.path"),
    settleSeconds: t("intake.folder.settle"),
    everySeconds: t("intake.folder.every"),
    everyMinutes: t("intake.bucket.every"),
    include: t("intake.patterns.include"),
    exclude: t("intake.patterns.exclude"),
    expectedOwner: t("intake.bucket.owner"),
    bucket: t("intake.bucket.bucket"),
    prefix: t("intake.bucket.prefix"),
    profile: t("intake.bucket.profile"),
    region: t("intake.bucket.region"),
    since: t("intake.bucket.since"),
    until: t("intake.bucket.until"),
    url: t("intake.bucket.url"),
  };
  return (field) => words[field] ?? field;
}

function Patterns<P extends WatchedPlan>({ plan, put }: { plan: P; put: (plan: P) => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState({ include: plan.include.join(", "), exclude: plan.exclude.join(", ") });
  return (
    <div className={engine["pair"]}>
      {(["include", "exclude"] as const).map((field) => (
        <TextInput
          key={field}
          label={t(`intake.patterns.${field}`)}
          description={t("intake.patterns.note")}
          value={typed[field]}
          spellCheck={false}
          onChange={(event) => {
            const text = event.currentTarget.value;
            setTyped({ ...typed, [field]: text });
            put({ ...plan, [field]: patternsIn(text) });
          }}
        />
      ))}
    </div>
  );
}

function FolderFields({ plan, put }: { plan: FolderPlan; put: (plan: FolderPlan) => void }) {
  const { t } = useTranslation();
  const seconds = (field: "settleSeconds" | "everySeconds", label: string, description: string | null) => (
    <NumberInput
      label={label}
      {...(description === null ? {} : { description })}
      value={plan[field]}
      min={1}
      max={3_600}
      clampBehavior="blur"
      allowDecimal={false}
      onChange={(value) => {
        if (typeof value === "number") put({ ...plan, [field]: value });
      }}
    />
  );
  const afterwards = (field: "processed" | "failed") => (
    <Select
      label={t(`intake.folder.${field}`)}
      allowDeselect={false}
      value={plan[field]}
      data={[
        { value: "leave", label: t("intake.folder.afterwards.leave") },
        { value: "move", label: t(`intake.folder.afterwards.${field === "processed" ? "moveProcessed" : "moveFailed"}`) },
      ]}
      onChange={(value) => {
        if (value === "leave" || value === "move") put({ ...plan, [field]: value });
      }}
    />
  );
  return (
    <>
      <TextInput
        label={t("intake.folder.path")}
        description={t("intake.folder.pathNote")}
        value={plan.path}
        data-autofocus
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => put({ ...plan, path: event.currentTarget.value })}
      />
      <Checkbox
        label={t("intake.folder.recursive")}
        checked={plan.recursive}
        onChange={(event) => put({ ...plan, recursive: event.currentTarget.checked })}
      />
      <Patterns plan={plan} put={put} />
      <div className={engine["pair"]}>
        {seconds("settleSeconds", t("intake.folder.settle"), t("intake.folder.settleNote"))}
        {seconds("everySeconds", t("intake.folder.every"), null)}
        {afterwards("processed")}
        {afterwards("failed")}
      </div>
    </>
  );
}

function BucketFields({ plan, put }: { plan: BucketPlan; put: (plan: BucketPlan) => void }) {
  const { t } = useTranslation();
  const text = (
    field: "profile" | "region" | "since" | "until" | "url" | "expectedOwner",
    label: string,
    note: string | null,
  ) => (
    <TextInput
      label={label}
      {...(note === null ? {} : { description: note })}
      {...(field === "since" || field === "until" ? { type: "date" } : {})}
      value={plan[field] ?? ""}
      spellCheck={false}
      autoComplete="off"
      onChange={(event) => {
        const value = event.currentTarget.value;
        put({ ...plan, [field]: value === "" ? null : value });
      }}
    />
  );
  return (
    <>
      <div className={engine["pair"]}>
        <TextInput
          label={t("intake.bucket.bucket")}
          value={plan.bucket}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => put({ ...plan, bucket: event.currentTarget.value })}
        />
        <TextInput
          label={t("intake.bucket.prefix")}
          value={plan.prefix}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => put({ ...plan, prefix: event.currentTarget.value })}
        />
        {text("region", t("intake.bucket.region"), null)}
        {text("profile", t("intake.bucket.profile"), t("intake.bucket.profileNote"))}
        {text("since", t("intake.bucket.since"), null)}
        {text("until", t("intake.bucket.until"), null)}
      </div>
      <Select
        label={t("intake.bucket.layout")}
        {...(plan.layout === "connect" ? { description: t("intake.bucket.layoutNote") } : {})}
        allowDeselect={false}
        value={plan.layout}
        data={(["any", "connect"] as const).map((value) => ({ value, label: t(`intake.bucket.layouts.${value}`) }))}
        onChange={(value) => {
          if (value === "any" || value === "connect") put({ ...plan, layout: value });
        }}
      />
      <Patterns plan={plan} put={put} />
      <div className={engine["pair"]}>
        <NumberInput
          label={t("intake.bucket.every")}
          description={t("intake.bucket.everyNote")}
          value={plan.everyMinutes ?? ""}
          min={1}
          max={10_080}
          clampBehavior="blur"
          allowDecimal={false}
          onChange={(value) => put({ ...plan, everyMinutes: typeof value === "number" ? value : null })}
        />
        {text("expectedOwner", t("intake.bucket.owner"), null)}
      </div>
      {text("url", t("intake.bucket.url"), null)}
    </>
  );
}
