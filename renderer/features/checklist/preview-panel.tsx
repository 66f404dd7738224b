import { Loader } from "@mantine/core";
import { IconMessages } from "@tabler/icons-react";
import type { Form } from "../../../app/conformity/form.ts";
import { useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { EmptyState, FailureNote } from "../../ui/states.tsx";
import { useChosenConversation } from "./chosen-conversation.tsx";
import classes from "./preview.module.css";
import { PreviewSheet } from "./preview-sheet.tsx";

/** A conversation as a reviewer would see it judged by the checklist that is being written. */
export function PreviewPanel({ form, text, isOld }: { form: Form | null; text: string | null; isOld: boolean }) {
  const { t } = useTranslation();
  const { id, title, kind, isNone, choice } = useChosenConversation();
  const preview = useCall(
    "checklist.preview",
    { text: text ?? "", conversationId: id ?? "" },
    { enabled: text !== null && id !== null, keep: true },
  );
  if (isNone) {
    return (
      <EmptyState
        icon={<IconMessages size={36} stroke={1.4} />}
        title={t("checklists.tabs.preview")}
        body={t("checklists.preview.none")}
      />
    );
  }
  const evaluation = preview.data?.evaluation ?? null;
  return (
    <div className={classes["panel"]} data-testid="checklist-preview">
      {choice}
      {form !== null && form.for !== null && kind !== null && form.for !== kind && (
        <p className={classes["note"]}>{t("checklists.preview.forOther", { kind: form.for })}</p>
      )}
      {isOld && <p className={classes["note"]}>{t(text === null ? "checklists.preview.waiting" : "checklists.preview.old")}</p>}
      {preview.isError && <FailureNote compact live failure={preview.error} />}
      {text !== null && preview.isPending && id !== null && <Loader size="xs" aria-label={t("state.loading")} />}
      {preview.data !== undefined && evaluation === null && !preview.isError && (
        <p className={classes["note"]}>{t("checklists.preview.notRead")}</p>
      )}
      {evaluation !== null && id !== null && (
        <div aria-busy={preview.isFetching}>
          <PreviewSheet view={evaluation} conversationId={id} title={title} />
        </div>
      )}
    </div>
  );
}
