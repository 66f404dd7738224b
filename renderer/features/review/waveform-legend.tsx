import { ActionIcon, Popover, Tooltip } from "@mantine/core";
import { IconHelp } from "@tabler/icons-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useTranslation } from "../../text/index.ts";
import { type MarkerKind, markerKinds } from "./player-moments.ts";
import type { SoundedKind } from "./sounds-lane.ts";
import classes from "./waveform.module.css";
import type { Inks } from "./waveform-inks.ts";
import { drawInterruption, drawMarker, drawSound } from "./waveform-marks.ts";

const swatchWidth = 26;
const swatchHeight = 16;

type Draw = (context: CanvasRenderingContext2D) => void;

/** What the signs of the waveform mean: those that occur in this call, drawn as they are drawn there. */
export function Legend({
  inks,
  sounds,
  markers,
}: {
  inks: Inks;
  sounds: ReadonlySet<SoundedKind>;
  markers: ReadonlySet<MarkerKind>;
}) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  const fill = (ink: string | CanvasPattern, framed = false): Draw => {
    return (context) => {
      context.fillStyle = ink;
      context.fillRect(0, 0, swatchWidth, swatchHeight);
      context.strokeStyle = inks.text;
      if (framed) context.strokeRect(0.5, 0.5, swatchWidth - 1, swatchHeight - 1);
    };
  };
  const voice = [...inks.voices.values()][0] ?? inks.none;
  const rows: { key: string; label: ReactNode; draw: Draw }[] = [
    {
      key: "turn",
      label: t("player.sign.turn"),
      draw: (context) => {
        context.fillStyle = voice;
        context.fillRect(0, swatchHeight - 5, swatchWidth / 2, 5);
        context.fillRect(swatchWidth / 2 + 2, swatchHeight - 2, swatchWidth / 2 - 2, 2);
      },
    },
    { key: "silence", label: t("player.sign.silence"), draw: fill(inks.silenceStripes ?? inks.silence) },
    { key: "overlap", label: t("player.sign.overlap"), draw: fill(inks.overlapStripes ?? inks.text, true) },
    {
      key: "interruption",
      label: t("player.sign.interruption"),
      draw: (context) => {
        context.fillStyle = voice;
        drawInterruption(context, swatchWidth / 2, swatchHeight / 2, 10);
      },
    },
    ...[...sounds].map((kind) => ({
      key: kind,
      label: t(`player.sound.${kind}`),
      draw: (context: CanvasRenderingContext2D) => drawSound(context, kind, 0, 2, swatchWidth, 12, inks),
    })),
    ...markerKinds
      .filter((kind) => markers.has(kind))
      .map((kind) => ({
        key: kind,
        label: t(`player.marker.${kind}`),
        draw: (context: CanvasRenderingContext2D) =>
          drawMarker(context, kind, swatchWidth / 2, swatchHeight / 2, 11, inks, swatchWidth / 2 + 8),
      })),
    {
      key: "selection",
      label: t("player.sign.selection"),
      draw: (context) => {
        context.fillStyle = inks.accent;
        context.globalAlpha = 0.18;
        context.fillRect(0, 0, swatchWidth, swatchHeight);
        context.globalAlpha = 1;
        context.fillRect(0, 0, 2, swatchHeight);
        context.fillRect(swatchWidth - 2, 0, 2, swatchHeight);
      },
    },
  ];
  return (
    <Popover opened={opened} onChange={setOpened} position="left-start" shadow="md" withRoles trapFocus returnFocus>
      <Popover.Target>
        <Tooltip label={t("player.legend")} position="left" disabled={opened}>
          <ActionIcon size="sm" aria-label={t("player.legend")} onClick={() => setOpened(!opened)}>
            <IconHelp size={16} aria-hidden="true" />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown aria-label={t("player.legend")} tabIndex={-1} data-autofocus>
        <ul className={classes["legend"]} data-testid="legend">
          {rows.map(({ key, label, draw }) => (
            <li key={key}>
              <Swatch draw={draw} ratio={inks.ratio} /> {label}
            </li>
          ))}
        </ul>
      </Popover.Dropdown>
    </Popover>
  );
}

function Swatch({ draw, ratio }: { draw: Draw; ratio: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (context == null) return;
    context.reset();
    context.scale(ratio, ratio);
    draw(context);
  });
  return (
    <span aria-hidden="true">
      <canvas
        ref={canvas}
        width={swatchWidth * ratio}
        height={swatchHeight * ratio}
        style={{ width: swatchWidth, height: swatchHeight }}
      />
    </span>
  );
}
