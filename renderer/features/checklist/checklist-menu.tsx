import { ActionIcon, Menu } from "@mantine/core";
import { modals } from "@mantine/modals";
import { IconCopy, IconDotsVertical, IconDownload, IconEdit, IconFileAnalytics, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useLocation } from "wouter";
import type { ChecklistView } from "../../../app/contract/conformity-views.ts";
import { call, memory, useAct } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { saveFile } from "../../ui/desk/save-file.ts";
import { keepTextDraft } from "../../ui/desk/text-drafts.ts";
import { tell, tellFailure } from "../../ui/notices.tsx";
import classes from "./checklist-list.module.css";
import { addressOf, copyText } from "./new-checklist.ts";
import { PeriodReportDialog } from "./period-report-dialog.tsx";

const formats = ["yaml", "json", "connect"] as const;

/** What can be done with a checklist beside writing it: copied, given out, deleted. */
export function ChecklistMenu({
  view,
  taken,
  open = false,
}: {
  view: ChecklistView;
  taken: readonly ChecklistView[];
  /** With an entry that opens it. */
  open?: boolean;
}) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const [reporting, setReporting] = useState(false);
  const { id, title, origin, evaluations } = view;
  const reread = () => void memory.invalidateQueries({ queryKey: ["checklist.list"] });
  const save = useAct("checklist.save", reread);
  const remove = useAct("checklist.remove", () => {
    keepTextDraft("checklist", id, null);
    reread();
    tell(t("checklists.removed", { title }));
    navigate("/checklists");
  });
  const exported = useAct("checklist.export", ({ fileName, text, notes }) => {
    saveFile(fileName, fileName.endsWith(".yaml") ? "application/yaml" : "application/json", text);
    if (notes.length === 0) {
      tell(t("checklists.exported", { name: fileName }));
      return;
    }
    modals.open({
      title: t("checklists.exportNotesTitle"),
      closeButtonProps: { "aria-label": t("state.close") },
      children: (
        <div className={classes["said"]}>
          <p>{t("checklists.exportNotes", { name: fileName })}</p>
          <ul className={classes["notes"]}>
            {notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </div>
      ),
    });
  });
  const copy = () => {
    const copied = t("checklists.copyTitle", { title });
    call("checklist.get", { id })
      .then(({ form, text }) =>
        save.mutate(
          {
            text: copyText(
              form,
              text,
              taken.map((one) => one.id),
              copied,
            ),
          },
          {
            onSuccess: (made) => {
              tell(t("checklists.duplicated", { title: copied }));
              navigate(addressOf(made.id));
            },
          },
        ),
      )
      .catch(tellFailure);
  };
  const stays = evaluations.draft + evaluations.submitted;
  const askRemove = () =>
    modals.openConfirmModal({
      title: t("checklists.removeTitle", { title }),
      children: (
        <div className={classes["said"]}>
          <p>{t("checklists.removeBody")}</p>
          {evaluations.machine > 0 && <p>{t("checklists.removeGoes", { count: evaluations.machine })}</p>}
          {stays > 0 && <p>{t("checklists.removeStays", { count: stays })}</p>}
          {origin === "ready-made" && <p>{t("checklists.removeReady")}</p>}
        </div>
      ),
      labels: { confirm: t("checklists.removeConfirm"), cancel: t("state.cancel") },
      confirmProps: { color: "red" },
      closeButtonProps: { "aria-label": t("state.close") },
      onConfirm: () => remove.mutate({ id }),
    });
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon aria-label={t("checklists.actions", { title })}>
          <IconDotsVertical size={16} aria-hidden="true" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {open && (
          <Menu.Item leftSection={<IconEdit size={14} aria-hidden="true" />} onClick={() => navigate(addressOf(id))}>
            {t("checklists.edit")}
          </Menu.Item>
        )}
        <Menu.Item leftSection={<IconCopy size={14} aria-hidden="true" />} onClick={copy}>
          {t("checklists.duplicate")}
        </Menu.Item>
        {formats.map((format) => (
          <Menu.Item
            key={format}
            leftSection={<IconDownload size={14} aria-hidden="true" />}
            onClick={() => exported.mutate({ id, format })}
          >
            {t(`checklists.export.${format}`)}
          </Menu.Item>
        ))}
        <Menu.Item leftSection={<IconFileAnalytics size={14} aria-hidden="true" />} onClick={() => setReporting(true)}>
          {t("report.period.menu")}
        </Menu.Item>
        <Menu.Item color="red" leftSection={<IconTrash size={14} aria-hidden="true" />} onClick={askRemove}>
          {t("checklists.remove")}
        </Menu.Item>
      </Menu.Dropdown>
      {reporting && <PeriodReportDialog formId={id} title={title} close={() => setReporting(false)} />}
    </Menu>
  );
}
