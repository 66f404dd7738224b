import { ActionIcon, Tooltip } from "@mantine/core";
import {
  IconMinus,
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconPlayerSkipBackFilled,
  IconPlayerSkipForwardFilled,
  IconPlus,
  IconRewindBackward5,
  IconRewindForward5,
} from "@tabler/icons-react";
import { type ReactNode, useEffect, useRef } from "react";
import { useTranslation } from "../../text/index.ts";
import { clock } from "../../ui/time.ts";
import { type Player, rates, usePlayerState } from "./player.ts";
import classes from "./transport-bar.module.css";

/** Play, steps, turns, speed, and the time. A click on a button does not take the keys away from the page. */
export function TransportBar({
  player,
  durationMs,
  stepTurn,
  children,
}: {
  player: Player;
  durationMs: number;
  stepTurn: (by: 1 | -1) => void;
  children?: ReactNode;
}) {
  const { t } = useTranslation();
  const { playing, rate } = usePlayerState(player);
  const unplayable = !player.hasSound;
  const button = (label: string, key: string, icon: ReactNode, act: () => void) => (
    <Tooltip label={`${label} (${key})`}>
      <ActionIcon aria-label={label} onClick={act} disabled={unplayable}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keeps the focus where it is when a button is pressed by mouse
    <div
      className={classes["bar"]}
      onMouseDown={(event) => {
        if (event.target instanceof Element && event.target.closest("button") !== null) event.preventDefault();
      }}
    >
      <div className={classes["group"]}>
        {button(t("review.previousTurn"), "Alt ↑", <IconPlayerSkipBackFilled size={16} aria-hidden="true" />, () => stepTurn(-1))}
        {button(t("review.back5"), "Shift ←", <IconRewindBackward5 size={18} aria-hidden="true" />, () => player.skip(-5_000))}
        <Tooltip label={`${t(playing ? "review.pause" : "review.play")} (Space)`}>
          <ActionIcon
            variant="filled"
            color="teal"
            size="lg"
            radius="xl"
            aria-label={t(playing ? "review.pause" : "review.play")}
            onClick={() => player.toggle()}
            disabled={unplayable}
          >
            {playing ? (
              <IconPlayerPauseFilled size={18} aria-hidden="true" />
            ) : (
              <IconPlayerPlayFilled size={18} aria-hidden="true" />
            )}
          </ActionIcon>
        </Tooltip>
        {button(t("review.forward5"), "Shift →", <IconRewindForward5 size={18} aria-hidden="true" />, () => player.skip(5_000))}
        {button(t("review.nextTurn"), "Alt ↓", <IconPlayerSkipForwardFilled size={16} aria-hidden="true" />, () => stepTurn(1))}
      </div>
      <Position player={player} durationMs={durationMs} />
      <fieldset className={classes["group"]}>
        <legend className="unseen">{t("review.speed")}</legend>
        {button(t("review.slower"), "F3", <IconMinus size={14} aria-hidden="true" />, () => player.setRate(rate - rates.step))}
        <span className={classes["rate"]} role="status" aria-label={`${t("review.speed")} ${t("review.speedValue", { rate })}`}>
          {t("review.speedValue", { rate: rate.toFixed(1) })}
        </span>
        {button(t("review.faster"), "F4", <IconPlus size={14} aria-hidden="true" />, () => player.setRate(rate + rates.step))}
      </fieldset>
      <div className={classes["rest"]}>{children}</div>
    </div>
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
