import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useMemo, useRef } from "react";
import type { Conversation } from "../../../app/conversation/conversation.ts";
import { useTranslation } from "../../text/index.ts";
import { colour } from "../../theme/hues.ts";
import { clock, count, span } from "../../ui/time.ts";
import classes from "./sounds-figures.module.css";
import { type SoundedKind, soundedFigures, soundedSpans } from "./sounds-lane.ts";
import { drawSound } from "./waveform-marks.ts";

/** What was heard beside the talk: how often, how long, and each moment of it to go to. It is the legend of the lane of sounds too. */
export function SoundsFigures({ conversation, jump }: { conversation: Conversation; jump: (ms: number) => void }) {
  const { t } = useTranslation();
  const spans = useMemo(() => soundedSpans(conversation), [conversation]);
  const figures = useMemo(() => soundedFigures(spans), [spans]);
  // Where nobody listened for sounds, none is a claim that nobody can make.
  if (conversation.sounds === undefined && figures.length === 0) return null;
  if (figures.length === 0) return <p className={classes["quiet"]}>{t("review.sounds.none")}</p>;
  return (
    <ul className={classes["kinds"]} data-testid="sounds">
      {figures.map(({ kind, count: times, totalMs }) => (
        <li key={kind}>
          <details>
            <summary>
              <Sign kind={kind} />
              <span className={classes["name"]}>{t(`player.sound.${kind}`)}</span>
              <span className="numeric">
                {t("review.sounds.times", { count: times, number: count(times) })} · {span(totalMs)}
              </span>
            </summary>
            {kind === "dtmf" && <p className={classes["quiet"]}>{t("review.sounds.keysNote")}</p>}
            <ul className={classes["moments"]}>
              {spans
                .filter((each) => each.kind === kind)
                .map((each) => (
                  <li key={`${each.startMs}-${each.endMs}`}>
                    {/* A second before, so that the moment is heard coming. */}
                    <button type="button" onClick={() => jump(Math.max(0, each.startMs - 1_000))}>
                      <span className="numeric">{clock(each.startMs)}</span> {span(each.endMs - each.startMs)}
                    </button>
                  </li>
                ))}
            </ul>
          </details>
        </li>
      ))}
    </ul>
  );
}

/** The mark of a kind as it is drawn in the lane of sounds. */
function Sign({ kind }: { kind: SoundedKind }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const scheme = useComputedColorScheme("light");
  // biome-ignore lint/correctness/useExhaustiveDependencies: the scheme changes the values of the colours read here
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (canvas.current === null || context == null) return;
    const ratio = window.devicePixelRatio;
    canvas.current.width = 26 * ratio;
    canvas.current.height = 12 * ratio;
    context.scale(ratio, ratio);
    const inks = { text: colour("--text"), quiet: colour("--quiet"), warning: colour("--warning"), accent: colour("--accent") };
    drawSound(context, kind, 0, 0, 26, 12, inks);
  }, [kind, scheme]);
  return (
    <span aria-hidden="true">
      <canvas ref={canvas} className={classes["sign"]} />
    </span>
  );
}
