import type { ReactNode } from "react";
import type { Span } from "../../../app/conversation/conversation.ts";
import { clock } from "../../ui/time.ts";
import classes from "./panel.module.css";

/** One heading of the panel with what belongs to it. */
export function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={classes["section"]}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

/** One fact with its name, in a list of facts. */
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={classes["fact"]}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** How much before a moment the playback goes to, so that the moment is heard coming, in milliseconds. */
export const runUpMs = 1_000;

/** Moments of a call, each of which can be heard. */
export function Moments<S extends Span>({
  moments,
  none,
  say,
  jump,
}: {
  moments: readonly S[];
  none: string;
  say: (each: S) => string;
  jump: (ms: number) => void;
}) {
  if (moments.length === 0) return <p className={classes["quiet"]}>{none}</p>;
  return (
    <ul className={classes["moments"]}>
      {moments.map((each) => (
        <li key={`${each.startMs}-${each.endMs}`}>
          <button type="button" onClick={() => jump(Math.max(0, each.startMs - runUpMs))}>
            <span className="numeric">{clock(each.startMs)}</span> {say(each)}
          </button>
        </li>
      ))}
    </ul>
  );
}
