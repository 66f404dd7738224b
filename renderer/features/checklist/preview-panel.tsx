import { Loader, Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconMessages } from "@tabler/icons-react";
import { useState } from "react";
import type { Form } from "../../../app/conformity/form.ts";
import { useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { keptValue, useKept } from "../../ui/desk/kept-place.ts";
import { EmptyState, FailureNote } from "../../ui/states.tsx";
import classes from "./preview.module.css";
import { PreviewSheet } from "./preview-sheet.tsx";

/** Time in which somebody goes on typing before the library is asked, in milliseconds. */
const typingMs = 200;

/** A conversation as a reviewer would see it judged by the checklist that is being written. */
export function PreviewPanel({ form, text, isOld }: { form: Form | null; text: string | null; isOld: boolean }) {
  const { t } = useTranslation();
  const last = keptValue("conversation.last");
  const [chosen, setChosen] = useKept<string>("checklists.conversation", typeof last === "string" ? last : "");
  const [wanted, setWanted] = useState("");
  const [asked] = useDebouncedValue(wanted, typingMs);
  // What is typed are words of a title, and no operators of the library's search.
  const words = asked.replaceAll(/["“”„:]/gu, " ").trim();
  const list = useCall("library.list", { text: words === "" ? "" : `title:"${words}"`, limit: 20 }, { keep: true });
  const view = useCall("conversation.get", { id: chosen }, { enabled: chosen !== "" });
  const rows = list.data?.rows ?? [];
  // One that was deleted since counts as none.
  const id = chosen !== "" && !view.isError ? chosen : (rows[0]?.id ?? null);
  const row = rows.find((each) => each.id === id);
  const title = view.data?.conversation.title ?? row?.title ?? "";
  const kind = view.data?.conversation.kind ?? row?.kind ?? null;
  const preview = useCall(
    "checklist.preview",
    { text: text ?? "", conversationId: id ?? "" },
    { enabled: text !== null && id !== null, keep: true },
  );
  const options = rows.map((each) => ({ value: each.id, label: each.title }));
  const isOffered = id !== null && options.some(({ value }) => value === id);
  if (list.data !== undefined && id === null && words === "") {
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
      <Select
        size="xs"
        label={t("checklists.preview.conversation")}
        searchable
        allowDeselect={false}
        value={id}
        data={id === null || isOffered || wanted !== "" ? options : [{ value: id, label: title }, ...options]}
        onSearchChange={(typed) => setWanted(typed === title ? "" : typed)}
        filter={({ options: all }) => all}
        onChange={(value) => {
          if (value !== null) setChosen(value);
        }}
      />
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
