import { Button, Modal, TagsInput, TextInput } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { type FormEvent, lazy, Suspense, useState } from "react";
import { call, memory, useAct, useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { useActions } from "../../ui/actions/index.ts";
import { tell, tellFailure } from "../../ui/notices.tsx";
import { count } from "../../ui/time.ts";
import { ExportDialog } from "../exporting/index.ts";
import { BulkReportDialog } from "./bulk-report.tsx";
import { useConfirmDelete } from "./confirm-delete.tsx";
import classes from "./finding.module.css";
import { mostSelected } from "./selecting.ts";
import { listInput, useView } from "./view.ts";

// Fetched when it is asked for: the library is what opens first.
const AskDialog = lazy(async () => ({ default: (await import("../questions/index.ts")).AskDialog }));

/** What can be done with the conversations that are selected. */
export function BulkBar({
  selected,
  select,
  total,
}: {
  selected: ReadonlySet<string>;
  select: (ids: ReadonlySet<string>) => void;
  total: number | null;
}) {
  const { t } = useTranslation();
  const view = useView();
  const confirmDelete = useConfirmDelete();
  const [dialog, setDialog] = useState<"assign" | "tags" | "export" | "report" | "ask" | null>(null);
  const ids = [...selected];
  const none = () => select(new Set());

  const hearAgain = async () => {
    try {
      for (const conversationId of ids) await call("queue.analyseAgain", { conversationId });
      tell(t("finding.bulk.heard", { count: ids.length }));
      none();
    } catch (thrown) {
      tellFailure(thrown);
    }
  };
  const selectAll = async () => {
    try {
      const found = await call("library.ids", { ...listInput(view, 0, mostSelected), limit: mostSelected });
      select(new Set(found.ids));
      if ((total ?? 0) > found.ids.length) tell(t("finding.bulk.most", { count: count(mostSelected) as unknown as number }));
    } catch (thrown) {
      tellFailure(thrown);
    }
  };
  useActions({
    "library.report": () => setDialog("report"),
    "library.export": () => setDialog("export"),
    "questions.ask": () => setDialog("ask"),
  });

  return (
    <div className={classes["bar"]} role="toolbar" aria-label={t("library.selected", { count: ids.length })}>
      <strong role="status">{t("library.selected", { count: ids.length })}</strong>
      {total !== null && total > ids.length && (
        <Button variant="subtle" onClick={() => void selectAll()}>
          {t("finding.bulk.all", { count: total })}
        </Button>
      )}
      <Button variant="default" onClick={() => setDialog("assign")}>
        {t("finding.bulk.assign")}
      </Button>
      <Button variant="default" onClick={() => setDialog("tags")}>
        {t("finding.bulk.tag")}
      </Button>
      <Button variant="default" aria-haspopup="dialog" onClick={() => setDialog("ask")}>
        {t("questions.bulk")}
      </Button>
      <Button variant="default" onClick={() => void hearAgain()}>
        {t("library.analyseAgain")}
      </Button>
      <Button variant="default" aria-haspopup="dialog" onClick={() => setDialog("export")}>
        {t("finding.bulk.export")}
      </Button>
      <Button variant="default" aria-haspopup="dialog" onClick={() => setDialog("report")}>
        {t("report.bulk.open")}
      </Button>
      <Button variant="default" color="red" onClick={() => confirmDelete(ids, none)}>
        {t("library.delete")}
      </Button>
      <Button variant="subtle" color="gray" leftSection={<IconX size={14} aria-hidden="true" />} onClick={none}>
        {t("library.selectNone")}
      </Button>
      {dialog === "assign" && <AssignDialog ids={ids} close={() => setDialog(null)} />}
      {dialog === "export" && <ExportDialog ids={ids} kind={null} close={() => setDialog(null)} />}
      {dialog === "report" && <BulkReportDialog ids={ids} close={() => setDialog(null)} />}
      {dialog === "ask" && (
        <Suspense fallback={null}>
          <AskDialog ids={ids} close={() => setDialog(null)} />
        </Suspense>
      )}
      {dialog === "tags" && <TagsDialog ids={ids} close={() => setDialog(null)} />}
    </div>
  );
}

function AssignDialog({ ids, close }: { ids: string[]; close: () => void }) {
  const { t } = useTranslation();
  const mine = useCall("review.mine", {});
  const [to, setTo] = useState<string | null>(null);
  const [due, setDue] = useState("");
  const assign = useAct("review.assign");
  const reviewer = mine.data?.reviewer ?? "";
  const name = (to ?? reviewer).trim();
  const give = (assignee: string | null) => {
    // The end of the day: what is due on Friday may be done on Friday.
    const dueAt = due === "" || assignee === null ? null : new Date(`${due}T23:59:59`).toISOString();
    assign.mutate(
      { ids, assignee, dueAt },
      {
        onSuccess: () => {
          tell(
            assignee === null ? t("finding.bulk.unassigned") : t("finding.bulk.assigned", { count: ids.length, name: assignee }),
          );
          void memory.invalidateQueries({ queryKey: ["library.list"] });
          void memory.invalidateQueries({ queryKey: ["review.mine"] });
          close();
        },
      },
    );
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    give(name);
  };
  return (
    <Modal
      opened
      onClose={close}
      title={t("finding.assign.title", { count: ids.length })}
      closeButtonProps={{ "aria-label": t("state.close") }}
    >
      <form className={classes["form"]} onSubmit={submit}>
        <TextInput
          data-autofocus
          label={t("finding.assign.to")}
          maxLength={200}
          value={to ?? reviewer}
          onChange={(event) => setTo(event.currentTarget.value)}
        />
        <TextInput
          type="date"
          label={t("finding.assign.due")}
          value={due}
          onChange={(event) => setDue(event.currentTarget.value)}
        />
        <div className={classes["foot"]}>
          <Button variant="subtle" color="gray" onClick={() => give(null)}>
            {t("finding.assign.nobody")}
          </Button>
          <Button variant="default" onClick={close}>
            {t("state.cancel")}
          </Button>
          <Button type="submit" disabled={name === ""} loading={assign.isPending}>
            {t("finding.assign.confirm")}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

function TagsDialog({ ids, close }: { ids: string[]; close: () => void }) {
  const { t } = useTranslation();
  const known = useCall("tag.list", {});
  const [add, setAdd] = useState<string[]>([]);
  const [remove, setRemove] = useState<string[]>([]);
  const change = useAct("tag.change");
  const names = known.data?.tags.map(({ name }) => name) ?? [];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate(
      { conversationIds: ids, add, remove },
      {
        onSuccess: () => {
          tell(t("finding.bulk.tagged"));
          void memory.invalidateQueries({ queryKey: ["library.list"] });
          void memory.invalidateQueries({ queryKey: ["tag.list"] });
          close();
        },
      },
    );
  };
  return (
    <Modal
      opened
      onClose={close}
      title={t("finding.tags.title", { count: ids.length })}
      closeButtonProps={{ "aria-label": t("state.close") }}
    >
      <form className={classes["form"]} onSubmit={submit}>
        <TagsInput
          data-autofocus
          label={t("finding.tags.add")}
          placeholder={t("finding.tags.hint")}
          data={names}
          value={add}
          onChange={setAdd}
          maxTags={50}
        />
        <TagsInput label={t("finding.tags.remove")} data={names} value={remove} onChange={setRemove} maxTags={50} />
        <div className={classes["foot"]}>
          <Button variant="default" onClick={close}>
            {t("state.cancel")}
          </Button>
          <Button type="submit" disabled={add.length + remove.length === 0} loading={change.isPending}>
            {t("finding.tags.confirm")}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
