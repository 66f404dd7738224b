import { Button } from "@mantine/core";
import { IconShieldLock } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { Link, useSearch } from "wouter";
import { memory, useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { EmptyState, PageFailure, PageLoading } from "../../ui/states.tsx";
import { count } from "../../ui/time.ts";
import classes from "./ledger.module.css";
import { EntryPanel } from "./ledger-entry.tsx";
import { isBackwards, isFiltered, type LedgerLook, lookOfAddress } from "./ledger-filter.ts";
import { LedgerFilterBar } from "./ledger-filter-bar.tsx";
import { LedgerList, type ShownEntry } from "./ledger-list.tsx";
import { LedgerState } from "./ledger-state.tsx";
import { useVerifying, VerifyResult } from "./ledger-verify.tsx";

/** The library's ledger: the state it is in, whether it verifies, and every entry. */
export function LedgerPage() {
  const { t } = useTranslation();
  const search = useSearch();
  const state = useCall("ledger.state", {});
  const [look, setLook] = useState<LedgerLook>(() => lookOfAddress(search));
  const [chosen, setChosen] = useState<ShownEntry | null>(null);
  // The list is that of one moment: what is recorded meanwhile moves no row, and is shown when a person asks for it.
  const [upTo, setUpTo] = useState<number | null>(null);
  const verifying = useVerifying();
  const head = state.data?.head?.seq ?? null;

  useEffect(() => {
    document.title = `${t("ledger.title")} · ${t("app.name")}`;
  }, [t]);
  // Read again whenever the page is opened: while it was closed nobody told of new entries.
  useEffect(() => void memory.invalidateQueries({ queryKey: ["ledger.state"] }), []);
  useEffect(() => {
    if (head !== null) setUpTo((before) => before ?? head);
  }, [head]);
  useEffect(() => setLook((before) => ({ ...before, ...onlySubject(search) })), [search]);

  if (state.data === undefined) {
    return state.isError ? <PageFailure failure={state.error} again={() => void state.refetch()} /> : <PageLoading />;
  }
  if (head === null) {
    return (
      <EmptyState icon={<IconShieldLock size={40} stroke={1.4} />} title={t("ledger.emptyTitle")} body={t("ledger.emptyBody")}>
        <Link href="/">{t("ledger.emptyAction")}</Link>
      </EmptyState>
    );
  }
  const newer = upTo === null ? 0 : head - upTo;
  return (
    <div className={classes["page"]}>
      <LedgerState state={state.data} verifying={verifying} />
      <VerifyResult verifying={verifying} show={(seq) => setChosen({ seq })} />
      <LedgerFilterBar look={look} change={setLook} />
      <div className={classes["body"]} data-open={chosen !== null || undefined}>
        <div className={classes["entries"]}>
          {newer > 0 && (
            <Button className={classes["newer"] ?? ""} variant="light" onClick={() => setUpTo(head)}>
              {t("ledger.newer", { count: newer })}
            </Button>
          )}
          {upTo !== null && !isBackwards(look) && (
            <LedgerList look={look} upTo={upTo} chosen={chosen?.seq ?? null} choose={setChosen} none={t("ledger.none")} />
          )}
        </div>
        {chosen === null ? (
          <aside className={classes["hint"]}>
            <p>{t("ledger.entry.choose")}</p>
            <p>{t("ledger.note")}</p>
          </aside>
        ) : (
          <EntryPanel
            key={chosen.seq}
            shown={chosen}
            close={() => setChosen(null)}
            only={isFiltered(look) && look.subject !== null ? null : (subject) => setLook({ ...look, subject })}
          />
        )}
      </div>
      <p className="unseen" role="status">
        {t("ledger.found", { count: head, of: count(head) })}
      </p>
    </div>
  );
}

/** The conversation that an address asks for, where it asks for one. */
function onlySubject(search: string): Partial<LedgerLook> {
  const { subject } = lookOfAddress(search);
  return subject === null ? {} : { subject };
}
