import { useEffect, useMemo } from "react";
import { useLocation } from "wouter";
import type { PromptKind } from "../../../app/conformity/writing/prompt.ts";
import type { PromptView } from "../../../app/contract/writing-views.ts";
import { useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { useActions } from "../../ui/actions/index.ts";
import { useOffers } from "../../ui/desk/offers.ts";
import { useTextDrafts } from "../../ui/desk/text-drafts.ts";
import { PageFailure, PageLoading } from "../../ui/states.tsx";
import { newPromptAddress, promptAddress } from "./new-prompt.ts";
import { PromptEditor } from "./prompt-editor.tsx";
import { PromptList } from "./prompt-list.tsx";

/** What names the prompt or workflow that is open. */
interface OpenPrompt {
  readonly kind: PromptKind;
  readonly id: string;
}

/** The prompts and workflows of the library; with a place, the one that is being written. */
export function PromptsPage({ open }: { open: OpenPrompt | null }) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const list = useCall("prompt.list", {});
  const drafts = useTextDrafts("prompt");
  const prompts = list.data?.prompts;
  const chosen = prompts?.find(({ kind, id }) => kind === open?.kind && id === open.id) ?? null;
  useEffect(() => {
    document.title = `${chosen?.title ?? t(open === null ? "prompts.title" : "prompts.create")} · ${t("app.name")}`;
  }, [t, chosen, open]);
  const create = (kind: PromptKind) => navigate(promptAddress(kind, newPromptAddress));
  useActions({ "prompts.create": () => create("prompt") });
  const offers = useMemo(
    () =>
      (prompts ?? []).map(({ kind, id, title }) => ({
        id: `${kind}-${id}`,
        label: `${t(`prompts.kinds.${kind}`)}: ${title}`,
        run: () => navigate(promptAddress(kind, id)),
      })),
    [prompts, navigate, t],
  );
  useOffers(offers);
  if (list.isError && prompts === undefined) return <PageFailure failure={list.error} again={() => void list.refetch()} />;
  if (prompts === undefined || drafts === undefined) return <PageLoading />;
  if (open === null) return <PromptList prompts={prompts} drafts={drafts} create={create} />;
  return <Opened key={`${open.kind} ${open.id}`} open={open} prompts={prompts} draft={drafts.get(`${open.kind} ${open.id}`)} />;
}

/** One prompt with its text, as soon as that is known. */
function Opened({ open, prompts, draft }: { open: OpenPrompt; prompts: readonly PromptView[]; draft: string | undefined }) {
  const isNew = open.id === newPromptAddress;
  const found = useCall("prompt.get", { kind: open.kind, id: open.id }, { enabled: !isNew });
  if (isNew) return <PromptEditor kind={open.kind} found={null} prompts={prompts} draft={draft} />;
  if (found.data === undefined) {
    return found.isError ? <PageFailure failure={found.error} again={() => void found.refetch()} /> : <PageLoading />;
  }
  return <PromptEditor kind={open.kind} found={found.data} prompts={prompts} draft={draft} />;
}
