import { Autocomplete, Button, Select, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { kindText } from "../../../app/report/entry-text.ts";
import { useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { count } from "../../ui/time.ts";
import classes from "./ledger.module.css";
import { everyEntry, isBackwards, isFiltered, type LedgerLook } from "./ledger-filter.ts";

/** Conversations offered for a title that is being typed. */
const mostOffered = 8;
/** Stands for Earmark itself, whose name is empty: a select takes no empty value. */
const ownName = "\u0000";

/** Which entries are shown: by kind, by whom, of which conversation, in which days. */
export function LedgerFilterBar({ look, change }: { look: LedgerLook; change: (look: LedgerLook) => void }) {
  const { t } = useTranslation();
  const { kinds = [], authors = [] } = useCall("ledger.facets", {}).data ?? {};
  return (
    <search className={classes["filter"]} aria-label={t("ledger.filter.label")}>
      <Select
        label={t("ledger.filter.kind")}
        placeholder={t("ledger.filter.anyKind")}
        searchable
        clearable
        data={kinds.map(({ value, count: many }) => ({ value, label: `${kindText(value)} (${count(many)})` }))}
        value={look.kind}
        onChange={(kind) => change({ ...look, kind })}
      />
      <Select
        label={t("ledger.filter.author")}
        placeholder={t("ledger.filter.anyAuthor")}
        searchable
        clearable
        data={authors.map(({ value, count: many }) => ({
          value: value === "" ? ownName : value,
          label: `${value === "" ? t("ledger.filter.earmark") : value} (${count(many)})`,
        }))}
        value={look.author === "" ? ownName : look.author}
        onChange={(author) => change({ ...look, author: author === ownName ? "" : author })}
      />
      <ConversationField key={look.subject} subject={look.subject} choose={(subject) => change({ ...look, subject })} />
      <TextInput
        type="date"
        label={t("ledger.filter.from")}
        value={look.from}
        onChange={(event) => change({ ...look, from: event.currentTarget.value })}
      />
      <TextInput
        type="date"
        label={t("ledger.filter.to")}
        value={look.to}
        error={isBackwards(look) ? t("ledger.filter.backwards") : null}
        onChange={(event) => change({ ...look, to: event.currentTarget.value })}
      />
      <Button variant="subtle" disabled={!isFiltered(look)} onClick={() => change(everyEntry)}>
        {t("ledger.filter.clear")}
      </Button>
    </search>
  );
}

/** Chooses a conversation by its title, or by its id: what was deleted has no title any more. */
function ConversationField({ subject, choose }: { subject: string | null; choose: (subject: string | null) => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(subject ?? "");
  const [asked] = useDebouncedValue(typed.trim(), 200);
  const offered = useCall(
    "library.list",
    { text: asked, limit: mostOffered, sortBy: "importedAt", direction: "descending" },
    { enabled: asked !== "" && asked !== subject, keep: true },
  );
  const rows = asked === "" ? [] : (offered.data?.rows ?? []);
  const settle = (text: string) => {
    const id = text.trim();
    if (id !== (subject ?? "")) choose(id === "" ? null : id);
  };
  return (
    <Autocomplete
      size="xs"
      label={t("ledger.filter.conversation")}
      placeholder={t("ledger.filter.anyConversation")}
      maxLength={200}
      clearable
      value={typed}
      data={rows.map(({ id }) => id)}
      filter={({ options }) => options}
      renderOption={({ option }) => rows.find(({ id }) => id === option.value)?.title ?? option.value}
      onChange={(text) => {
        setTyped(text);
        if (text === "") settle("");
      }}
      onOptionSubmit={settle}
      onBlur={() => settle(typed)}
      onKeyDown={(event) => {
        if (event.key === "Enter" && rows.length === 0) settle(typed);
      }}
    />
  );
}
