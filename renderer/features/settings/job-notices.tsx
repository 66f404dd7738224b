import { Switch } from "@mantine/core";
import { useState } from "react";
import { useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { askForNotices } from "../../ui/desk/job-notices.ts";
import classes from "./settings.module.css";

/** Whether the system tells when a long job has ended. The browser is asked only when a person turns this on. */
export function JobNotices({ on, save }: { on: boolean; save: (on: boolean) => void }) {
  const { t } = useTranslation();
  const state = useCall("app.state", {});
  const [refused, setRefused] = useState(false);
  const change = async (wanted: boolean) => {
    const allowed = !wanted || state.data?.capabilities.systemNotices === true || (await askForNotices());
    setRefused(!allowed);
    if (allowed) save(wanted);
  };
  return (
    <>
      <Switch label={t("desk.notices.turnOn")} checked={on} onChange={(event) => void change(event.currentTarget.checked)} />
      {refused && (
        <p role="alert" className={classes["quiet"]}>
          {t("desk.notices.refused")}
        </p>
      )}
    </>
  );
}
