import { Button, NumberInput, SegmentedControl, Select } from "@mantine/core";
import { modals } from "@mantine/modals";
import { useId } from "react";
import { type LanguageSettings, languageFields } from "../../../app/contract/insight-views.ts";
import { sentimentFormulas } from "../../../app/insight/sentiment.ts";
import { useAct } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { FailureNote } from "../../ui/states.tsx";
import classes from "./engine.module.css";
import { EntityScores } from "./language-scores.tsx";
import { CheckedText, TrialSign } from "./offload.tsx";

const engines = ["local", "auto", "comprehend"] as const satisfies readonly LanguageSettings["engine"][];

/** Who reads sentiment and entities, from which score on they count, and the string map; with a button that tries it for real. */
export function LanguageReaders({ settings, put }: { settings: LanguageSettings; put: (settings: LanguageSettings) => void }) {
  const { t } = useTranslation();
  const change = (changes: Partial<LanguageSettings>): void => put({ ...settings, ...changes });
  const nullable = (field: "region" | "profile" | "url" | "recogniser" | "terms", label: string, description?: string) => (
    <CheckedText
      label={label}
      value={settings[field] ?? ""}
      refusal={t(`language.refused.${field}`)}
      {...(description === undefined ? {} : { description })}
      fits={(value) => value === "" || languageFields.shape[field].safeParse(value).success}
      save={(value) => change({ [field]: value === "" ? null : value })}
    />
  );
  return (
    <>
      <Reader settings={settings} change={change} />
      <details className={classes["more"]} open={settings.engine !== "local"}>
        <summary>{t("language.connection")}</summary>
        <div className={classes["pair"]}>
          {nullable("region", t("language.region"), t("engine.regionNote"))}
          {nullable("profile", t("language.profile"), t("engine.profileNote"))}
        </div>
        {nullable("url", t("language.url"), t("engine.urlNote"))}
        {nullable("recogniser", t("language.recogniser"), t("language.recogniserNote"))}
        <p className={classes["quiet"]}>{t("language.proxy")}</p>
      </details>
      <div className={classes["pair"]}>
        <Threshold
          label={t("language.minPositive")}
          value={settings.minPositive}
          save={(minPositive) => change({ minPositive })}
        />
        <Threshold
          label={t("language.minNegative")}
          value={settings.minNegative}
          save={(minNegative) => change({ minNegative })}
        />
      </div>
      <p className={classes["quiet"]}>{t("language.minNote")}</p>
      <Select
        label={t("language.formula")}
        allowDeselect={false}
        value={settings.formula}
        data={sentimentFormulas.map((value) => ({ value, label: t(`language.formulas.${value}`) }))}
        onChange={(value) => {
          const known = sentimentFormulas.find((each) => each === value);
          if (known !== undefined) change({ formula: known });
        }}
      />
      <Threshold
        label={t("language.entityThreshold")}
        description={t("language.entityNote")}
        value={settings.entityThreshold}
        save={(entityThreshold) => change({ entityThreshold })}
      />
      <EntityScores
        scores={settings.entityThresholds}
        usual={settings.entityThreshold}
        save={(entityThresholds) => change({ entityThresholds })}
      />
      {nullable("terms", t("language.terms"), t("language.termsNote"))}
      <Trial />
    </>
  );
}

/** Chooses who reads. What leaves the machine is said before it does, and has to be agreed to. */
function Reader({ settings, change }: { settings: LanguageSettings; change: (changes: Partial<LanguageSettings>) => void }) {
  const { t } = useTranslation();
  const label = useId();
  const { engine, region, url } = settings;
  const sends = t("language.leaves", { place: url ?? region ?? t("language.placeProfile") });
  const choose = (next: LanguageSettings["engine"]) => {
    if (next === "local" || engine !== "local") return change({ engine: next });
    modals.openConfirmModal({
      title: t("language.askTitle"),
      children: (
        <>
          <p>{sends}</p>
          <p>{t("language.cost")}</p>
        </>
      ),
      labels: { confirm: t("language.askConfirm"), cancel: t("state.cancel") },
      closeButtonProps: { "aria-label": t("state.close") },
      onConfirm: () => change({ engine: next }),
    });
  };
  return (
    <div className={classes["choice"]}>
      <span id={label} className={classes["label"]}>
        {t("language.engine")}
      </span>
      <SegmentedControl
        size="sm"
        aria-labelledby={label}
        value={engine}
        data={engines.map((value) => ({ value, label: t(`language.engines.${value}`) }))}
        onChange={(value) => {
          const known = engines.find((each) => each === value);
          if (known !== undefined) choose(known);
        }}
      />
      <div className={classes["consequence"]} role="status">
        <p>{engine === "local" ? t("language.staysHere") : sends}</p>
        <p>{t("language.again")}</p>
      </div>
    </div>
  );
}

/** A score from 0 to 1. It is saved as it is changed. */
function Threshold({
  label,
  description,
  value,
  save,
}: {
  label: string;
  description?: string;
  value: number;
  save: (value: number) => void;
}) {
  return (
    <NumberInput
      label={label}
      {...(description === undefined ? {} : { description })}
      value={value}
      min={0}
      max={1}
      step={0.05}
      decimalScale={3}
      clampBehavior="strict"
      onChange={(next) => {
        if (typeof next === "number" && next !== value) save(next);
      }}
    />
  );
}

/** Rows of the string map that are shown before the rest is counted. */
const shownRows = 12;

/** The Test button, and what came of it step by step. */
function Trial() {
  const { t } = useTranslation();
  const trial = useAct("language.test", undefined, "inPlace");
  return (
    <>
      <div>
        <Button variant="default" loading={trial.isPending} onClick={() => trial.mutate({})}>
          {t("language.test")}
        </Button>
      </div>
      <p className={classes["quiet"]}>{t("language.testNote")}</p>
      {trial.isError && <FailureNote live failure={trial.error} />}
      <div role="status">
        {trial.data !== undefined && (
          <ul className={classes["trials"]} data-testid="language-trials">
            {trial.data.trials.map(({ step, state, detail, failure, badRows = [] }) => (
              <li key={step} data-state={state} data-step={step}>
                <TrialSign state={state} />
                <span>{t(`language.steps.${step}`)}</span>
                <div className={classes["trialText"]}>
                  <span className="unseen">{t(`engine.stepState.${state}`)}: </span>
                  {badRows.length > 0 ? (
                    <>
                      <span>{t("language.badRows", { count: badRows.length })}</span>
                      {badRows.slice(0, shownRows).map(({ file, line, reason }) => (
                        <span key={`${file} ${line} ${reason}`}>
                          {t("language.badRow", {
                            file,
                            line,
                            reason: t(`insight.badReasons.${reason as "absent"}`, { defaultValue: reason }),
                          })}
                        </span>
                      ))}
                      {badRows.length > shownRows && <span>{t("language.moreRows", { count: badRows.length - shownRows })}</span>}
                    </>
                  ) : failure === null ? (
                    <span>{detail}</span>
                  ) : (
                    <FailureNote failure={failure} compact />
                  )}
                  {failure !== null && badRows.length === 0 && <span className={classes["quiet"]}>{detail}</span>}
                </div>
              </li>
            ))}
          </ul>
        )}
      </div>
    </>
  );
}
