import { NumberInput, Select, Switch, TextInput } from "@mantine/core";
import type { IntakeSettings } from "../../../app/contract/intake-views.ts";
import { useTranslation } from "../../text/index.ts";
import engine from "./engine.module.css";

/** How fast, when and in which order what comes in bulk is taken in. */
export function IntakePace({ intake, put }: { intake: IntakeSettings; put: (intake: IntakeSettings) => void }) {
  const { t } = useTranslation();
  const number = (field: "perMinute" | "most", description: string) => (
    <NumberInput
      label={t(`intake.pace.${field}`)}
      description={description}
      value={intake[field] ?? ""}
      min={1}
      max={10_000}
      clampBehavior="blur"
      allowDecimal={false}
      onChange={(value) => {
        const next = typeof value === "number" && value >= 1 && value <= 10_000 ? value : null;
        if ((value === "" || next !== null) && next !== intake[field]) put({ ...intake, [field]: next });
      }}
    />
  );
  const quietTime = (end: "from" | "until") => (
    <TextInput
      type="time"
      label={t(`intake.pace.${end}`)}
      value={intake.quiet?.[end] ?? ""}
      onChange={(event) => {
        const time = event.currentTarget.value;
        if (intake.quiet !== null && /^\d\d:\d\d$/u.test(time)) put({ ...intake, quiet: { ...intake.quiet, [end]: time } });
      }}
    />
  );
  return (
    <>
      {number("perMinute", t("intake.pace.perMinuteNote", { usual: t("intake.pace.usualPerMinute") }))}
      {number("most", t("intake.pace.mostNote", { usual: t("intake.pace.usualMost") }))}
      <Select
        label={t("intake.pace.order")}
        allowDeselect={false}
        value={intake.order}
        data={(["oldest", "newest"] as const).map((value) => ({ value, label: t(`intake.pace.orders.${value}`) }))}
        onChange={(value) => {
          if (value === "oldest" || value === "newest") put({ ...intake, order: value });
        }}
      />
      <Switch
        label={t("intake.pace.quiet")}
        description={t("intake.pace.quietNote")}
        checked={intake.quiet !== null}
        onChange={(event) => put({ ...intake, quiet: event.currentTarget.checked ? { from: "22:00", until: "06:00" } : null })}
      />
      {intake.quiet !== null && (
        <div className={engine["pair"]}>
          {quietTime("from")}
          {quietTime("until")}
        </div>
      )}
    </>
  );
}
