import { ActionIcon, Button, Menu, Tooltip } from "@mantine/core";
import { IconArrowLeft, IconDots, IconDownload, IconEar, IconPencil, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { Link, useLocation } from "wouter";
import type { Conversation } from "../../../app/conversation/conversation.ts";
import { memory, useAct } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { useActions } from "../../ui/actions/index.ts";
import { clock, moment } from "../../ui/time.ts";
import { ExportDialog } from "../exporting/index.ts";
import { JourneyPlace } from "../journeys/index.ts";
import { useConfirmDelete } from "../library/index.ts";
import { ReportDialog } from "./report-dialog.tsx";
import classes from "./review.module.css";
import { NameDialog } from "./speaker-menu.tsx";

/** What conversation this is, and what can be done with it as a whole. */
export function Header({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const [renaming, setRenaming] = useState(false);
  const { id, title, kind, channel, startedAt, importedAt, durationMs, language, turns } = conversation;
  const confirmDelete = useConfirmDelete();
  const again = useAct("queue.analyseAgain");
  const rename = useAct("conversation.rename", () => {
    void memory.invalidateQueries({ queryKey: ["conversation.get", { id }] });
    void memory.invalidateQueries({ queryKey: ["library.list"] });
  });
  const facts = [
    t(`channel.${channel}`),
    moment(startedAt ?? importedAt, (time) => t("state.today", { time })),
    kind === "call" ? clock(durationMs) : t("review.messages", { count: turns.length }),
    language,
  ].filter((fact) => fact !== null);

  return (
    <header className={classes["header"]}>
      <Tooltip label={t("review.back")}>
        <ActionIcon component={Link} href="/" aria-label={t("review.back")}>
          <IconArrowLeft size={18} aria-hidden="true" />
        </ActionIcon>
      </Tooltip>
      <div className={classes["naming"]}>
        <h1 title={title} dir="auto">
          {title}
        </h1>
        <p className={classes["meta"]}>{facts.join(" · ")}</p>
      </div>
      <JourneyPlace conversationId={id} />
      <ExportMenu id={id} kind={kind} />
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="default" size="md" aria-label={t("review.more")}>
            <IconDots size={16} aria-hidden="true" />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPencil size={14} aria-hidden="true" />} onClick={() => setRenaming(true)}>
            {t("review.rename")}
          </Menu.Item>
          {kind === "call" && (
            <Menu.Item
              leftSection={<IconEar size={14} aria-hidden="true" />}
              onClick={() => again.mutate({ conversationId: id })}
            >
              {t("review.analyseAgain")}
            </Menu.Item>
          )}
          <Menu.Item
            color="red"
            leftSection={<IconTrash size={14} aria-hidden="true" />}
            onClick={() => confirmDelete([id], () => navigate("/"))}
          >
            {t("review.delete")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <NameDialog
        key={renaming ? "open" : "closed"}
        opened={renaming}
        close={() => setRenaming(false)}
        title={t("review.renameTitle")}
        label={t("review.renameLabel")}
        value={title}
        required
        save={(next) => rename.mutate({ id, title: next })}
      />
    </header>
  );
}

function ExportMenu({ id, kind }: Pick<Conversation, "id" | "kind">) {
  const { t } = useTranslation();
  const [dialog, setDialog] = useState<"transcript" | "report" | null>(null);
  useActions({ "library.export": () => setDialog("transcript") });
  const close = () => setDialog(null);
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<IconDownload size={14} aria-hidden="true" />}>
          {t("review.export")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => setDialog("transcript")}>{t("exporting.open")}</Menu.Item>
        <Menu.Item onClick={() => setDialog("report")}>{t("report.menu")}</Menu.Item>
      </Menu.Dropdown>
      {dialog === "transcript" && <ExportDialog ids={[id]} kind={kind} close={close} />}
      {dialog === "report" && <ReportDialog conversationId={id} evaluationId={null} close={close} />}
    </Menu>
  );
}
