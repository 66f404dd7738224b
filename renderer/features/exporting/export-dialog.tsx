import { Button, Modal, Progress, Radio } from "@mantine/core";
import { IconDownload, IconShieldLock } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { type ExportFormat, exportFormats } from "../../../app/contract/api.ts";
import type { Conversation } from "../../../app/conversation/conversation.ts";
import { formatHolds } from "../../../app/formats/export.ts";
import { call } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { bytesOf } from "../../ui/desk/exported-bytes.ts";
import { useKept } from "../../ui/desk/kept-place.ts";
import { saveFile } from "../../ui/desk/save-file.ts";
import { tell, tellFailure } from "../../ui/notices.tsx";
import classes from "./export-dialog.module.css";
import { exportZip } from "./export-zip.ts";
import { formatGroups } from "./formats.ts";
import { Preview } from "./preview.tsx";

interface ExportProps {
  /** What is exported: one conversation as a file, several as an archive. */
  readonly ids: readonly string[];
  /** Where it is one and known: what cannot hold it is not offered. */
  readonly kind: Conversation["kind"] | null;
  readonly close: () => void;
}

/** Asks in which format conversations are exported, shows what would be written, and writes it. */
export function ExportDialog(props: ExportProps) {
  const { t } = useTranslation();
  return (
    <Modal
      opened
      onClose={props.close}
      title={t("exporting.title", { count: props.ids.length })}
      size="60rem"
      closeButtonProps={{ "aria-label": t("state.close") }}
    >
      <Choice {...props} />
    </Modal>
  );
}

function Choice({ ids, kind, close }: ExportProps) {
  const { t } = useTranslation();
  const [kept, keep] = useKept<ExportFormat>("export.format", "docx", exportFormats);
  const format = holds(kept, kind) ? kept : "docx";
  const { done, write, cancel } = useExport(ids, format, close);
  const [first] = ids;
  return (
    <form
      className={classes["choice"]}
      onSubmit={(event) => {
        event.preventDefault();
        void write();
      }}
    >
      <Radio.Group
        className={classes["formats"] ?? ""}
        aria-label={t("exporting.formats")}
        value={format}
        onChange={(value) => keep(exportFormats.find((one) => one === value) ?? "docx")}
      >
        {formatGroups.map(([group, members]) => (
          <section key={group}>
            <h3>{t(`exporting.groups.${group}`)}</h3>
            {members.map((one) => (
              <Radio
                key={one}
                value={one}
                data-autofocus={one === format || undefined}
                label={t(`exporting.format.${one}.name`)}
                description={t(holds(one, kind) ? `exporting.format.${one}.carries` : "exporting.noVoices")}
                disabled={done !== null || !holds(one, kind)}
              />
            ))}
          </section>
        ))}
      </Radio.Group>
      <div className={classes["outcome"]}>
        {first !== undefined && <Preview id={first} format={format} others={ids.length - 1} />}
        <p className={classes["redaction"]}>
          <IconShieldLock size={16} aria-hidden="true" /> {t("exporting.redaction")}
        </p>
      </div>
      <footer className={classes["foot"]}>
        {done !== null && ids.length > 1 && (
          <div className={classes["progress"]}>
            <Progress value={(100 * done) / ids.length} aria-label={t("exporting.progress")} />
            <span role="status">{t("exporting.written", { done, all: ids.length })}</span>
          </div>
        )}
        <Button variant="default" onClick={done === null ? close : cancel}>
          {t("state.cancel")}
        </Button>
        <Button type="submit" loading={done !== null} leftSection={<IconDownload size={14} aria-hidden="true" />}>
          {t("exporting.save", { count: ids.length })}
        </Button>
      </footer>
    </form>
  );
}

function holds(format: ExportFormat, kind: Conversation["kind"] | null): boolean {
  return kind === null || formatHolds(format, kind);
}

/** Writes the conversations. `done` is how many are written, null while nothing is. */
function useExport(ids: readonly string[], format: ExportFormat, close: () => void) {
  const { t } = useTranslation();
  const [done, setDone] = useState<number | null>(null);
  const control = useRef<AbortController | null>(null);
  // A dialog that is closed in the middle is an answer, too.
  useEffect(() => () => control.current?.abort(), []);
  const write = async (): Promise<void> => {
    const [only] = ids;
    if (only === undefined || control.current !== null) return;
    const own = new AbortController();
    control.current = own;
    setDone(0);
    try {
      if (ids.length === 1) {
        const exported = await call("conversation.export", { id: only, format }, own.signal);
        saveFile(exported.fileName, exported.mediaType, bytesOf(exported));
        tell(t("exporting.done", { name: exported.fileName }));
      } else {
        const { name, leftOut } = await exportZip(ids, format, own.signal, setDone);
        tell(t("exporting.done", { name }));
        if (leftOut > 0) tell(t("exporting.leftOut", { count: leftOut }));
      }
      close();
    } catch (thrown) {
      if (own.signal.aborted) tell(t("exporting.cancelled"));
      else tellFailure(thrown);
    } finally {
      control.current = null;
      setDone(null);
    }
  };
  return { done, write, cancel: () => control.current?.abort() };
}
