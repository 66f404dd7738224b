import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { type ReactNode, useState } from "react";
import { useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { keptValue, useKept } from "../../ui/desk/kept-place.ts";

/** Time in which somebody goes on typing before the library is asked, in milliseconds. */
const typingMs = 200;

/** The conversation that what is being written is tried on. */
export interface ChosenConversation {
  /** Null until one is known. */
  readonly id: string | null;
  readonly title: string;
  readonly kind: "call" | "chat" | null;
  /** The library has none. */
  readonly isNone: boolean;
  /** The field in which another is chosen. */
  readonly choice: ReactNode;
}

/** Chooses a conversation to try on: the one that was open last, until a person chooses another. */
export function useChosenConversation(): ChosenConversation {
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
  const options = rows.map((each) => ({ value: each.id, label: each.title }));
  const isOffered = id !== null && options.some(({ value }) => value === id);
  const choice = (
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
  );
  return { id, title, kind, isNone: list.data !== undefined && id === null && words === "", choice };
}
