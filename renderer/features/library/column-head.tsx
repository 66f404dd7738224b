// biome-ignore-all lint/a11y/useSemanticElements: a virtual grid places its rows itself, which table elements do not allow
// biome-ignore-all lint/a11y/useFocusableInteractive: the button within takes the focus
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { type KeyboardEvent, type PointerEvent, useRef, useState } from "react";
import { useTranslation } from "../../text/index.ts";
import { fullNameOf, type ShownColumn, withMoved, withWidth } from "./columns.ts";
import classes from "./library.module.css";
import { changeView, chosenColumns, currentView, firstDirection, type View } from "./view.ts";

const resizeStep = 16;
/** What is dragged: the name of a column, in words of its own so that no dropped file is taken for one. */
const dragType = "application/x-earmark-column";

/** The heading of a column: sorts, is dragged to another place, and sized at its edge; by keys with Alt and Alt+Shift. */
export function ColumnHead({ column, index, view }: { column: ShownColumn; index: number; view: View }) {
  const { t } = useTranslation();
  const { name, sortBy, figure } = column;
  const cell = useRef<HTMLDivElement>(null);
  const [isTarget, setTarget] = useState(false);
  const label = t(`library.column.${name}`);
  const fullName = fullNameOf(name);
  const long = fullName === null ? undefined : t(fullName);
  const sorted = sortBy !== undefined && view.sortBy === sortBy;

  const resize = (width: number | null) => changeView({ columns: withWidth(chosenColumns(currentView()), name, width) });
  const move = (to: number) => changeView({ columns: withMoved(chosenColumns(currentView()), name, to) });
  const place = () => chosenColumns(currentView()).findIndex((one) => one.name === name);

  const hear = (event: KeyboardEvent) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || (event.key !== "ArrowLeft" && event.key !== "ArrowRight")) return;
    event.preventDefault();
    event.stopPropagation();
    const by = event.key === "ArrowLeft" ? -1 : 1;
    if (event.shiftKey) move(place() + by);
    else resize((cell.current?.offsetWidth ?? 100) + by * resizeStep);
  };

  const drag = (event: PointerEvent<HTMLSpanElement>) => {
    event.preventDefault();
    event.stopPropagation();
    const from = event.clientX;
    const width = cell.current?.offsetWidth ?? 100;
    const handle = event.currentTarget;
    handle.setPointerCapture(event.pointerId);
    const follow = (moved: globalThis.PointerEvent) => resize(width + moved.clientX - from);
    const end = () => {
      handle.removeEventListener("pointermove", follow);
      handle.removeEventListener("pointerup", end);
      handle.removeEventListener("pointercancel", end);
    };
    handle.addEventListener("pointermove", follow);
    handle.addEventListener("pointerup", end);
    handle.addEventListener("pointercancel", end);
  };

  const words = (
    <>
      {label}
      {sorted &&
        (view.direction === "ascending" ? (
          <IconArrowUp size={13} aria-hidden="true" />
        ) : (
          <IconArrowDown size={13} aria-hidden="true" />
        ))}
    </>
  );
  return (
    <div
      ref={cell}
      role="columnheader"
      className={`${classes[name] ?? ""} ${classes["heading"] ?? ""}`}
      data-figure={figure}
      data-target={isTarget || undefined}
      data-column={name}
      aria-sort={sortBy === undefined ? undefined : sorted ? view.direction : "none"}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes(dragType)) return;
        event.preventDefault();
        setTarget(true);
      }}
      onDragLeave={() => setTarget(false)}
      onDrop={(event) => {
        setTarget(false);
        const dragged = event.dataTransfer.getData(dragType);
        if (dragged === "") return;
        event.preventDefault();
        event.stopPropagation();
        changeView({ columns: withMoved(chosenColumns(currentView()), dragged, place()) });
      }}
    >
      <button
        type="button"
        className={classes["sort"]}
        draggable
        data-index-of-column={index}
        title={long}
        aria-keyshortcuts="Alt+ArrowLeft Alt+ArrowRight Alt+Shift+ArrowLeft Alt+Shift+ArrowRight"
        onKeyDown={hear}
        onDragStart={(event) => {
          event.dataTransfer.setData(dragType, name);
          event.dataTransfer.effectAllowed = "move";
        }}
        onClick={() => {
          if (sortBy === undefined) return;
          changeView({
            sortBy,
            direction: sorted ? (view.direction === "ascending" ? "descending" : "ascending") : firstDirection(sortBy),
          });
        }}
      >
        {words}
      </button>
      <span className={classes["edge"]} aria-hidden="true" onPointerDown={drag} onDoubleClick={() => resize(null)} />
    </div>
  );
}
