import { useEffect, useMemo, useState } from "react";
import { useLocation } from "wouter";
import type { ChecklistView } from "../../../app/contract/conformity-views.ts";
import { useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { useActions } from "../../ui/actions/index.ts";
import { useOffers } from "../../ui/desk/offers.ts";
import { useTextDrafts } from "../../ui/desk/text-drafts.ts";
import { PageFailure, PageLoading } from "../../ui/states.tsx";
import { ChecklistEditor } from "./checklist-editor.tsx";
import { ChecklistList } from "./checklist-list.tsx";
import { ImportChecklist } from "./import-checklist.tsx";
import { addressOf, newAddress } from "./new-checklist.ts";

/** The checklists of the library; with an id, the one that is being written. */
export function ChecklistsPage({ id }: { id: string | null }) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const [importing, setImporting] = useState(false);
  const list = useCall("checklist.list", {});
  const drafts = useTextDrafts("checklist");
  const checklists = list.data?.checklists;
  const chosen = checklists?.find((one) => one.id === id) ?? null;
  useEffect(() => {
    document.title = `${chosen?.title ?? t(id === newAddress ? "checklists.create" : "checklists.title")} · ${t("app.name")}`;
  }, [t, chosen, id]);
  const create = () => navigate(addressOf(newAddress));
  const openImport = () => setImporting(true);
  useActions({ "checklists.create": create, "checklists.import": openImport });
  const offers = useMemo(
    () =>
      (checklists ?? []).map((one) => ({
        id: `checklist-${one.id}`,
        label: `${t("checklists.title")}: ${one.title}`,
        run: () => navigate(addressOf(one.id)),
      })),
    [checklists, navigate, t],
  );
  useOffers(offers);
  if (list.isError && checklists === undefined) return <PageFailure failure={list.error} again={() => void list.refetch()} />;
  if (checklists === undefined || drafts === undefined) return <PageLoading />;
  return (
    <>
      {id === null ? (
        <ChecklistList checklists={checklists} drafts={drafts} create={create} openImport={openImport} />
      ) : (
        <Opened key={id} id={id} view={chosen} checklists={checklists} draft={drafts.get(id)} />
      )}
      <ImportChecklist opened={importing} close={() => setImporting(false)} known={checklists} />
    </>
  );
}

/** One checklist with its text, as soon as that is known. */
function Opened({
  id,
  view,
  checklists,
  draft,
}: {
  id: string;
  view: ChecklistView | null;
  checklists: readonly ChecklistView[];
  draft: string | undefined;
}) {
  const isNew = id === newAddress;
  const found = useCall("checklist.get", { id }, { enabled: !isNew });
  if (isNew) return <ChecklistEditor checklist={null} checklists={checklists} draft={draft} />;
  if (found.data === undefined) {
    return found.isError ? <PageFailure failure={found.error} again={() => void found.refetch()} /> : <PageLoading />;
  }
  // One that was taken out of the list is still known by its evaluations.
  return (
    <ChecklistEditor
      checklist={{ ...found.data, checklist: view ?? found.data.checklist }}
      checklists={checklists}
      draft={draft}
    />
  );
}
