import { Switch } from "@mantine/core";
import { modals } from "@mantine/modals";
import type { ChecklistView } from "../../../app/contract/conformity-views.ts";
import { memory, useAct, useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { tell } from "../../ui/notices.tsx";
import classes from "./checklist-list.module.css";

/** Whether every conversation is judged by a checklist. What that does, and to how many, is said before it is done. */
export function EnableSwitch({ view }: { view: ChecklistView }) {
  const { t } = useTranslation();
  const { id, title, enabled } = view;
  const enable = useAct("checklist.enable", () => {
    void memory.invalidateQueries({ queryKey: ["checklist.list"] });
    tell(t(enabled ? "checklists.turnedOff" : "checklists.turnedOn", { title }));
  });
  const ask = () =>
    modals.openConfirmModal({
      title: t(enabled ? "checklists.offTitle" : "checklists.onTitle", { title }),
      children: enabled ? <OffBody view={view} /> : <OnBody view={view} />,
      labels: { confirm: t(enabled ? "checklists.offConfirm" : "checklists.onConfirm"), cancel: t("state.cancel") },
      closeButtonProps: { "aria-label": t("state.close") },
      onConfirm: () => enable.mutate({ id, enabled: !enabled }),
    });
  return (
    <Switch
      size="xs"
      checked={enabled}
      disabled={enable.isPending}
      label={t(enabled ? "checklists.on" : "checklists.off")}
      aria-label={t("checklists.enable", { title })}
      onChange={ask}
    />
  );
}

function OnBody({ view }: { view: ChecklistView }) {
  const { t } = useTranslation();
  const list = useCall("library.list", { limit: 1, ...(view.for === null ? {} : { kind: view.for }) });
  return (
    <div className={classes["said"]}>
      <p>{list.data === undefined ? t("checklists.onCounting") : t("checklists.onCount", { count: list.data.total })}</p>
      <p>{t("checklists.onRules", { count: view.questions.rule })}</p>
      <p>{t("checklists.onNothingLeaves")}</p>
    </div>
  );
}

function OffBody({ view: { evaluations } }: { view: ChecklistView }) {
  const { t } = useTranslation();
  const stays = evaluations.draft + evaluations.submitted;
  return (
    <div className={classes["said"]}>
      <p>{evaluations.machine > 0 ? t("checklists.offGoes", { count: evaluations.machine }) : t("checklists.offNothing")}</p>
      {stays > 0 && <p>{t("checklists.offStays", { count: stays })}</p>}
    </div>
  );
}
