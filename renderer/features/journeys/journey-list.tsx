import { Skeleton } from "@mantine/core";
import { useQueries } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import { Link } from "wouter";
import type { CallInput } from "../../../app/contract/api.ts";
import type { JourneyRow } from "../../../app/contract/journey-views.ts";
import { queryOf } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { moment } from "../../ui/time.ts";
import { ChannelIcon } from "./channel-icon.tsx";
import classes from "./journeys.module.css";

/** Rows read at once, and the height of one in rem. */
const pageSize = 100;
const rowRem = 3.5;

/** The customers of the library; only what is in view is read and drawn. Arrow keys go from one to the next. */
export function JourneyList({ asked, total }: { asked: CallInput<"journey.list">; total: number }) {
  const { t } = useTranslation();
  const scroller = useRef<HTMLUListElement>(null);
  const [active, setActive] = useState(0);
  const wantsFocus = useRef(false);
  const rootRem = useMemo(() => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16, []);
  const virtualizer = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowRem * rootRem,
    overscan: 8,
  });
  const items = virtualizer.getVirtualItems();
  const firstPage = Math.floor((items[0]?.index ?? 0) / pageSize);
  const lastPage = Math.floor((items.at(-1)?.index ?? 0) / pageSize);
  const pages = useQueries({
    queries: Array.from({ length: lastPage - firstPage + 1 }, (_, index) =>
      queryOf("journey.list", { ...asked, offset: (firstPage + index) * pageSize, limit: pageSize }),
    ),
  });
  const rowAt = (index: number): JourneyRow | undefined =>
    pages[Math.floor(index / pageSize) - firstPage]?.data?.rows[index % pageSize];

  useEffect(() => {
    if (!wantsFocus.current) return;
    const link = scroller.current?.querySelector<HTMLElement>(`[data-index="${active}"] a`);
    if (link == null) return;
    wantsFocus.current = false;
    link.focus({ preventScroll: true });
  });
  const go = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -total, End: total }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(total - 1, active + step));
    wantsFocus.current = true;
    setActive(next);
    virtualizer.scrollToIndex(next, { align: "auto" });
  };
  return (
    <ul ref={scroller} className={classes["list"]} aria-label={t("journeys.list")} data-keep-scroll="journeys" onKeyDown={go}>
      <li aria-hidden="true" style={{ height: virtualizer.getTotalSize() }} />
      {items.map(({ index, start, size }) => {
        const row = rowAt(index);
        return (
          <li
            key={row?.id ?? index}
            data-index={index}
            className={classes["row"]}
            style={{ height: size, transform: `translateY(${start}px)` }}
            aria-setsize={total}
            aria-posinset={index + 1}
          >
            {row === undefined ? (
              <Skeleton height={18} width="60%" />
            ) : (
              <Row row={row} tabbable={index === active} focused={() => setActive(index)} />
            )}
          </li>
        );
      })}
    </ul>
  );
}

function Row({ row, tabbable, focused }: { row: JourneyRow; tabbable: boolean; focused: () => void }) {
  const { t } = useTranslation();
  const found = [
    row.reasonsAgain > 0 && t("journeys.found.reasons", { count: row.reasonsAgain }),
    row.askedAgain > 0 && t("journeys.found.asked", { count: row.askedAgain }),
    row.promisesNotKept > 0 && t("journeys.found.promises", { count: row.promisesNotKept }),
    row.handOvers > 0 && t("journeys.found.handOvers", { count: row.handOvers }),
    row.proposals > 0 && t("journeys.found.proposals", { count: row.proposals }),
  ].filter((one) => one !== false);
  return (
    <Link
      href={`/journeys/${encodeURIComponent(row.id)}`}
      className={classes["rowLink"]}
      tabIndex={tabbable ? 0 : -1}
      onFocus={focused}
    >
      <span className={classes["rowName"]} dir="auto">
        {row.customer ?? t("journeys.unnamed")}
      </span>
      <span className={classes["channels"]}>
        {row.channels.map((channel) => (
          <ChannelIcon key={channel} channel={channel} />
        ))}
        <span className="numeric">{t("journeys.conversations", { count: row.conversations })}</span>
      </span>
      <span className={classes["quiet"]}>
        {row.lastAt === null ? "" : moment(row.lastAt, (time) => t("state.today", { time }))}
      </span>
      <span className={classes["found"]}>{found.join(" · ")}</span>
    </Link>
  );
}
