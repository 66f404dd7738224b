import { ActionIcon, Tooltip, UnstyledButton } from "@mantine/core";
import {
  IconBolt,
  IconMinus,
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconPlayerSkipBackFilled,
  IconPlayerSkipForwardFilled,
  IconPlus,
  IconRepeat,
  IconRewindBackward5,
  IconRewindForward5,
  IconX,
} from "@tabler/icons-react";
import { type ReactNode, useEffect, useRef } from "react";
import type { Turn } from "../../../app/conversation/conversation.ts";
import { useTranslation } from "../../text/index.ts";
import { type ActionId, chordLabel, useChords } from "../../ui/actions/index.ts";
import { clock, fineClock, span } from "../../ui/time.ts";
import { type Player, rates, usePlayerState } from "./player.ts";
import { toggleLoop } from "./player-actions.ts";
import type { Moments } from "./player-moments.ts";
import classes from "./transport-bar.module.css";
import { MomentSteps } from "./transport-moments.tsx";
import { type Side, VolumeControl } from "./transport-volume.tsx";

/** Play, steps, turns, speed, loop, silence, volume, moments, and the time. A click on a button does not take the keys away from the page. */
export function TransportBar({
  player,
  durationMs,
  stepTurn,
  currentTurn,
  moments,
  sides,
  jump,
  children,
}: {
  player: Player;
  durationMs: number;
  stepTurn: (by: 1 | -1) => void;
  currentTurn: () => Turn | undefined;
  moments: Moments;
  /** Who speaks on which side; empty where the sides cannot be told apart in the sound. */
  sides: readonly Side[];
  jump: (ms: number) => void;
  children?: ReactNode;
}) {
  const { t } = useTranslation();
  const { playing, rate, loop, selection, skipSilence } = usePlayerState(player);
  const unplayable = !player.hasSound;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keeps the focus where it is when a button is pressed by mouse
    <div
      className={classes["bar"]}
      onMouseDown={(event) => {
        if (event.target instanceof Element && event.target.closest("button") !== null) event.preventDefault();
      }}
    >
      <div className={classes["group"]}>
        <Act id="moments.previousTurn" label={t("review.previousTurn")} act={() => stepTurn(-1)} off={unplayable}>
          <IconPlayerSkipBackFilled size={16} aria-hidden="true" />
        </Act>
        <Act id="player.back5" label={t("review.back5")} act={() => player.skip(-5_000)} off={unplayable}>
          <IconRewindBackward5 size={18} aria-hidden="true" />
        </Act>
        <Act
          id="player.toggle"
          label={t(playing ? "review.pause" : "review.play")}
          act={() => player.toggle()}
          off={unplayable}
          filled
        >
          {playing ? (
            <IconPlayerPauseFilled size={18} aria-hidden="true" />
          ) : (
            <IconPlayerPlayFilled size={18} aria-hidden="true" />
          )}
        </Act>
        <Act id="player.forward5" label={t("review.forward5")} act={() => player.skip(5_000)} off={unplayable}>
          <IconRewindForward5 size={18} aria-hidden="true" />
        </Act>
        <Act id="moments.nextTurn" label={t("review.nextTurn")} act={() => stepTurn(1)} off={unplayable}>
          <IconPlayerSkipForwardFilled size={16} aria-hidden="true" />
        </Act>
      </div>
      <Position player={player} durationMs={durationMs} />
      <fieldset className={classes["group"]}>
        <legend className="unseen">{t("review.speed")}</legend>
        <Act id="player.slower" label={t("review.slower")} act={() => player.setRate(rate - rates.step)} off={unplayable}>
          <IconMinus size={14} aria-hidden="true" />
        </Act>
        <Tooltip label={t("player.normalSpeed")}>
          <UnstyledButton
            className={classes["rate"] ?? ""}
            aria-label={`${t("review.speed")} ${t("review.speedValue", { rate: rate.toFixed(1) })}. ${t("player.normalSpeed")}`}
            onClick={() => player.setRate(1)}
            data-testid="rate"
          >
            {t("review.speedValue", { rate: rate.toFixed(1) })}
          </UnstyledButton>
        </Tooltip>
        <Act id="player.faster" label={t("review.faster")} act={() => player.setRate(rate + rates.step)} off={unplayable}>
          <IconPlus size={14} aria-hidden="true" />
        </Act>
        <span role="status" className="unseen">
          {t("review.speed")} {t("review.speedValue", { rate })}
        </span>
      </fieldset>
      <div className={classes["group"]}>
        <Act
          id="player.loop"
          label={
            loop === null ? t("player.loop") : t("player.loopOn", { from: fineClock(loop.startMs), to: fineClock(loop.endMs) })
          }
          act={() => toggleLoop(player, currentTurn())}
          off={unplayable}
          pressed={loop !== null}
        >
          <IconRepeat size={18} aria-hidden="true" />
        </Act>
        <Act
          id="player.skipSilence"
          label={t("player.skipSilence")}
          act={() => player.setSkipSilence(!skipSilence)}
          off={unplayable}
          pressed={skipSilence}
        >
          <IconBolt size={18} aria-hidden="true" />
        </Act>
        <VolumeControl player={player} sides={sides} />
      </div>
      <MomentSteps player={player} moments={moments} jump={jump} />
      {selection !== null && (
        <span className={classes["selection"]} data-testid="selection">
          {t("player.selected", {
            from: fineClock(selection.startMs),
            to: fineClock(selection.endMs),
            time: span(selection.endMs - selection.startMs),
          })}
          <Act id="waveform.selectNothing" label={t("player.selectNothing")} act={() => player.select(null)} off={false}>
            <IconX size={14} aria-hidden="true" />
          </Act>
        </span>
      )}
      <div className={classes["rest"]}>{children}</div>
    </div>
  );
}

/** A button for an action, with the key that runs it in its hint. */
function Act({
  id,
  label,
  act,
  off,
  pressed,
  filled = false,
  children,
}: {
  id: ActionId;
  label: string;
  act: () => void;
  off: boolean;
  pressed?: boolean;
  filled?: boolean;
  children: ReactNode;
}) {
  const chord = useChords(id)[0];
  return (
    <Tooltip label={chord === undefined ? label : `${label} (${chordLabel(chord).join(" ")})`}>
      <ActionIcon
        aria-label={label}
        onClick={act}
        disabled={off}
        {...(pressed === undefined ? {} : { "aria-pressed": pressed })}
        {...(filled ? { variant: "filled", color: "teal", size: "lg", radius: "xl" } : {})}
        {...(pressed === true ? { variant: "light", color: "teal" } : {})}
      >
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

/** The time, written straight into its element: it changes too often to draw the page for it. */
function Position({ player, durationMs }: { player: Player; durationMs: number }) {
  const { t } = useTranslation();
  const element = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    let shown = "";
    return player.onTick((ms) => {
      const now = clock(ms);
      if (now === shown || element.current === null) return;
      shown = now;
      element.current.textContent = now;
    });
  }, [player]);
  return (
    <span className={classes["time"]}>
      <span className="unseen">{t("review.time")} </span>
      <span ref={element} data-testid="position">
        0:00
      </span>
      <span className={classes["duration"]}> / {clock(durationMs)}</span>
    </span>
  );
}
