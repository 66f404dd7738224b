import { Button, NumberInput, Select } from "@mantine/core";
import { useEffect, useRef } from "react";
import type { ProviderView } from "../../../app/contract/engine-views.ts";
import type { Settings } from "../../../app/contract/views.ts";
import { memory, useAct, useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { FailureNote } from "../../ui/states.tsx";
import classes from "./engine.module.css";
import { EngineChoice } from "./engine-choice.tsx";

/** After a change of settings that the plan rests on. */
const readPlanAgain = () => {
  void memory.invalidateQueries({ queryKey: ["engine.plan"] });
  void memory.invalidateQueries({ queryKey: ["engine.provider"] });
};

/** Where recordings are heard in general, and on what this machine hears. */
export function EngineSettings({ settings, put }: { settings: Settings; put: (change: Partial<Settings>) => void }) {
  const { t } = useTranslation();
  const { offload } = settings;
  return (
    <>
      <EngineChoice value={offload.use} onChange={(use) => put({ offload: { ...offload, use } })} />
      {offload.use === "auto" && (
        <NumberInput
          label={t("engine.backlog")}
          value={offload.backlogMinutes}
          min={1}
          max={100_000}
          step={15}
          clampBehavior="strict"
          allowDecimal={false}
          onChange={(value) => {
            if (typeof value === "number" && value >= 1 && value !== offload.backlogMinutes) {
              put({ offload: { ...offload, backlogMinutes: value } });
            }
          }}
        />
      )}
      <Provider setting={settings.executionProvider} put={(executionProvider) => put({ executionProvider })} />
    </>
  );
}

function Provider({
  setting,
  put,
}: {
  setting: Settings["executionProvider"];
  put: (provider: Settings["executionProvider"]) => void;
}) {
  const { t } = useTranslation();
  const view = useCall("engine.provider", {}, { keep: true });
  const again = useAct(
    "engine.provider",
    (found) => {
      memory.setQueryData(["engine.provider", {}], found);
      readPlanAgain();
    },
    "inPlace",
  );
  const { mutate } = again;
  const tried = useRef(setting);
  // The setting arrives here once it has been saved: what was chosen is then tried, so that it is known at once whether it works.
  useEffect(() => {
    if (tried.current === setting) return;
    tried.current = setting;
    mutate({ again: true });
  }, [setting, mutate]);
  const offered = view.data?.offered ?? [setting];
  return (
    <>
      <Select
        label={t("engine.provider")}
        value={setting}
        allowDeselect={false}
        data={offered.map((value) => ({ value, label: t(`engine.providers.${value}`) }))}
        onChange={(value) => {
          const known = offered.find((one) => one === value);
          if (known === undefined || known === setting) return;
          put(known);
        }}
      />
      {view.data !== undefined && <ProviderState view={view.data} />}
      {again.isError && <FailureNote live failure={again.error} />}
      {setting !== "cpu" && (
        <div>
          <Button variant="default" loading={again.isPending} onClick={() => again.mutate({ again: true })}>
            {t("engine.tryAgain")}
          </Button>
        </div>
      )}
    </>
  );
}

/** What hears, why, and what was tried. */
function ProviderState({ view }: { view: ProviderView }) {
  const { t } = useTranslation();
  const name = (provider: string): string => {
    const known = (["cpu", "cuda", "dml", "coreml", "webgpu"] as const).find((one) => one === provider);
    return known === undefined ? provider : t(`engine.providers.${known}`);
  };
  const { setting, provider, reason, trials } = view;
  const replaced = setting !== "auto" && provider !== null && provider !== setting;
  return (
    <div className={classes["provider"]} role="status" data-testid="provider">
      <p className={replaced ? classes["missing"] : undefined}>
        {provider === null
          ? t("engine.providerUnknown")
          : replaced
            ? t("engine.providerReplaced", { wanted: name(setting), provider: name(provider), reason })
            : t("engine.providerNow", { provider: name(provider), reason })}
      </p>
      {/* Of one that is replaced the sentence above has said it all. */}
      {trials.length > (replaced ? 1 : 0) && (
        <ul aria-label={t("engine.trials")}>
          {trials.map((trial) => (
            <li key={trial.provider}>
              <span>{name(trial.provider)}</span>
              <span className={classes["quiet"]}>
                {trial.reason ??
                  (trial.encoderMs === null ? t("engine.trialRan") : t("engine.trialMs", { ms: Math.round(trial.encoderMs) }))}
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
