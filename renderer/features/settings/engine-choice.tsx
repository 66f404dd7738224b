import { SegmentedControl } from "@mantine/core";
import { useId } from "react";
import type { EnginePlan } from "../../../app/contract/engine-views.ts";
import type { EnginePreference } from "../../../app/conversation/engine-choice.ts";
import { useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { FailureNote } from "../../ui/states.tsx";
import { span } from "../../ui/time.ts";
import classes from "./engine.module.css";

const preferences = ["local", "auto", "sagemaker"] as const;

/**
 * Chooses where recordings are heard, and says before they go what leaves the machine and what that is likely to cost. For
 * an import: `value` null follows the settings.
 *
 * @param soundMs length of the recordings, where it is known
 */
export function EngineChoice({
  value,
  onChange,
  soundMs = null,
}: {
  value: EnginePreference | null;
  onChange: (value: EnginePreference) => void;
  soundMs?: number | null;
}) {
  const { t } = useTranslation();
  const label = useId();
  const plan = useCall("engine.plan", value === null ? {} : { preference: value }, { keep: true });
  if (plan.data === undefined) return plan.isError ? <FailureNote failure={plan.error} compact /> : null;
  const { preference, endpointReady } = plan.data;
  return (
    <div className={classes["choice"]}>
      <span id={label} className={classes["label"]}>
        {t("engine.place")}
      </span>
      <SegmentedControl
        size="sm"
        aria-labelledby={label}
        value={value ?? preference}
        data={preferences.map((one) => ({
          value: one,
          label: t(`engine.places.${one}`),
          // What is chosen already stays so, to be seen and changed.
          disabled: !endpointReady && one !== "local" && one !== (value ?? preference),
        }))}
        onChange={(next) => {
          const known = preferences.find((one) => one === next);
          if (known !== undefined) onChange(known);
        }}
      />
      <EngineConsequence plan={plan.data} soundMs={soundMs} />
    </div>
  );
}

/** What follows from a choice: where a recording goes now, what is sent, what it costs. */
export function EngineConsequence({ plan, soundMs }: { plan: EnginePlan; soundMs: number | null }) {
  const { t, i18n } = useTranslation();
  const { preference, reason, endpointReady, backlogMs, destinations, remoteHour } = plan;
  const hours = (soundMs ?? 3_600_000) / 3_600_000;
  const money = new Intl.NumberFormat(i18n.language, { style: "currency", currency: "USD", maximumFractionDigits: 2 });
  const cost = t(soundMs === null ? "engine.cost" : "engine.costFor", {
    cost: money.format(remoteHour.cost * hours),
    minutes: Math.max(1, Math.round((remoteHour.workMs * hours) / 60_000)),
    basis: t(remoteHour.measured ? "engine.measured" : "engine.expected"),
  });
  const mayLeave = preference !== "local" && endpointReady;
  return (
    <div className={classes["consequence"]} role="status">
      {preference === "auto" && (
        <p>
          {reason === "short-queue" && backlogMs === 0
            ? t("engine.nothingWaits")
            : t(`engine.now.${reason}`, { waiting: span(backlogMs) })}
        </p>
      )}
      {!endpointReady && <p className={preference === "local" ? undefined : classes["missing"]}>{t("engine.notSetUp")}</p>}
      <p>{mayLeave ? t("engine.sends", { places: destinations.join(", ") }) : t("engine.sendsNothing")}</p>
      {mayLeave && <p>{cost}</p>}
    </div>
  );
}
