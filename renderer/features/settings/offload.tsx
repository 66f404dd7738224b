import { Button, NumberInput, Select, TextInput } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconCircleDashed } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import type { OffloadTrial } from "../../../app/contract/engine-views.ts";
import { type Settings, settingsSchema } from "../../../app/contract/views.ts";
import { memory, useAct } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { FailureNote } from "../../ui/states.tsx";
import classes from "./engine.module.css";

type Offload = Settings["offload"];
type TextField = "endpoint" | "diarizationEndpoint" | "transcriptionEndpoint" | "prefix";
type NullableField = "bucket" | "profile" | "region" | "kmsKeyId" | "expectedOwner" | "runtimeUrl" | "s3Url";

/** Endpoints, bucket and the rest of hearing on SageMaker, with a button that tries it for real. */
export function OffloadSettings({ offload, put }: { offload: Offload; put: (offload: Offload) => void }) {
  const { t } = useTranslation();
  const change = (changes: Partial<Offload>): void => {
    put({ ...offload, ...changes });
    void memory.invalidateQueries({ queryKey: ["engine.plan"] });
  };
  const text = (field: TextField, label: string, description?: string) => (
    <CheckedText
      label={label}
      {...(description === undefined ? {} : { description })}
      value={offload[field]}
      refusal={t("engine.refused.endpoint")}
      fits={(value) => settingsSchema.safeParse({ offload: { [field]: value } }).success}
      save={(value) => change({ [field]: value })}
    />
  );
  const nullable = (field: NullableField, label: string, refusal: string, description?: string) => (
    <CheckedText
      label={label}
      value={offload[field] ?? ""}
      refusal={refusal}
      {...(description === undefined ? {} : { description })}
      fits={(value) => value === "" || settingsSchema.safeParse({ offload: { [field]: value } }).success}
      save={(value) => change({ [field]: value === "" ? null : value })}
    />
  );
  return (
    <>
      <Select
        label={t("engine.contract")}
        allowDeselect={false}
        value={offload.contract}
        data={(["earmark", "conversation-intelligence"] as const).map((value) => ({
          value,
          label: t(`engine.contracts.${value}`),
        }))}
        onChange={(value) => {
          if (value === "earmark" || value === "conversation-intelligence") change({ contract: value });
        }}
      />
      {offload.contract === "earmark" ? (
        <div className={classes["pair"]}>
          {text("endpoint", t("engine.endpoint"))}
          <Select
            label={t("engine.mode")}
            allowDeselect={false}
            value={offload.mode}
            data={(["asynchronous", "real-time"] as const).map((value) => ({ value, label: t(`engine.modes.${value}`) }))}
            onChange={(value) => {
              if (value === "asynchronous" || value === "real-time") change({ mode: value });
            }}
          />
        </div>
      ) : (
        <div className={classes["pair"]}>
          {text("diarizationEndpoint", t("engine.diarizationEndpoint"))}
          {text("transcriptionEndpoint", t("engine.transcriptionEndpoint"))}
        </div>
      )}
      {offload.contract === "earmark" && offload.mode === "real-time" && (
        <p className={classes["quiet"]}>{t("engine.modeNote")}</p>
      )}
      <div className={classes["pair"]}>
        {nullable("region", t("engine.region"), t("engine.refused.region"), t("engine.regionNote"))}
        {nullable("profile", t("engine.profile"), t("engine.refused.endpoint"), t("engine.profileNote"))}
      </div>
      <div className={classes["pair"]}>
        {nullable("bucket", t("engine.bucket"), t("engine.refused.bucket"), t("engine.bucketNote"))}
        {text("prefix", t("engine.prefix"), t("engine.prefixNote"))}
      </div>
      <details className={classes["more"]}>
        <summary>{t("engine.more")}</summary>
        <div className={classes["pair"]}>
          <Select
            label={t("engine.encryption")}
            allowDeselect={false}
            value={offload.encryption}
            data={(["bucket", "s3", "kms"] as const).map((value) => ({ value, label: t(`engine.encryptions.${value}`) }))}
            onChange={(value) => {
              if (value === "bucket" || value === "s3" || value === "kms") change({ encryption: value });
            }}
          />
          <NumberInput
            label={t("engine.concurrency")}
            value={offload.concurrency}
            min={1}
            max={32}
            clampBehavior="strict"
            allowDecimal={false}
            onChange={(value) => {
              if (typeof value === "number" && value >= 1 && value !== offload.concurrency) change({ concurrency: value });
            }}
          />
        </div>
        {offload.encryption === "kms" &&
          nullable("kmsKeyId", t("engine.kmsKey"), t("engine.refused.endpoint"), t("engine.kmsKeyNote"))}
        {nullable("expectedOwner", t("engine.owner"), t("engine.refused.owner"), t("engine.ownerNote"))}
        <NumberInput
          label={t("engine.price")}
          description={t("engine.priceNote")}
          value={offload.pricePerHour}
          min={0}
          max={1_000}
          step={0.1}
          decimalScale={4}
          prefix="$"
          clampBehavior="strict"
          onChange={(value) => {
            if (typeof value === "number" && value !== offload.pricePerHour) change({ pricePerHour: value });
          }}
        />
        <div className={classes["pair"]}>
          {nullable("runtimeUrl", t("engine.runtimeUrl"), t("engine.refused.url"), t("engine.urlNote"))}
          {nullable("s3Url", t("engine.s3Url"), t("engine.refused.url"), t("engine.urlNote"))}
        </div>
      </details>
      <Trial />
    </>
  );
}

/** A text that is saved when it is left or confirmed, and only when it can be what it is meant to be. */
export function CheckedText({
  label,
  description,
  value,
  refusal,
  fits,
  save,
}: {
  label: string;
  description?: string;
  value: string;
  refusal: string;
  fits: (value: string) => boolean;
  save: (value: string) => void;
}) {
  const [typed, setTyped] = useState(value);
  const [refused, setRefused] = useState(false);
  useEffect(() => {
    setTyped(value);
    setRefused(false);
  }, [value]);
  const settle = () => {
    const next = typed.trim();
    const good = fits(next);
    setRefused(!good);
    if (good && next !== value) save(next);
  };
  return (
    <TextInput
      label={label}
      {...(description === undefined ? {} : { description })}
      value={typed}
      spellCheck={false}
      autoComplete="off"
      error={refused ? refusal : null}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={settle}
      onKeyDown={(event) => {
        if (event.key === "Enter") settle();
      }}
    />
  );
}

/** The Test button, and what came of it step by step. */
function Trial() {
  const { t } = useTranslation();
  const trial = useAct("engine.tryOffload", undefined, "inPlace");
  return (
    <>
      <div>
        <Button variant="default" loading={trial.isPending} onClick={() => trial.mutate({})}>
          {t("engine.test")}
        </Button>
      </div>
      <p className={classes["quiet"]}>{t("engine.testNote")}</p>
      {trial.isError && <FailureNote live failure={trial.error} />}
      <div role="status">
        {trial.data !== undefined && (
          <ul className={classes["trials"]} data-testid="offload-trials">
            {trial.data.trials.map((one) => (
              <li key={one.step} data-state={one.state} data-step={one.step}>
                <TrialSign state={one.state} />
                <span>{t(`engine.steps.${one.step}`)}</span>
                <div className={classes["trialText"]}>
                  <span className="unseen">{t(`engine.stepState.${one.state}`)}: </span>
                  {one.failure === null ? <span>{one.detail}</span> : <FailureNote failure={one.failure} compact />}
                </div>
              </li>
            ))}
          </ul>
        )}
      </div>
    </>
  );
}

/** The sign of a step of a trial. */
export function TrialSign({ state }: { state: OffloadTrial["state"] }) {
  switch (state) {
    case "ok":
      return <IconCircleCheck size={16} aria-hidden="true" />;
    case "skipped":
      return <IconCircleDashed size={16} aria-hidden="true" />;
    case "wrong":
      return <IconAlertTriangle size={16} aria-hidden="true" />;
  }
}
