import { type KeyboardEvent, type PointerEvent, useCallback, useLayoutEffect, useRef } from "react";
import { useKept } from "./kept-place.ts";
import classes from "./splitter.module.css";

/** Narrowest panel, and what is left for the rest, in px at the usual text size. */
const least = 240;
const leastBeside = 360;
const step = 24;

/**
 * The edge of a panel on the right, to be moved by pointer or arrow keys; a double click or Home gives the usual width back.
 * It sets `--panel-width` on the element it stands in, and the window keeps the width under `name`.
 */
export function Splitter({ name, label }: { name: string; label: string }) {
  const [kept, setKept] = useKept<number>(`split:${name}`, 0);
  const edge = useRef<HTMLHRElement>(null);

  const apply = useCallback((width: number) => {
    const element = edge.current;
    const around = element?.parentElement;
    if (element === null || around === null || around === undefined) return;
    if (width === 0) around.style.removeProperty("--panel-width");
    else around.style.setProperty("--panel-width", `${width}px`);
    element.setAttribute("aria-valuenow", String(width === 0 ? Math.round(widthOf(element)) : width));
  }, []);
  useLayoutEffect(() => apply(kept), [apply, kept]);

  const bounded = (width: number) => {
    const around = edge.current?.parentElement?.clientWidth ?? 0;
    return Math.round(Math.max(least, Math.min(width, around - leastBeside)));
  };
  const drag = (event: PointerEvent<HTMLHRElement>) => {
    if (event.button !== 0) return;
    const element = event.currentTarget;
    element.setPointerCapture(event.pointerId);
    const right = element.parentElement?.getBoundingClientRect().right ?? 0;
    let width = kept;
    const move = ({ clientX }: globalThis.PointerEvent) => {
      width = bounded(right - clientX);
      apply(width);
    };
    const end = () => {
      element.removeEventListener("pointermove", move);
      setKept(width);
    };
    element.addEventListener("pointermove", move);
    element.addEventListener("lostpointercapture", end, { once: true });
  };
  const press = (event: KeyboardEvent<HTMLHRElement>) => {
    const now = kept === 0 && edge.current !== null ? widthOf(edge.current) : kept;
    const next = { ArrowLeft: bounded(now + step), ArrowRight: bounded(now - step), Home: 0, End: least }[event.key];
    if (next === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    setKept(next);
  };

  return (
    <hr
      ref={edge}
      className={classes["edge"]}
      aria-label={label}
      aria-orientation="vertical"
      aria-valuemin={least}
      aria-valuenow={kept}
      tabIndex={0}
      onPointerDown={drag}
      onKeyDown={press}
      onDoubleClick={() => setKept(0)}
    />
  );
}

/** The width of the panel behind the edge, in px. */
function widthOf(element: HTMLElement): number {
  return element.nextElementSibling?.getBoundingClientRect().width ?? 0;
}
