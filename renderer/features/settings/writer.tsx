import { Button, NumberInput, SegmentedControl, Switch } from "@mantine/core";
import { modals } from "@mantine/modals";
import { useId } from "react";
import { isThisMachine, type WriterSettings, writerFields } from "../../../app/contract/writer-views.ts";
import { useAct } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { FailureNote } from "../../ui/states.tsx";
import classes from "./engine.module.css";
import { CheckedText, TrialSign } from "./offload.tsx";

const engines = ["none", "bedrock", "endpoint"] as const satisfies readonly WriterSettings["engine"][];

/** Who answers questions beside rules and people, where that is, what it costs, and a button that tries it for real. */
export function WriterSettingsPart({ settings, put }: { settings: WriterSettings; put: (settings: WriterSettings) => void }) {
  const { t } = useTranslation();
  const change = (changes: Partial<WriterSettings>): void => put({ ...settings, ...changes });
  const nullable = (field: "region" | "profile" | "url" | "endpointUrl" | "keyVariable", label: string, description?: string) => (
    <CheckedText
      label={label}
      value={settings[field] ?? ""}
      refusal={t(`writer.refused.${field}`)}
      {...(description === undefined ? {} : { description })}
      fits={(value) => value === "" || writerFields.shape[field].safeParse(value).success}
      save={(value) => {
        const next = value === "" ? null : value;
        if (field === "endpointUrl") putEndpoint(next);
        else change({ [field]: next });
      }}
    />
  );
  const text = (field: "modelId" | "endpointModel", label: string, description: string) => (
    <CheckedText
      label={label}
      description={description}
      value={settings[field]}
      refusal={t(`writer.refused.${field}`)}
      fits={(value) => value === "" || writerFields.shape[field].safeParse(value).success}
      save={(value) => change({ [field]: value })}
    />
  );
  const consequences = useConsequences();
  const putEndpoint = (endpointUrl: string | null): void => {
    if (endpointUrl === null || isThisMachine(endpointUrl)) {
      change({ endpointUrl });
      return;
    }
    modals.openConfirmModal({
      title: t("writer.askElsewhere"),
      children: consequences({ ...settings, engine: "endpoint", endpointUrl }).map((one) => <p key={one}>{one}</p>),
      labels: { confirm: t("writer.askConfirm"), cancel: t("state.cancel") },
      closeButtonProps: { "aria-label": t("state.close") },
      onConfirm: () => change({ endpointUrl }),
    });
  };
  return (
    <>
      <Engine settings={settings} change={change} />
      {settings.engine === "bedrock" && (
        <>
          {text("modelId", t("writer.model"), t("writer.modelNote"))}
          <div className={classes["pair"]}>
            {nullable("region", t("writer.region"), t("engine.regionNote"))}
            {nullable("profile", t("writer.profile"), t("engine.profileNote"))}
          </div>
          {nullable("url", t("writer.url"), t("engine.urlNote"))}
        </>
      )}
      {settings.engine === "endpoint" && (
        <>
          {nullable("endpointUrl", t("writer.endpointUrl"), t("writer.endpointUrlNote"))}
          <div className={classes["pair"]}>
            {text("endpointModel", t("writer.endpointModel"), t("writer.endpointModelNote"))}
            {nullable("keyVariable", t("writer.keyVariable"), t("writer.keyVariableNote"))}
          </div>
        </>
      )}
      {settings.engine !== "none" && <Limits settings={settings} change={change} />}
      <Trial />
    </>
  );
}

type Change = (changes: Partial<WriterSettings>) => void;

/** Tells what leaves the machine with settings, to where, and what it costs: a sentence for each. */
function useConsequences(): (settings: Pick<WriterSettings, "engine" | "region" | "url" | "endpointUrl">) => readonly string[] {
  const { t } = useTranslation();
  return ({ engine, region, url, endpointUrl }) => {
    switch (engine) {
      case "none":
        return [t("writer.staysHere")];
      case "endpoint": {
        if (endpointUrl !== null && isThisMachine(endpointUrl)) return [t("writer.sameMachine")];
        const place = endpointUrl === null ? t("writer.placeUnset") : t("writer.placeEndpoint", { url: endpointUrl });
        return [t("writer.leaves", { place }), t("writer.costEndpoint")];
      }
      case "bedrock": {
        const named = region ?? t("writer.placeProfile");
        const place = url === null ? t("writer.placeBedrock", { region: named }) : t("writer.placeBedrockUrl", { url });
        return [t("writer.leaves", { place }), t("writer.placeProfiles"), t("writer.cost")];
      }
    }
  };
}

/** Chooses who answers. What leaves the machine is said before it does, and has to be agreed to. */
function Engine({ settings, change }: { settings: WriterSettings; change: Change }) {
  const { t } = useTranslation();
  const label = useId();
  const { engine } = settings;
  const consequences = useConsequences();
  const choose = (next: WriterSettings["engine"]) => {
    if (next === engine) return;
    if (next === "none") return change({ engine: next });
    modals.openConfirmModal({
      title: t("writer.askTitle"),
      children: consequences({ ...settings, engine: next }).map((one) => <p key={one}>{one}</p>),
      labels: { confirm: t("writer.askConfirm"), cancel: t("state.cancel") },
      closeButtonProps: { "aria-label": t("state.close") },
      onConfirm: () => change({ engine: next }),
    });
  };
  return (
    <div className={classes["choice"]}>
      <span id={label} className={classes["label"]}>
        {t("writer.engine")}
      </span>
      <SegmentedControl
        size="sm"
        aria-labelledby={label}
        value={engine}
        data={engines.map((value) => ({ value, label: t(`writer.engines.${value}`) }))}
        onChange={(value) => {
          const known = engines.find((each) => each === value);
          if (known !== undefined) choose(known);
        }}
      />
      <div className={classes["consequence"]} role="status">
        {consequences(settings).map((one) => (
          <p key={one}>{one}</p>
        ))}
      </div>
    </div>
  );
}

/** What the model takes in and costs, and how answers are checked. */
function Limits({ settings, change }: { settings: WriterSettings; change: Change }) {
  const { t } = useTranslation();
  const tokens = (field: "contextTokens" | "maxOutputTokens", min: number, max: number, note?: string) => (
    <NumberInput
      label={t(`writer.${field}`)}
      {...(note === undefined ? {} : { description: note })}
      value={settings[field]}
      min={min}
      max={max}
      step={1_000}
      suffix={t("writer.tokens")}
      thousandSeparator=","
      clampBehavior="blur"
      allowDecimal={false}
      onChange={(value) => {
        if (typeof value === "number" && value >= min && value <= max && value !== settings[field]) change({ [field]: value });
      }}
    />
  );
  const price = (field: "inputPrice" | "outputPrice") => (
    <NumberInput
      label={t(`writer.${field}`)}
      value={settings[field] ?? ""}
      min={0}
      max={100_000}
      step={0.1}
      decimalScale={4}
      clampBehavior="strict"
      onChange={(value) => {
        const next = typeof value === "number" ? value : null;
        if (next !== settings[field] && (value === "" || typeof value === "number")) change({ [field]: next });
      }}
    />
  );
  return (
    <details className={classes["more"]}>
      <summary>{t("writer.more")}</summary>
      <div className={classes["pair"]}>
        {tokens("contextTokens", 2_000, 10_000_000, t("writer.contextTokensNote"))}
        {tokens("maxOutputTokens", 256, 200_000)}
      </div>
      <div className={classes["pair"]}>
        {price("inputPrice")}
        {price("outputPrice")}
      </div>
      <p className={classes["quiet"]}>{t("writer.priceNote")}</p>
      <Switch
        label={t("writer.crossCheck")}
        description={t("writer.crossCheckNote")}
        checked={settings.crossCheck}
        onChange={(event) => change({ crossCheck: event.currentTarget.checked })}
      />
      <Switch
        label={t("writer.stream")}
        checked={settings.stream}
        onChange={(event) => change({ stream: event.currentTarget.checked })}
      />
      <p className={classes["quiet"]}>{t("writer.proxy")}</p>
    </details>
  );
}

/** The Test button, and what came of it step by step. */
function Trial() {
  const { t } = useTranslation();
  const trial = useAct("writer.test", undefined, "inPlace");
  return (
    <>
      <div>
        <Button variant="default" loading={trial.isPending} onClick={() => trial.mutate({})}>
          {t("writer.test")}
        </Button>
      </div>
      <p className={classes["quiet"]}>{t("writer.testNote")}</p>
      {trial.isError && <FailureNote live failure={trial.error} />}
      <div role="status">
        {trial.data !== undefined && (
          <ul className={classes["trials"]} data-testid="writer-trials">
            {trial.data.trials.map(({ step, state, detail, failure }) => (
              <li key={step} data-state={state} data-step={step}>
                <TrialSign state={state} />
                <span>{t(`writer.steps.${step}`)}</span>
                <div className={classes["trialText"]}>
                  <span className="unseen">{t(`engine.stepState.${state}`)}: </span>
                  {failure === null ? <span>{detail}</span> : <FailureNote failure={failure} compact />}
                  {failure !== null && <span className={classes["quiet"]}>{detail}</span>}
                </div>
              </li>
            ))}
          </ul>
        )}
      </div>
    </>
  );
}
