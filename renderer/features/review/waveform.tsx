import { ActionIcon, Tooltip, useComputedColorScheme } from "@mantine/core";
import { IconArrowsHorizontal, IconZoomIn, IconZoomOut } from "@tabler/icons-react";
import { useQueries } from "@tanstack/react-query";
import { type ReactNode, type RefObject, useEffect, useImperativeHandle, useMemo, useRef, useState } from "react";
import WaveSurfer from "wavesurfer.js";
import type { Conversation, Span } from "../../../app/conversation/conversation.ts";
import { queryOf } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { colour } from "../../theme/hues.ts";
import { styleNonce } from "../../theme/nonce.ts";
import { clock, fineClock, span } from "../../ui/time.ts";
import { barsOf, type Lane, lanesOf, ticksOf } from "./lanes.ts";
import type { Player } from "./player.ts";
import type { Voice } from "./voices.ts";
import classes from "./waveform.module.css";
import type { WordTrack } from "./word-track.ts";

/** Bins of one request, the contract's most. */
const binsAtOnce = 20_000;
/** The finest bar, in ms, and the most bars of a recording: beyond half an hour the bars grow longer instead. */
const finestBarMs = 20;
const mostBars = 120_000;
const timelineHeight = 18;
const largestZoom = 400;
const zoomStep = 1.6;

/** What the keys ask of the waveform. */
export interface Zoomable {
  zoomBy(factor: number): void;
  fit(): void;
}

/** The voices of a call as lanes over time: stored peaks, silences, overlaps, and where the playback stands. */
export function Waveform({
  conversation,
  peakChannels,
  player,
  voices,
  track,
  zoomable,
  laneMenu,
}: {
  conversation: Conversation;
  peakChannels: number;
  player: Player;
  voices: ReadonlyMap<string, Voice>;
  track: WordTrack;
  zoomable: RefObject<Zoomable | null>;
  laneMenu: (voice: Voice) => ReactNode;
}) {
  const { t } = useTranslation();
  const scheme = useComputedColorScheme("light");
  const { durationMs } = conversation;
  const channels = usePeaks(conversation.id, durationMs, peakChannels);
  const lanes = useMemo(
    () =>
      channels === null
        ? []
        : lanesOf({ participants: conversation.participants, turns: conversation.turns }, channels, durationMs),
    [channels, conversation.participants, conversation.turns, durationMs],
  );
  const laneHeight = Math.round(Math.max(30, Math.min(64, 168 / Math.max(1, lanes.length))));
  const host = useRef<HTMLDivElement>(null);
  const marks = useRef<HTMLCanvasElement>(null);
  const hover = useRef<HTMLDivElement>(null);
  const area = useRef<HTMLDivElement>(null);
  const slider = useRef<HTMLDivElement>(null);
  const wave = useRef<WaveSurfer | null>(null);
  const zoom = useRef(0);
  const [zoomed, setZoomed] = useState(false);

  // The marks are drawn from whatever holds at the time; the waveform itself is made anew only when its lanes change.
  const draw = useRef(() => {});
  draw.current = () => {
    const range = visibleRange(wave.current, durationMs);
    if (marks.current === null || range === null) return;
    drawMarks(marks.current, range, conversation, lanes, laneHeight, track.turnAt(player.positionMs), voices);
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: the scheme changes the values of the colours read here
  useEffect(() => {
    if (host.current === null || lanes.length === 0) return;
    const hueOf = (lane: Lane): `--${string}` => {
      const voice = lane.participantId === null ? undefined : voices.get(lane.participantId);
      return voice === undefined ? "--voice-none" : `--voice-${voice.hue}`;
    };
    const surfer = WaveSurfer.create({
      container: host.current,
      height: laneHeight,
      peaks: lanes.map((lane) => lane.bars),
      duration: durationMs / 1_000,
      media: player.audio,
      splitChannels: lanes.map((lane) => ({ waveColor: `${colour(hueOf(lane))}99`, progressColor: colour(hueOf(lane)) })),
      cursorColor: colour("--text"),
      cursorWidth: 2,
      barWidth: 2,
      barGap: 1,
      barRadius: 1,
      maxPeak: 1,
      minPxPerSec: zoom.current,
      autoScroll: true,
      autoCenter: false,
      dragToSeek: true,
      cspNonce: styleNonce(),
    });
    wave.current = surfer;
    const redraw = () => draw.current();
    surfer.on("scroll", redraw);
    surfer.on("zoom", redraw);
    surfer.on("redraw", redraw);
    surfer.on("ready", redraw);
    // A failure of the media element is told by the player; nothing else here can fail without it.
    surfer.on("error", () => {});
    reachable(surfer, zoom.current > 0 ? t("review.scroll") : null);
    return () => {
      wave.current = null;
      surfer.destroy();
    };
  }, [lanes, laneHeight, durationMs, player, voices, scheme, t]);

  useEffect(() => {
    let shownTurn = -2;
    let shownSecond = -1;
    return player.onTick((ms) => {
      const turn = track.turnAt(ms);
      if (turn !== shownTurn) {
        shownTurn = turn;
        draw.current();
      }
      const second = Math.floor(ms / 1_000);
      if (second !== shownSecond && slider.current !== null) {
        shownSecond = second;
        slider.current.setAttribute("aria-valuenow", String(second));
        slider.current.setAttribute("aria-valuetext", t("review.positionText", { time: clock(ms), duration: clock(durationMs) }));
      }
    });
  }, [player, track, durationMs, t]);

  useEffect(() => {
    const element = marks.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => draw.current());
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const zoomTo = (pxPerSecond: number, atPx?: number) => {
    const surfer = wave.current;
    const range = visibleRange(surfer, durationMs);
    if (surfer === null || range === null) return;
    const fit = range.widthPx / (durationMs / 1_000);
    const next = pxPerSecond <= fit * 1.02 ? 0 : Math.min(largestZoom, pxPerSecond);
    const anchorPx = atPx ?? range.widthPx / 2;
    const anchorMs =
      atPx === undefined ? player.positionMs : range.startMs + (atPx / range.widthPx) * (range.endMs - range.startMs);
    zoom.current = next;
    setZoomed(next > 0);
    try {
      surfer.zoom(next);
    } catch {
      return; // Nothing is drawn yet: the level holds for when it is.
    }
    reachable(surfer, next > 0 ? t("review.scroll") : null);
    if (next > 0) surfer.setScroll((anchorMs / 1_000) * next - anchorPx);
    draw.current();
  };
  const currentZoom = (): number => {
    const range = visibleRange(wave.current, durationMs);
    return range === null ? 0 : range.widthPx / ((range.endMs - range.startMs) / 1_000);
  };
  useImperativeHandle(zoomable, () => ({
    zoomBy: (factor: number) => zoomTo(currentZoom() * factor),
    fit: () => zoomTo(0),
  }));

  const zoomToRef = useRef(zoomTo);
  zoomToRef.current = zoomTo;
  useEffect(() => {
    const element = area.current;
    if (element === null) return;
    const wheel = (event: WheelEvent) => {
      const surfer = wave.current;
      if (surfer === null) return;
      if (event.altKey || event.ctrlKey) {
        event.preventDefault();
        const range = visibleRange(surfer, durationMs);
        if (range === null) return;
        const now = range.widthPx / ((range.endMs - range.startMs) / 1_000);
        const at = event.clientX - element.getBoundingClientRect().left;
        zoomToRef.current(now * (event.deltaY < 0 ? zoomStep : 1 / zoomStep), at);
      } else if (zoom.current > 0 && event.deltaX === 0) {
        event.preventDefault();
        surfer.setScroll(surfer.getScroll() + event.deltaY);
      }
    };
    element.addEventListener("wheel", wheel, { passive: false });
    return () => element.removeEventListener("wheel", wheel);
  }, [durationMs]);

  const timeAt = (clientX: number): number | null => {
    const range = visibleRange(wave.current, durationMs);
    const left = area.current?.getBoundingClientRect().left;
    if (range === null || left === undefined) return null;
    const ms = range.startMs + ((clientX - left) / range.widthPx) * (range.endMs - range.startMs);
    return Math.max(0, Math.min(durationMs, ms));
  };

  const height = Math.max(1, lanes.length) * laneHeight;
  return (
    <section className={classes["waveform"]} aria-label={t("review.waveform")} data-testid="waveform">
      <div className={classes["labels"]} style={{ paddingTop: timelineHeight }}>
        {lanes.map((lane, index) => {
          const voice = lane.participantId === null ? undefined : voices.get(lane.participantId);
          return (
            <div
              key={lane.participantId ?? `channel ${index}`}
              className={classes["label"]}
              style={{ height: laneHeight }}
              data-voice={voice?.hue ?? "none"}
              data-testid="lane"
            >
              {voice === undefined ? <span>{t("review.sound", { number: index + 1 })}</span> : laneMenu(voice)}
            </div>
          );
        })}
      </div>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the mouse's way; the slider inside is the way of the keys */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the slider inside is the way of the keys */}
      <div
        ref={area}
        className={classes["lanes"]}
        onPointerMove={(event) => {
          const at = timeAt(event.clientX);
          const element = hover.current;
          if (at === null || element === null) return;
          const left = event.clientX - event.currentTarget.getBoundingClientRect().left;
          const within = (each: Span) => at >= each.startMs && at < each.endMs;
          const { turns, measures } = conversation;
          const silence = turns.length > 0 ? measures.silences.find(within) : undefined;
          const words = [fineClock(at)];
          if (silence !== undefined) words.push(t("review.hoverSilence", { time: span(silence.endMs - silence.startMs) }));
          if (measures.overlaps.some(within)) words.push(t("review.hoverOverlap"));
          element.textContent = words.join(" · ");
          element.style.transform = `translateX(${Math.min(left + 6, event.currentTarget.clientWidth - element.offsetWidth - 4)}px)`;
          element.dataset["shown"] = "";
        }}
        onPointerLeave={() => {
          delete hover.current?.dataset["shown"];
        }}
        onClick={(event) => {
          // The time line above the lanes is ours; the lanes answer clicks themselves.
          const at = timeAt(event.clientX);
          const top = event.currentTarget.getBoundingClientRect().top;
          if (at !== null && event.clientY - top < timelineHeight) player.seek(at);
        }}
        data-loading={channels === null || undefined}
      >
        <div ref={host} className={classes["host"]} style={{ minHeight: height, marginTop: timelineHeight }} />
        <canvas ref={marks} className={classes["marks"]} style={{ height: height + timelineHeight }} />
        <div ref={hover} className={classes["hover"]} aria-hidden="true" />
        <div
          ref={slider}
          className={classes["slider"]}
          role="slider"
          tabIndex={0}
          aria-label={t("review.position")}
          aria-valuemin={0}
          aria-valuemax={Math.max(1, Math.floor(durationMs / 1_000))}
          aria-valuenow={0}
          onKeyDown={(event) => {
            if (event.key === "Home") player.seek(0);
            else if (event.key === "End") player.seek(durationMs);
            else if (event.key === "PageUp") player.skip(10_000);
            else if (event.key === "PageDown") player.skip(-10_000);
            else return;
            event.preventDefault();
          }}
        />
      </div>
      <div className={classes["tools"]}>
        <Tooltip label={`${t("review.zoomIn")} (+)`} position="left">
          <ActionIcon size="sm" aria-label={t("review.zoomIn")} onClick={() => zoomTo(currentZoom() * zoomStep)}>
            <IconZoomIn size={16} aria-hidden="true" />
          </ActionIcon>
        </Tooltip>
        <Tooltip label={`${t("review.zoomOut")} (−)`} position="left">
          <ActionIcon
            size="sm"
            aria-label={t("review.zoomOut")}
            onClick={() => zoomTo(currentZoom() / zoomStep)}
            aria-disabled={!zoomed}
          >
            <IconZoomOut size={16} aria-hidden="true" />
          </ActionIcon>
        </Tooltip>
        <Tooltip label={`${t("review.zoomFit")} (0)`} position="left">
          <ActionIcon size="sm" aria-label={t("review.zoomFit")} onClick={() => zoomTo(0)} aria-disabled={!zoomed}>
            <IconArrowsHorizontal size={16} aria-hidden="true" />
          </ActionIcon>
        </Tooltip>
      </div>
    </section>
  );
}

/** A waveform that scrolls has to be reachable by keys; one that does not needs no stop. */
function reachable(surfer: WaveSurfer, label: string | null): void {
  const scroller = surfer.getWrapper().parentElement;
  if (scroller === null) return;
  if (label === null) scroller.removeAttribute("tabindex");
  else {
    scroller.tabIndex = 0;
    scroller.setAttribute("role", "group");
    scroller.setAttribute("aria-label", label);
  }
}

/** The bars of each channel over the whole recording; null while they are being read or when there are none. */
function usePeaks(id: string, durationMs: number, peakChannels: number): Float32Array[] | null {
  const bars = Math.min(mostBars, Math.max(500, Math.ceil(durationMs / finestBarMs)));
  const pieces = Math.ceil(bars / binsAtOnce);
  const enabled = peakChannels > 0 && durationMs > 0;
  const answers = useQueries({
    queries: Array.from({ length: enabled ? pieces : 0 }, (_, piece) => {
      const startMs = Math.round((piece / pieces) * durationMs);
      const endMs = Math.max(startMs + 1, Math.round(((piece + 1) / pieces) * durationMs));
      return queryOf("conversation.peaks", { id, startMs, endMs, bins: Math.ceil(bars / pieces) });
    }),
  });
  const ready = enabled && answers.every((answer) => answer.data !== undefined);
  const stamp = ready ? answers.map((answer) => answer.dataUpdatedAt).join() : "";
  // biome-ignore lint/correctness/useExhaustiveDependencies: the stamp stands for the answers
  return useMemo(() => {
    if (!ready) return null;
    const count = answers[0]?.data?.channels.length ?? 0;
    return Array.from({ length: count }, (_, channel) =>
      barsOf(answers.flatMap((answer) => answer.data?.channels[channel] ?? [])),
    );
  }, [stamp]);
}

interface Range {
  readonly startMs: number;
  readonly endMs: number;
  readonly widthPx: number;
}

function visibleRange(wave: WaveSurfer | null, durationMs: number): Range | null {
  if (wave === null || durationMs <= 0) return null;
  const widthPx = wave.getWidth();
  const wholePx = Math.max(widthPx, wave.getWrapper().clientWidth);
  if (widthPx <= 0) return null;
  const startMs = (wave.getScroll() / wholePx) * durationMs;
  return { startMs, endMs: startMs + (widthPx / wholePx) * durationMs, widthPx };
}

/** Draws what the sound alone does not show: time, whose turn it is, silences, and where both speak. */
function drawMarks(
  canvas: HTMLCanvasElement,
  range: Range,
  conversation: Conversation,
  lanes: readonly Lane[],
  laneHeight: number,
  currentTurn: number,
  voices: ReadonlyMap<string, Voice>,
): void {
  const context = canvas.getContext("2d");
  if (context === null) return;
  const ratio = window.devicePixelRatio || 1;
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  context.scale(ratio, ratio);
  const x = (ms: number) => ((ms - range.startMs) / (range.endMs - range.startMs)) * range.widthPx;
  const inView = (each: { startMs: number; endMs: number }) => each.endMs > range.startMs && each.startMs < range.endMs;
  // Asking for a colour is dear, and a long call has thousands of turns: each is asked for once.
  const inks = new Map([...voices].map(([id, voice]) => [id, colour(`--voice-${voice.hue}`)]));
  const quiet = colour("--quiet");
  const font = getComputedStyle(document.body).fontFamily;

  context.font = `11px ${font}`;
  context.textBaseline = "middle";
  context.fillStyle = quiet;
  context.strokeStyle = colour("--line-strong");
  for (const tick of ticksOf(range.startMs, range.endMs, Math.max(2, range.widthPx / 70))) {
    const at = Math.round(x(tick)) + 0.5;
    context.beginPath();
    context.moveTo(at, timelineHeight - 5);
    context.lineTo(at, timelineHeight);
    context.stroke();
    const label = clock(tick);
    if (at + 4 + context.measureText(label).width < width) context.fillText(label, at + 3, timelineHeight / 2 - 1);
  }

  // Before anybody was told apart, everything would look like silence.
  const { silences, overlaps } = conversation.turns.length > 0 ? conversation.measures : { silences: [], overlaps: [] };

  // A silence of 3 s and more: hatched, and said in words where there is room.
  for (const silence of silences.filter(inView)) {
    const left = x(silence.startMs);
    const right = x(silence.endMs);
    hatch(context, left, timelineHeight, right - left, height - timelineHeight, colour("--silence"), 7, 1);
    const label = span(silence.endMs - silence.startMs);
    const labelWidth = context.measureText(label).width;
    if (right - left > labelWidth + 10) {
      const middle = (left + right) / 2;
      context.fillStyle = colour("--surface");
      context.fillRect(middle - labelWidth / 2 - 3, timelineHeight + (height - timelineHeight) / 2 - 8, labelWidth + 6, 16);
      context.fillStyle = quiet;
      context.fillText(label, middle - labelWidth / 2, timelineHeight + (height - timelineHeight) / 2);
    }
  }

  // Both at once: a bracket over all lanes, leaning the other way than silence.
  for (const overlap of overlaps.filter(inView)) {
    const left = x(overlap.startMs);
    const breadth = Math.max(3, x(overlap.endMs) - left);
    hatch(context, left, timelineHeight, breadth, height - timelineHeight, colour("--text"), 4, -1);
    context.strokeStyle = colour("--text");
    context.lineWidth = 1;
    context.strokeRect(left + 0.5, timelineHeight + 0.5, breadth, height - timelineHeight - 1);
  }

  // Whose turn it is, at the foot of each lane; the turn being heard is thicker.
  const laneOf = new Map(lanes.map((lane, index) => [lane.participantId, index]));
  conversation.turns.forEach((turn, index) => {
    const lane = laneOf.get(turn.participantId);
    if (lane === undefined || !inView(turn)) return;
    const thick = index === currentTurn ? 5 : 2;
    context.fillStyle = inks.get(turn.participantId) ?? quiet;
    context.fillRect(
      x(turn.startMs),
      timelineHeight + (lane + 1) * laneHeight - thick,
      Math.max(2, x(turn.endMs) - x(turn.startMs) - 1),
      thick,
    );
  });
}

function hatch(
  context: CanvasRenderingContext2D,
  left: number,
  top: number,
  width: number,
  height: number,
  ink: string,
  gap: number,
  lean: 1 | -1,
): void {
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  context.globalAlpha = 0.35;
  context.strokeStyle = ink;
  context.lineWidth = 1;
  context.beginPath();
  for (let at = -height; at < width + height; at += gap) {
    context.moveTo(left + at, lean === 1 ? top + height : top);
    context.lineTo(left + at + height, lean === 1 ? top : top + height);
  }
  context.stroke();
  context.restore();
}
