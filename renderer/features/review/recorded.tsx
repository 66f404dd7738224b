import { useEffect } from "react";
import { Link } from "wouter";
import { entryText } from "../../../app/report/entry-text.ts";
import { useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { FailureNote } from "../../ui/states.tsx";
import { moment } from "../../ui/time.ts";
import classes from "./panel.module.css";

/** Entries shown beside the conversation; all of them are on the ledger's own page. */
const latest = 6;

/** What the ledger says of a conversation: its latest entries, and the way to all of them. */
export function Recorded({ conversationId }: { conversationId: string }) {
  const { t } = useTranslation();
  const found = useCall("ledger.find", { subject: conversationId, limit: latest });
  const { refetch } = found;
  // Each look at the tab is a new one: nearly everything that is done here adds an entry.
  useEffect(() => void refetch(), [refetch]);
  if (found.data === undefined) return found.isError ? <FailureNote failure={found.error} compact /> : null;
  const { entries, total } = found.data;
  if (entries.length === 0) return <p className={classes["quiet"]}>{t("ledger.of.none")}</p>;
  return (
    <>
      <ul className={classes["recorded"]} aria-label={t("ledger.of.list")}>
        {entries.map((entry) => (
          <li key={entry.seq}>
            <span>{entryText(entry)}</span>
            <small className="numeric" title={entry.hash}>
              {moment(entry.at, (time) => t("state.today", { time }))}
              {", "}
              {entry.author === "" ? t("ledger.filter.earmark") : entry.author}
            </small>
          </li>
        ))}
      </ul>
      <Link href={`/ledger?conversation=${encodeURIComponent(conversationId)}`}>{t("ledger.of.all", { count: total })}</Link>
    </>
  );
}
