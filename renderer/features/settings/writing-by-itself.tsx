import { NativeSelect, Switch } from "@mantine/core";
import type { Settings } from "../../../app/contract/views.ts";
import { useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import classes from "./engine.module.css";

/** What the language model writes by itself, where one is set up: nothing until a person says so. */
export function WritingByItself({
  settings,
  put,
}: {
  settings: Settings["writing"];
  put: (settings: Settings["writing"]) => void;
}) {
  const { t } = useTranslation();
  const prompts = useCall("prompt.list", {}).data?.prompts ?? [];
  const workflows = prompts.filter(({ kind, enabled }) => kind === "workflow" && enabled);
  const { workflow } = settings;
  const isKnown = workflow === null || workflows.some(({ id }) => id === workflow);
  return (
    <fieldset className={classes["choice"]} data-testid="writing-by-itself">
      <legend className={classes["label"]}>{t("writing.when.title")}</legend>
      <p className={classes["quiet"]}>{t("writing.when.note")}</p>
      <Switch
        label={t("writing.when.ready")}
        checked={settings.whenReady}
        onChange={(event) => put({ ...settings, whenReady: event.currentTarget.checked })}
      />
      {settings.whenReady && (
        <NativeSelect
          label={t("writing.when.workflow")}
          value={workflow ?? ""}
          data={[
            { value: "", label: t("writing.when.everything") },
            ...workflows.map(({ id, title }) => ({ value: id, label: title })),
            ...(isKnown ? [] : [{ value: workflow, label: workflow }]),
          ]}
          onChange={(event) =>
            put({ ...settings, workflow: event.currentTarget.value === "" ? null : event.currentTarget.value })
          }
        />
      )}
      <Switch
        label={t("writing.when.evaluations")}
        checked={settings.evaluations}
        onChange={(event) => put({ ...settings, evaluations: event.currentTarget.checked })}
      />
    </fieldset>
  );
}
