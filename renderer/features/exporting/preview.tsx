import type { ExportFormat } from "../../../app/contract/api.ts";
import { useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { useDragOut } from "../../ui/desk/drag-out.ts";
import { FailureNote } from "../../ui/states.tsx";
import classes from "./export-dialog.module.css";

/** The first lines of what an export writes, under the name of its file, which can be dragged out. */
export function Preview({ id, format, others }: { id: string; format: ExportFormat; others: number }) {
  const { t } = useTranslation();
  const dragOut = useDragOut();
  const { data, error, isPlaceholderData } = useCall("conversation.exportPreview", { id, format }, { keep: true });
  const isOld = data === undefined || isPlaceholderData;
  return (
    <section className={classes["preview"]} aria-label={t("exporting.preview")} aria-busy={isOld && error === null}>
      {error !== null ? (
        <FailureNote compact live failure={error} />
      ) : (
        <>
          <header>
            <strong dir="auto" title={t("exporting.drag")} {...(isOld ? {} : dragOut({ kind: "export", id, format }))}>
              {data?.fileName ?? "\u00a0"}
            </strong>
            {others > 0 && <span>{t("exporting.others", { count: others })}</span>}
          </header>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what can be scrolled must be reached by keyboard */}
          <pre tabIndex={0} dir="auto" data-testid="export-preview">
            {data?.lines.join("\n")}
            {data?.isAll === false && `\n${t("exporting.more")}`}
          </pre>
        </>
      )}
    </section>
  );
}
