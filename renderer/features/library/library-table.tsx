// biome-ignore-all lint/a11y/useSemanticElements: a virtual grid places its rows itself, which table elements do not allow
// biome-ignore-all lint/a11y/useFocusableInteractive: the rows take the focus, not their cells
import { ActionIcon, Checkbox, Menu, Skeleton } from "@mantine/core";
import { useElementSize, useMergedRef } from "@mantine/hooks";
import { IconDots } from "@tabler/icons-react";
import { useQueries } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import {
  type CSSProperties,
  type Dispatch,
  type KeyboardEvent,
  type ReactNode,
  type SetStateAction,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { useLocation } from "wouter";
import type { CallOutput } from "../../../app/contract/api.ts";
import type { SortKey } from "../../../app/contract/library-views.ts";
import type { LibraryRow } from "../../../app/contract/views.ts";
import { keyOf, memory, queryOf, useAct } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { isLost } from "../../ui/kept-focus.ts";
import { PageFailure } from "../../ui/states.tsx";
import { clock, count } from "../../ui/time.ts";
import { Cell } from "./cells.tsx";
import { ColumnHead } from "./column-head.tsx";
import { gridTemplate, type ShownColumn, shownColumns } from "./columns.ts";
import { useConfirmDelete } from "./confirm-delete.tsx";
import classes from "./library.module.css";
import { readAhead, stopReadingAhead } from "./read-ahead.ts";
import { mostSelected, selectStretch } from "./selecting.ts";
import { changeView, currentView, hasWords, listInput, placeOfLeft, type View, wordsOf } from "./view.ts";

/** Rows read at once. */
const pageSize = 100;
/** Heights in rem: with a search, each row has a second line for the words found. */
const rowRem = 2.375;
const hitRowRem = 3.75;

/** The address of a conversation, at the words found where there are some. */
function addressOf(row: LibraryRow, text: string): string {
  const page = `/conversation/${encodeURIComponent(row.id)}`;
  if (row.hit === null) return page;
  const query = new URLSearchParams({ t: String(row.hit.startMs), turn: row.hit.turnId, find: wordsOf(text) });
  return `${page}?${query.toString()}`;
}

/** The number of conversations in a view, where it was read before: coming back finds the list at its old place at once. */
function knownTotal(view: View): number | null {
  const first = memory.getQueryData<CallOutput<"library.list">>(keyOf("library.list", listInput(view, 0, pageSize)));
  return first?.total ?? null;
}

/** The virtual table: reads only the pages that are in view, and is worked by keys alone if one likes. */
export function LibraryTable({
  view,
  selected,
  select,
  onTotal,
  onSortedBy,
  none,
}: {
  view: View;
  selected: ReadonlySet<string>;
  select: Dispatch<SetStateAction<ReadonlySet<string>>>;
  onTotal: (total: number) => void;
  onSortedBy: (key: SortKey) => void;
  none: ReactNode;
}) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const scroller = useRef<HTMLDivElement>(null);
  const [total, setTotal] = useState<number | null>(() => knownTotal(view));
  const [active, setActive] = useState(() => currentView().left?.index ?? 0);
  // Coming back, the keys go on from the row that was left.
  const returned = useRef(currentView().left);
  const wantsFocus = useRef(false);
  const confirmDelete = useConfirmDelete();
  const searching = hasWords(view.text);
  const rootRem = useMemo(() => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16, []);
  const { ref: measure, width } = useElementSize();
  const ref = useMergedRef(scroller, measure);
  const shown = useMemo(() => shownColumns(view.columns, width, rootRem), [view.columns, width, rootRem]);
  // Where Shift begins a range: the row that was selected or unselected last.
  const rangeFrom = useRef<number | null>(null);
  const rowHeight = (searching ? hitRowRem : rowRem) * rootRem;

  const virtualizer = useVirtualizer({
    count: total ?? 12,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    initialOffset: currentView().scrollTop,
    scrollMargin: 0,
    paddingStart: 2 * rootRem,
    scrollPaddingStart: 2.25 * rootRem,
  });
  const items = virtualizer.getVirtualItems();
  const firstPage = Math.floor((items[0]?.index ?? 0) / pageSize);
  const lastPage = Math.floor((items.at(-1)?.index ?? 0) / pageSize);
  const pages = useQueries({
    queries: Array.from({ length: lastPage - firstPage + 1 }, (_, index) =>
      queryOf("library.list", listInput(view, (firstPage + index) * pageSize, pageSize)),
    ),
  });
  const answer = pages.find((page) => page.data !== undefined)?.data;
  const known = answer?.total;
  const sortedBy = answer?.sortedBy;
  const failed = pages.find((page) => page.isError && page.data === undefined);

  useEffect(() => {
    if (known === undefined) return;
    setTotal(known);
    onTotal(known);
    setActive((index) => Math.max(0, Math.min(index, known - 1)));
  }, [known, onTotal]);

  useEffect(() => {
    if (sortedBy !== undefined) onSortedBy(sortedBy);
  }, [sortedBy, onSortedBy]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the heights change with the mode alone
  useEffect(() => virtualizer.measure(), [searching]);

  // Another search or order begins at its top.
  const order = `${view.text}|${view.sortBy}|${view.direction}`;
  const lastOrder = useRef(order);
  useEffect(() => {
    if (lastOrder.current === order) return;
    lastOrder.current = order;
    rangeFrom.current = null;
    setActive(0);
    virtualizer.scrollToOffset(0);
  }, [order, virtualizer]);

  // While another search or order is being read, the rows of the last one stay on screen.
  const held = useRef<{ order: string; rows: Map<number, LibraryRow> }>({ order, rows: new Map() });
  if (known !== undefined) {
    if (held.current.order !== order) held.current = { order, rows: new Map() };
    pages.forEach((page, offset) => {
      page.data?.rows.forEach((row, index) => {
        held.current.rows.set((firstPage + offset) * pageSize + index, row);
      });
    });
  }

  // Before the table leaves the page: an element that has left it has forgotten how far it was scrolled.
  useLayoutEffect(() => {
    const keep = () => {
      // Read now: a search that found nothing put another element here meanwhile.
      const element = scroller.current;
      const row = element?.querySelector<HTMLElement>(`[role="row"][tabindex="0"]`);
      const id = row?.dataset["conversation"];
      changeView({
        scrollTop: element?.scrollTop ?? 0,
        left: id === undefined ? null : { index: Number(row?.dataset["index"]), id },
      });
    };
    return keep;
  }, []);

  useEffect(() => {
    if (returned.current !== null && held.current.rows.size > 0) {
      setActive(placeOfLeft(returned.current, held.current.rows));
      returned.current = null;
      if (isLost() || document.activeElement?.matches("h1") === true) wantsFocus.current = true;
    }
    if (!wantsFocus.current) {
      // The row that has the focus keeps it when others come in above it: the keys go on from there.
      const held = document.activeElement;
      const index = held instanceof HTMLElement && scroller.current?.contains(held) ? held.dataset["index"] : undefined;
      if (index !== undefined && Number(index) !== active) setActive(Number(index));
      return;
    }
    const row = scroller.current?.querySelector<HTMLElement>(`[data-index="${active}"]`);
    if (row !== null && row !== undefined) {
      wantsFocus.current = false;
      row.focus({ preventScroll: true });
    }
  });

  const rowAt = (index: number): LibraryRow | undefined => held.current.rows.get(index);

  if (failed !== undefined) return <PageFailure nested failure={failed.error} again={() => void failed.refetch()} />;
  if (total === 0) return none;

  const move = (index: number) => {
    const next = Math.max(0, Math.min(index, (total ?? 1) - 1));
    wantsFocus.current = true;
    setActive(next);
    virtualizer.scrollToIndex(next, { align: "auto" });
  };
  const pageStep = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 400) / rowHeight) - 2);
  /** Selects a stretch as well, whether its rows have been read or not. */
  const selectFrom = (from: number, to: number) => {
    const [first, last] = [Math.min(from, to), Math.max(from, to)];
    const ids = Array.from({ length: last - first + 1 }, (_, place) => rowAt(first + place)?.id);
    const tooMany = t("finding.bulk.most", { count: count(mostSelected) as unknown as number });
    void selectStretch(ids, listInput(view, first, pageSize), select, tooMany);
  };
  const toggle = (index: number, toHere: boolean) => {
    const row = rowAt(index);
    if (row === undefined) return;
    if (toHere && rangeFrom.current !== null) return selectFrom(rangeFrom.current, index);
    const next = new Set(selected);
    if (!next.delete(row.id)) next.add(row.id);
    rangeFrom.current = index;
    select(next);
  };
  /** With Shift the rows gone over are selected, as in every list. */
  const go = (to: number, selecting: boolean) => {
    const place = Math.max(0, Math.min(to, (total ?? 1) - 1));
    if (selecting) {
      rangeFrom.current ??= active;
      selectFrom(active, place);
    }
    move(place);
  };

  const hear = (event: KeyboardEvent<HTMLDivElement>) => {
    // The table itself has the focus when the row that had it was scrolled out of sight.
    const { target, currentTarget } = event;
    if (!(target instanceof HTMLElement) || (target !== currentTarget && target.getAttribute("role") !== "row")) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const row = rowAt(active);
    switch (event.key) {
      case "ArrowDown":
        go(active + 1, event.shiftKey);
        break;
      case "ArrowUp":
        go(active - 1, event.shiftKey);
        break;
      case "PageDown":
        go(active + pageStep, event.shiftKey);
        break;
      case "PageUp":
        go(active - pageStep, event.shiftKey);
        break;
      case "Home":
        go(0, event.shiftKey);
        break;
      case "End":
        go((total ?? 1) - 1, event.shiftKey);
        break;
      case "Enter":
        if (row !== undefined) navigate(addressOf(row, view.text));
        break;
      case " ":
        toggle(active, event.shiftKey);
        break;
      case "Delete":
        if (row !== undefined) confirmDelete(selected.size > 0 ? [...selected] : [row.id], () => select(new Set()));
        break;
      default:
        return;
    }
    event.preventDefault();
  };

  return (
    <div
      ref={ref}
      className={classes["table"]}
      style={{ "--columns": gridTemplate(shown) } as CSSProperties}
      data-keep-scroll="library"
      role="grid"
      aria-label={t("library.table")}
      aria-rowcount={(total ?? 0) + 1}
      aria-multiselectable="true"
      aria-busy={total === null}
      onKeyDown={hear}
      tabIndex={-1}
    >
      <div role="rowgroup" className={classes["head"]}>
        <div role="row" className={classes["columns"]} aria-rowindex={1} tabIndex={-1}>
          <div role="columnheader" className={classes["select"]}>
            <span className="unseen">{t("library.column.select")}</span>
          </div>
          {shown.map((column, index) => (
            <ColumnHead key={column.name} column={column} index={index} view={view} />
          ))}
          <div role="columnheader" className={classes["more"]}>
            <span className="unseen">{t("library.column.actions")}</span>
          </div>
        </div>
      </div>
      <div role="rowgroup" className={classes["body"]} style={{ height: virtualizer.getTotalSize() - 2 * rootRem }}>
        {items.map((item) => {
          const row = rowAt(item.index);
          const style = { height: item.size, transform: `translateY(${item.start - 2 * rootRem}px)` };
          if (row === undefined) {
            return (
              <div
                key={item.key}
                role="row"
                aria-rowindex={item.index + 2}
                className={classes["row"]}
                style={style}
                tabIndex={-1}
              >
                <div role="gridcell" className={classes["skeleton"]}>
                  <Skeleton height={12} width={`${45 + ((item.index * 17) % 40)}%`} />
                  <span className="unseen">{t("state.loading")}</span>
                </div>
              </div>
            );
          }
          return (
            <Row
              key={row.id}
              row={row}
              index={item.index}
              style={style}
              columns={shown}
              text={view.text}
              active={item.index === active}
              selected={selected.has(row.id)}
              toggle={(toHere) => toggle(item.index, toHere)}
              focus={() => {
                setActive(item.index);
                // From now on the keys mean this row, also while a palette or a menu has the focus.
                scroller.current?.setAttribute("data-pointed", "");
              }}
              open={() => navigate(addressOf(row, view.text))}
              remove={() => confirmDelete([row.id])}
            />
          );
        })}
      </div>
    </div>
  );
}

/** Whether a click was meant for something in the row rather than for the row. */
function onControl(target: EventTarget): boolean {
  return !(target instanceof Element) || target.closest("a, button, input, label, [role=menu]") !== null;
}

interface RowProps {
  row: LibraryRow;
  index: number;
  style: { height: number; transform: string };
  text: string;
  active: boolean;
  selected: boolean;
  columns: readonly ShownColumn[];
  toggle: (toHere: boolean) => void;
  focus: () => void;
  open: () => void;
  remove: () => void;
}

const numericColumns: ReadonlySet<string> = new Set([
  "when",
  "whenThere",
  "added",
  "due",
  "duration",
  "agentTalk",
  "silence",
  "interruptions",
  "turns",
]);

function Row({ row, index, style, columns, text, active, selected, toggle, focus, open, remove }: RowProps) {
  const { t } = useTranslation();
  const again = useAct("queue.analyseAgain");
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid hears the keys for all rows
    <div
      role="row"
      className={classes["row"]}
      style={style}
      tabIndex={active ? 0 : -1}
      aria-rowindex={index + 2}
      aria-selected={selected}
      data-index={index}
      data-conversation={row.id}
      data-opens={addressOf(row, text)}
      data-state={row.state}
      onFocus={(event) => {
        if (event.target !== event.currentTarget) return;
        focus();
        readAhead(row.id);
      }}
      onPointerEnter={() => readAhead(row.id)}
      onPointerLeave={stopReadingAhead}
      onClick={(event) => {
        if (!onControl(event.target)) event.currentTarget.focus({ preventScroll: true });
      }}
      onDoubleClick={(event) => {
        if (!onControl(event.target)) open();
      }}
    >
      <div className={classes["columns"]}>
        <div role="gridcell" className={classes["select"]}>
          <Checkbox
            size="xs"
            tabIndex={-1}
            checked={selected}
            onChange={(event) => {
              const { nativeEvent } = event;
              toggle(nativeEvent instanceof MouseEvent && nativeEvent.shiftKey);
            }}
            aria-label={t("library.select", { title: row.title })}
          />
        </div>
        {columns.map(({ name, figure }) => (
          <div
            key={name}
            role="gridcell"
            className={`${classes[name] ?? ""} ${numericColumns.has(name) ? "numeric" : ""}`}
            data-figure={figure}
          >
            <Cell name={name} row={row} address={addressOf(row, text)} />
          </div>
        ))}
        <div role="gridcell" className={classes["more"]}>
          <Menu position="bottom-end">
            <Menu.Target>
              <ActionIcon size="sm" tabIndex={active ? 0 : -1} aria-label={t("library.actions", { title: row.title })}>
                <IconDots size={16} aria-hidden="true" />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={open}>{t("library.open")}</Menu.Item>
              <Menu.Item onClick={() => again.mutate({ conversationId: row.id })}>{t("library.analyseAgain")}</Menu.Item>
              <Menu.Item color="red" onClick={remove}>
                {t("library.delete")}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </div>
      </div>
      {row.hit !== null && (
        <div role="gridcell" className={classes["hit"]}>
          <span className={classes["hitAt"]}>{clock(row.hit.startMs)}</span>{" "}
          {row.hit.pieces.map((piece, position) => {
            const key = `${position}:${piece.text}`;
            return piece.found ? <mark key={key}>{piece.text}</mark> : <span key={key}>{piece.text}</span>;
          })}
        </div>
      )}
    </div>
  );
}
