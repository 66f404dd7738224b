import { ActionIcon, Tooltip } from "@mantine/core";
import { IconArrowsHorizontal, IconVolume, IconVolumeOff, IconZoomIn, IconZoomOut } from "@tabler/icons-react";
import {
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useId,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import type { Conversation, Span } from "../../../app/conversation/conversation.ts";
import { useTranslation } from "../../text/index.ts";
import { clock, fineClock, span } from "../../ui/time.ts";
import type { Player } from "./player.ts";
import { usePlayerState } from "./player.ts";
import { sideOf } from "./player-mixer.ts";
import type { Marker, MarkerKind } from "./player-moments.ts";
import type { SoundedSpan } from "./sounds-lane.ts";
import type { Voice } from "./voices.ts";
import classes from "./waveform.module.css";
import { lanesOf } from "./waveform-lanes.ts";
import { Legend } from "./waveform-legend.tsx";
import type { Layout, Marks } from "./waveform-marks.ts";
import { Minimap } from "./waveform-minimap.tsx";
import { hearPointer } from "./waveform-pointer.ts";
import { useInks, useOverview, useTiles } from "./waveform-sources.ts";
import { indexSpans, within } from "./waveform-spans.ts";
import { WaveformStage } from "./waveform-stage.ts";
import { isZoomed, type View } from "./waveform-view.ts";
import type { WordTrack } from "./word-track.ts";

/** How much one press of a key or a button changes the zoom. */
const zoomStep = 1.6;
/** A flag is hit this near to it, in pixels. */
const flagReachPx = 7;

/** What the keys ask of the waveform. */
export interface WaveformHandle {
  zoomIn(): void;
  zoomOut(): void;
  fit(): void;
  /** Shows a stretch whole. */
  show(span: Span): void;
  /** Hears what part of the recording is in view, now and whenever that changes; answers with the undo. */
  watch(watcher: (view: View) => void): () => void;
}

/** The voices of a call as lanes over time, with what happens in them and what people have put there. */
export function Waveform({
  conversation,
  peakChannels,
  separateSides,
  player,
  voices,
  track,
  handle,
  markers,
  sounds,
  openMarker,
  laneMenu,
}: {
  conversation: Conversation;
  peakChannels: number;
  /** Each channel of the recording is a side, and can be heard alone. */
  separateSides: boolean;
  player: Player;
  voices: ReadonlyMap<string, Voice>;
  track: WordTrack;
  handle: RefObject<WaveformHandle | null>;
  markers: readonly Marker[];
  sounds: readonly SoundedSpan[];
  /** Somebody wants to see what a marker stands for. */
  openMarker?: (marker: Marker) => void;
  laneMenu: (voice: Voice) => ReactNode;
}) {
  const { t } = useTranslation();
  const { id, durationMs, participants, turns, measures } = conversation;
  const lanesId = useId();
  const area = useRef<HTMLDivElement>(null);
  const host = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const playhead = useRef<HTMLDivElement>(null);
  const hover = useRef<HTMLDivElement>(null);
  const stage = useRef<WaveformStage | null>(null);
  const [zoomed, setZoomed] = useState(false);

  const overview = useOverview(id, durationMs, peakChannels);
  const tiles = useTiles(id, durationMs, peakChannels, stage);
  const inks = useInks(area, voices);
  const lanes = useMemo(() => lanesOf({ participants, turns }, peakChannels), [participants, turns, peakChannels]);
  const text = inks?.textPx ?? 11;
  const layout = useMemo(
    (): Layout => ({
      ruler: text + 7,
      flags: text + 4,
      lane: Math.round(Math.max(30, Math.min(58, 156 / Math.max(1, lanes.length)))),
      lanes: lanes.length,
      sounds: sounds.length > 0 ? text + 4 : 0,
    }),
    [text, lanes.length, sounds.length],
  );
  const marks = useMemo((): Marks => {
    // Before anybody was told apart, everything would look like silence.
    const known = turns.length > 0 ? measures : { silences: [], overlaps: [], interruptions: [] };
    return {
      turns: indexSpans(turns),
      silences: indexSpans(known.silences),
      overlaps: indexSpans(known.overlaps),
      interruptions: indexSpans(known.interruptions),
      sounds: indexSpans(sounds),
      markers: indexSpans(markers),
      laneOf: new Map(lanes.flatMap(({ participantId }, index) => (participantId === null ? [] : [[participantId, index]]))),
    };
  }, [turns, measures, sounds, markers, lanes]);

  useLayoutEffect(() => {
    if (host.current === null || canvas.current === null || playhead.current === null) return;
    const made = new WaveformStage({ host: host.current, canvas: canvas.current, playhead: playhead.current }, player);
    stage.current = made;
    made.watch((view) => setZoomed(isZoomed(view)));
    return () => {
      stage.current = null;
      made.close();
    };
  }, [player]);

  useEffect(() => {
    if (inks === null || tiles === null || overview === null) return;
    const turnAt = (ms: number) => turns[track.turnAt(ms)];
    stage.current?.show({ durationMs, lanes, layout, marks, inks, tiles, overview, turnAt });
  }, [durationMs, lanes, layout, marks, inks, tiles, overview, turns, track]);

  useImperativeHandle(handle, () => ({
    zoomIn: () => stage.current?.zoomBy(zoomStep),
    zoomOut: () => stage.current?.zoomBy(1 / zoomStep),
    fit: () => stage.current?.fit(),
    show: (shown: Span) => stage.current?.showSpan(shown),
    watch: (watcher: (view: View) => void) => stage.current?.watch(watcher) ?? (() => undefined),
  }));

  /** The markers whose flags are at a place. */
  const flagsAt = (ms: number, y: number): Marker[] => {
    const scale = stage.current?.view.scale ?? 0;
    if (scale === 0 || y < layout.ruler || y > layout.ruler + layout.flags) return [];
    const reach = flagReachPx / scale;
    return within(marks.markers, ms - reach, ms + reach).filter(
      (marker) => Math.abs(marker.startMs - ms) <= reach || (marker.kind === "redaction" && ms <= marker.endMs + reach),
    );
  };
  const wordsAt = (ms: number, y: number): string => {
    const words = [fineClock(ms)];
    const scale = stage.current?.view.scale ?? 1;
    const silence = within(marks.silences, ms, ms)[0];
    if (silence !== undefined) words.push(t("player.hover.silence", { time: span(silence.endMs - silence.startMs) }));
    if (within(marks.overlaps, ms, ms).length > 0) words.push(t("player.hover.overlap"));
    const reach = flagReachPx / scale;
    const name = (participantId: string) => voices.get(participantId)?.name ?? "";
    for (const each of within(marks.interruptions, ms - reach, ms + reach).slice(0, 1)) {
      words.push(t("player.hover.interruption", { by: name(each.byParticipantId), of: name(each.ofParticipantId) }));
    }
    for (const { kind } of within(marks.sounds, ms, ms)) words.push(t(`player.sound.${kind}`));
    for (const { kind, label } of flagsAt(ms, y)) words.push(`${t(`player.marker.${kind}`)}: ${label}`);
    return words.join(" · ");
  };
  const wishes = useRef({ flagsAt, wordsAt, openMarker, turns, lanes, layout });
  wishes.current = { flagsAt, wordsAt, openMarker, turns, lanes, layout };

  useEffect(() => {
    const now = stage.current;
    if (area.current === null || now === null) return;
    return hearPointer(area.current, now, player, {
      click(ms, _, y) {
        const [marker] = wishes.current.flagsAt(ms, y);
        if (marker === undefined) return false;
        player.seek(marker.startMs);
        wishes.current.openMarker?.(marker);
        return true;
      },
      doubleClick(ms, _, y) {
        const { turns: all, lanes: drawn, layout: heights } = wishes.current;
        const lane = drawn[Math.floor((y - heights.ruler - heights.flags) / heights.lane)];
        const turn = all.find(
          (each) => ms >= each.startMs && ms < each.endMs && (lane?.participantId ?? each.participantId) === each.participantId,
        );
        if (turn !== undefined) player.select(turn);
      },
      hover(place) {
        const element = hover.current;
        if (element === null || area.current === null) return;
        if (place === null) {
          delete element.dataset["shown"];
          return;
        }
        element.textContent = wishes.current.wordsAt(place.ms, place.y);
        const left = Math.min(place.x + 6, area.current.clientWidth - element.offsetWidth - 4);
        element.style.transform = `translateX(${Math.max(0, left)}px)`;
        element.dataset["shown"] = "";
      },
    });
  }, [player]);

  const height = layout.ruler + layout.flags + Math.max(1, lanes.length) * layout.lane + layout.sounds;
  return (
    <section className={classes["waveform"]} aria-label={t("review.waveform")} data-testid="waveform">
      <div className={classes["labels"]} style={{ paddingTop: layout.ruler + layout.flags }}>
        {lanes.map((lane, index) => {
          const voice = lane.participantId === null ? undefined : voices.get(lane.participantId);
          const name = voice?.name ?? t("review.sound", { number: index + 1 });
          return (
            <div
              key={lane.participantId ?? `channel ${index}`}
              className={classes["label"]}
              style={{ height: layout.lane }}
              data-voice={voice?.hue ?? "none"}
              data-testid="lane"
            >
              {voice === undefined ? <span>{name}</span> : laneMenu(voice)}
              {separateSides && <MuteButton player={player} side={sideOf(lane.channel)} name={name} />}
            </div>
          );
        })}
      </div>
      <div className={classes["middle"]}>
        <div
          ref={area}
          id={lanesId}
          className={classes["lanes"]}
          style={{ height }}
          data-loading={overview === null || undefined}
          data-testid="lanes"
        >
          <div ref={host} className={classes["host"]} style={{ top: layout.ruler + layout.flags }} data-testid="view" />
          <canvas ref={canvas} className={classes["marks"]} style={{ height }} />
          <div ref={playhead} className={classes["playhead"]} aria-hidden="true" />
          <div ref={hover} className={classes["hover"]} style={{ top: layout.ruler + layout.flags }} aria-hidden="true" />
          <PositionSlider player={player} durationMs={durationMs} turns={turns} track={track} voices={voices} />
        </div>
        <Minimap stage={stage} overview={overview} marks={marks} inks={inks} durationMs={durationMs} controls={lanesId} />
      </div>
      <div className={classes["tools"]}>
        <Tool label={t("review.zoomIn")} keys="+" act={() => stage.current?.zoomBy(zoomStep)}>
          <IconZoomIn size={16} aria-hidden="true" />
        </Tool>
        <Tool label={t("review.zoomOut")} keys="−" act={() => stage.current?.zoomBy(1 / zoomStep)} idle={!zoomed}>
          <IconZoomOut size={16} aria-hidden="true" />
        </Tool>
        <Tool label={t("review.zoomFit")} keys="0" act={() => stage.current?.fit()} idle={!zoomed}>
          <IconArrowsHorizontal size={16} aria-hidden="true" />
        </Tool>
        {inks !== null && (
          <Legend
            inks={inks}
            sounds={new Set(sounds.map((each) => each.kind))}
            markers={new Set(markers.map((each): MarkerKind => each.kind))}
          />
        )}
      </div>
    </section>
  );
}

function Tool({
  label,
  keys,
  act,
  idle = false,
  children,
}: {
  label: string;
  keys: string;
  act: () => void;
  idle?: boolean;
  children: ReactNode;
}) {
  return (
    <Tooltip label={`${label} (${keys})`} position="left">
      <ActionIcon size="sm" aria-label={label} onClick={act} aria-disabled={idle}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

/** Silences the side of a voice, beside its name. */
function MuteButton({ player, side, name }: { player: Player; side: 0 | 1; name: string }) {
  const { t } = useTranslation();
  const { mix, unmixable } = usePlayerState(player);
  const { muted } = mix.sides[side];
  return (
    <Tooltip label={unmixable ? t("player.unmixable") : t("player.mute", { name })}>
      <ActionIcon
        size="xs"
        aria-label={t("player.mute", { name })}
        aria-pressed={muted}
        aria-disabled={unmixable}
        onClick={() => player.setSide(side, { muted: !muted })}
      >
        {muted ? <IconVolumeOff size={14} aria-hidden="true" /> : <IconVolume size={14} aria-hidden="true" />}
      </ActionIcon>
    </Tooltip>
  );
}

/** The way of the keys and of a screen reader to the position; the pointer's way is the waveform itself. */
function PositionSlider({
  player,
  durationMs,
  turns,
  track,
  voices,
}: {
  player: Player;
  durationMs: number;
  turns: Conversation["turns"];
  track: WordTrack;
  voices: ReadonlyMap<string, Voice>;
}) {
  const { t } = useTranslation();
  const slider = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let shown = -1;
    return player.onTick((ms) => {
      const second = Math.floor(ms / 1_000);
      if (second === shown || slider.current === null) return;
      shown = second;
      const turn = turns[track.turnAt(ms)];
      const voice = turn !== undefined && ms < turn.endMs ? voices.get(turn.participantId) : undefined;
      const times = { time: clock(ms), duration: clock(durationMs) };
      slider.current.setAttribute("aria-valuenow", String(second));
      slider.current.setAttribute(
        "aria-valuetext",
        voice === undefined ? t("player.positionText", times) : t("player.positionVoice", { ...times, name: voice.name }),
      );
    });
  }, [player, track, turns, voices, durationMs, t]);
  const hear = (event: KeyboardEvent) => {
    const { key, shiftKey, altKey, ctrlKey, metaKey } = event;
    if (altKey || ctrlKey || metaKey) return;
    const step = shiftKey ? 5_000 : 1_000;
    if (key === "ArrowLeft" || key === "ArrowDown") player.skip(-step);
    else if (key === "ArrowRight" || key === "ArrowUp") player.skip(step);
    else if (key === "Home") player.seek(0);
    else if (key === "End") player.seek(durationMs);
    else if (key === "PageUp") player.skip(10_000);
    else if (key === "PageDown") player.skip(-10_000);
    else return;
    event.preventDefault();
  };
  return (
    <div
      ref={slider}
      className={classes["slider"]}
      role="slider"
      tabIndex={0}
      aria-label={t("review.position")}
      aria-valuemin={0}
      aria-valuemax={Math.max(1, Math.floor(durationMs / 1_000))}
      aria-valuenow={0}
      onKeyDown={hear}
    />
  );
}
