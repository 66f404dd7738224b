// biome-ignore-all lint/a11y/useSemanticElements: a virtual list places its rows itself, which a select does not allow
import { Skeleton } from "@mantine/core";
import { useQueries } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import type { LedgerEntry } from "../../../app/report/chain.ts";
import { entryText } from "../../../app/report/entry-text.ts";
import { queryOf } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { PageFailure } from "../../ui/states.tsx";
import { count, moment } from "../../ui/time.ts";
import classes from "./ledger.module.css";
import { findInput, type LedgerLook } from "./ledger-filter.ts";

/** Entries read at once. */
const pageSize = 100;
/** The height of a row in rem. */
const rowRem = 2.125;
/** Rows drawn while nothing is known of the list yet. */
const rowsExpected = 12;

/** The entry that is read in full; with what the list knows of it. */
export interface ShownEntry {
  readonly seq: number;
  readonly entry?: LedgerEntry;
  readonly title?: string | undefined;
}

/** The entries, the latest first: only the pages in view are read. Worked by keys alone if one likes. */
export function LedgerList({
  look,
  upTo,
  chosen,
  choose,
  none,
}: {
  look: LedgerLook;
  upTo: number;
  chosen: number | null;
  choose: (shown: ShownEntry) => void;
  none: string;
}) {
  const { t } = useTranslation();
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [known, setKnown] = useState<number | null>(null);
  const [active, setActive] = useState(0);
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
  const virtualizer = useVirtualizer({
    count: known ?? rowsExpected,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowRem * rem,
    overscan: 8,
  });
  const items = virtualizer.getVirtualItems();
  const firstPage = Math.floor((items[0]?.index ?? 0) / pageSize);
  const lastPage = Math.floor((items.at(-1)?.index ?? 0) / pageSize);
  const pages = useQueries({
    queries: Array.from({ length: lastPage - firstPage + 1 }, (_, place) =>
      queryOf("ledger.find", findInput(look, upTo, (firstPage + place) * pageSize, pageSize)),
    ),
  });
  const total = pages.find((page) => page.data !== undefined)?.data?.total;
  const failed = pages.find((page) => page.isError && page.data === undefined);
  useEffect(() => {
    if (total !== undefined) setKnown(total);
  }, [total]);
  const asked = `${JSON.stringify(look)} ${upTo}`;
  const lastAsked = useRef(asked);
  useEffect(() => {
    // Another filter begins at its top.
    if (lastAsked.current === asked) return;
    lastAsked.current = asked;
    setActive(0);
    virtualizer.scrollToOffset(0);
  }, [asked, virtualizer]);

  const rowAt = (index: number): ShownEntry | undefined => {
    const page = pages[Math.floor(index / pageSize) - firstPage]?.data;
    const entry = page?.entries[index % pageSize];
    return entry === undefined ? undefined : { seq: entry.seq, entry, title: page?.titles[entry.subject ?? ""] };
  };
  if (failed !== undefined) return <PageFailure nested failure={failed.error} again={() => void failed.refetch()} />;
  if (total === 0) return <p className={classes["none"]}>{none}</p>;

  const show = (index: number) => {
    const row = rowAt(index);
    if (row !== undefined) choose(row);
  };
  const go = (to: number) => {
    const index = Math.max(0, Math.min(to, (known ?? 1) - 1));
    setActive(index);
    virtualizer.scrollToIndex(index, { align: "auto" });
    // The panel beside follows once it is open: reading one after the other takes one key.
    if (chosen !== null) show(index);
  };
  const onPage = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 400) / (rowRem * rem)) - 1);
  const steps: Record<string, () => void> = {
    ArrowDown: () => go(active + 1),
    ArrowUp: () => go(active - 1),
    PageDown: () => go(active + onPage),
    PageUp: () => go(active - onPage),
    Home: () => go(0),
    End: () => go((known ?? 1) - 1),
    Enter: () => show(active),
    " ": () => show(active),
  };
  const hear = (event: KeyboardEvent) => {
    const step = event.ctrlKey || event.metaKey || event.altKey ? undefined : steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    step();
  };

  return (
    <>
      <div className={classes["columns"]} aria-hidden="true">
        {(["seq", "when", "what", "conversation", "who"] as const).map((column) => (
          <span key={column}>{t(`ledger.column.${column}`)}</span>
        ))}
      </div>
      <div
        ref={scroller}
        className={classes["list"]}
        role="listbox"
        data-in-page
        aria-label={t("ledger.list")}
        aria-busy={known === null}
        aria-activedescendant={known === null ? undefined : `${id}-${active}`}
        tabIndex={0}
        onKeyDown={hear}
        data-total={known ?? undefined}
      >
        <div style={{ height: virtualizer.getTotalSize(), position: "relative" }} role="presentation">
          {items.map(({ index, key, size, start }) => (
            <Row
              key={key}
              id={`${id}-${index}`}
              row={rowAt(index)}
              style={{ height: size, transform: `translateY(${start}px)` }}
              place={index + 1}
              of={known ?? rowsExpected}
              active={index === active}
              chosen={chosen}
              choose={() => {
                setActive(index);
                show(index);
              }}
            />
          ))}
        </div>
      </div>
      <p className={classes["total"]} role="status">
        {known === null ? t("state.loading") : t("ledger.found", { count: known, of: count(known) })}
      </p>
    </>
  );
}

function Row({
  id,
  row,
  style,
  place,
  of,
  active,
  chosen,
  choose,
}: {
  id: string;
  row: ShownEntry | undefined;
  style: { height: number; transform: string };
  place: number;
  of: number;
  active: boolean;
  chosen: number | null;
  choose: () => void;
}) {
  const { t } = useTranslation();
  const entry = row?.entry;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list hears the keys for all rows
    <div
      id={id}
      role="option"
      className={classes["row"]}
      style={style}
      aria-selected={row !== undefined && row.seq === chosen}
      aria-posinset={place}
      aria-setsize={of}
      data-active={active || undefined}
      tabIndex={-1}
      onClick={choose}
    >
      {entry === undefined ? (
        <>
          <Skeleton height={12} width={`${40 + ((place * 17) % 40)}%`} />
          <span className="unseen">{t("state.loading")}</span>
        </>
      ) : (
        <>
          <span className="numeric">{entry.seq}</span>
          <span className="numeric" title={entry.at}>
            {moment(entry.at, (time) => t("state.today", { time }))}
          </span>
          <span title={entryText(entry)}>{entryText(entry)}</span>
          <span title={row?.title ?? entry.subject ?? undefined}>{row?.title ?? subjectText(entry)}</span>
          <span>{entry.author === "" ? t("ledger.filter.earmark") : entry.author}</span>
        </>
      )}
    </div>
  );
}

/** What an entry concerns where it is no conversation that is still there: a name, or how an id begins that was drawn by chance. */
function subjectText({ subject }: LedgerEntry): string {
  if (subject === null) return "";
  return /^[0-9a-f]{8}-[0-9a-f-]{27}$/u.test(subject) ? `${subject.slice(0, 8)}…` : subject;
}
