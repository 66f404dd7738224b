import { ActionIcon, Popover, Tooltip } from "@mantine/core";
import {
  IconArrowDownRight,
  IconArrowRight,
  IconArrowUpRight,
  IconChartAreaLine,
  IconChevronDown,
  IconChevronRight,
  IconHelp,
  IconTable,
} from "@tabler/icons-react";
import { type RefObject, useEffect, useMemo, useRef } from "react";
import type { ConversationView } from "../../../app/contract/views.ts";
import type { AnchorView } from "../../../app/conversation/anchors.ts";
import type { Conversation } from "../../../app/conversation/conversation.ts";
import { speaksOfWords } from "../../../app/conversation/revision.ts";
import { useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { useActions } from "../../ui/actions/index.ts";
import { useKept } from "../../ui/desk/kept-place.ts";
import { clock, signed } from "../../ui/time.ts";
import { decibels } from "./decibels.ts";
import type { Player } from "./player.ts";
import classes from "./tracks.module.css";
import { drawLoudness, drawSentiment } from "./tracks-draw.ts";
import {
  type LoudnessTrack,
  levelsOf,
  loudestIn,
  loudnessStep,
  type SentimentTrack,
  sentimentTracks,
  vendorLoudnessAt,
} from "./tracks-figures.ts";
import { TrackRow, useSharedView } from "./tracks-row.tsx";
import { TracksTable } from "./tracks-table.tsx";
import type { Voice } from "./voices.ts";
import type { WaveformHandle } from "./waveform.tsx";
import { lanesOf } from "./waveform-lanes.ts";
import { useInks } from "./waveform-sources.ts";
import { within } from "./waveform-spans.ts";
import { xOf } from "./waveform-view.ts";

/** From this height of the window on, in pixels, the tracks are open until somebody closes them. */
const roomyPx = 900;
/** So much of a turn is read in passing, in characters. */
const readInPassing = 70;

interface TracksProps {
  view: ConversationView;
  conversation: Conversation;
  player: Player;
  voices: ReadonlyMap<string, Voice>;
  /** The waveform, whose part in view is the tracks' too; its tracks show the whole where there is none. */
  waveform: RefObject<WaveformHandle | null>;
  jump: (ms: number) => void;
  goTo: (place: Pick<AnchorView, "startMs" | "turnIds" | "wordIds">) => void;
}

/** Sentiment of each role and loudness of each voice over time, under the waveform; closed, one line. */
export function Tracks(props: TracksProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useKept<boolean>("tracks.open", window.innerHeight >= roomyPx);
  const [asTable, setAsTable] = useKept<boolean>("tracks.table", false);
  useActions({ "waveform.tracks": () => setOpen(!open) });
  return (
    <section className={classes["tracks"]} aria-label={t("tracks.title")} data-testid="tracks">
      <div className={classes["head"]}>
        <button
          type="button"
          className={classes["open"]}
          aria-expanded={open}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => setOpen(!open)}
        >
          {open ? <IconChevronDown size={14} aria-hidden="true" /> : <IconChevronRight size={14} aria-hidden="true" />}
          {t("tracks.title")}
        </button>
        {open && (
          <Tooltip label={t(asTable ? "tracks.asCharts" : "tracks.asTable")}>
            <ActionIcon size="sm" aria-label={t("tracks.asTable")} aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
              {asTable ? <IconChartAreaLine size={15} aria-hidden="true" /> : <IconTable size={15} aria-hidden="true" />}
            </ActionIcon>
          </Tooltip>
        )}
        {open && <Signs view={props.view} conversation={props.conversation} />}
      </div>
      {open && <Opened {...props} asTable={asTable} />}
    </section>
  );
}

function Opened({ view, conversation, player, voices, waveform, jump, goTo, asTable }: TracksProps & { asTable: boolean }) {
  const { t } = useTranslation();
  const { durationMs, vendor } = conversation;
  const area = useRef<HTMLDivElement>(null);
  const playhead = useRef<HTMLDivElement>(null);
  const inks = useInks(area, voices);
  const shared = useSharedView(waveform, area, durationMs, view.peakChannels > 0);
  const sentiment = useMemo(
    () => sentimentTracks(conversation, view.insight, voices, (role) => t(`role.${role}`)),
    [conversation, view.insight, voices, t],
  );
  const loudness = useLoudness(conversation, view.peakChannels);
  const texts = useMemo(() => new Map(conversation.turns.map(({ id, text }) => [id, text])), [conversation.turns]);

  useEffect(() => {
    const place = () => {
      const element = playhead.current;
      const now = shared.view;
      if (element === null || now === null) return;
      const at = xOf(now, player.positionMs);
      element.style.visibility = at >= 0 && at <= now.widthPx ? "" : "hidden";
      element.style.transform = `translateX(${at}px)`;
    };
    const undo = [player.onTick(place), shared.watch(place)];
    return () => {
      for (const each of undo) each();
    };
  }, [player, shared]);

  if (sentiment.length === 0 && loudness.length === 0) {
    return <p className={classes["note"]}>{t("tracks.none")}</p>;
  }
  const source = vendor?.source ?? "";
  const corrected = view.operations.some(({ operation }) => speaksOfWords(operation));
  const hasVendor = sentiment.some((each) => each.vendor !== null) || loudness.some((each) => each.vendor.length > 0);
  const unread = view.insight?.unread ?? 0;
  const labelOf = (label: string | null) =>
    t(`insight.labels.${(label ?? "none") as "none"}`, { defaultValue: label ?? t("insight.labels.none") });
  const said = (score: number | null) => (score === null ? "" : signed(score));

  const sentimentAt = ({ name, own, vendor: theirs }: SentimentTrack, ms: number, reachMs: number): string => {
    const near = (reading: SentimentTrack["own"]) =>
      reading === null ? undefined : (within(reading.turns, ms, ms)[0] ?? within(reading.turns, ms - reachMs, ms + reachMs)[0]);
    const turn = near(own);
    const their = near(theirs);
    const quarter = own?.quarters.findIndex((each) => ms >= each.startMs && ms < each.endMs) ?? -1;
    const mean = own?.quarters[quarter]?.score ?? null;
    const text = texts.get((turn ?? their)?.turnId ?? "") ?? "";
    return [
      turn === undefined
        ? `${clock(ms)} ${name}`
        : t("tracks.turn", { time: clock(turn.startMs), name, label: labelOf(turn.label), score: said(turn.score) }).trim(),
      their === undefined ? "" : t("tracks.vendorTurn", { source, label: labelOf(their.label), score: said(their.score) }).trim(),
      text.length > readInPassing ? `${text.slice(0, readInPassing).trimEnd()}…` : text,
      mean === null ? "" : t("tracks.quarter", { number: quarter + 1, score: signed(mean) }),
    ]
      .filter((part) => part !== "")
      .join(" · ");
  };
  const goToTurn = ({ own, vendor: theirs }: SentimentTrack, ms: number, reachMs: number) => {
    const all = (own ?? theirs)?.turns;
    const turn = all === undefined ? undefined : (within(all, ms, ms)[0] ?? within(all, ms - reachMs, ms + reachMs)[0]);
    if (turn === undefined) jump(ms);
    else goTo({ startMs: turn.startMs, turnIds: [turn.turnId], wordIds: [] });
  };
  const nameOf = (track: LoudnessTrack) => voices.get(track.participantId ?? "")?.name ?? track.key;
  const loudnessAt = (track: LoudnessTrack, ms: number): string => {
    const level = track.own === null ? null : loudestIn(track.own, ms);
    const their = vendorLoudnessAt(track.vendor, ms);
    const place = { time: clock(ms), name: nameOf(track) };
    return [
      level === null ? t("tracks.silent", place) : t("tracks.loud", { ...place, level: decibels(level) }),
      their === null ? "" : t("tracks.vendorLoud", { source, level: decibels(their) }),
    ]
      .filter((part) => part !== "")
      .join(" · ");
  };

  return (
    <>
      {(unread > 0 || (hasVendor && corrected)) && (
        <p className={classes["stale"]} role="status">
          {unread > 0 && t("tracks.unread", { count: unread })} {hasVendor && corrected && t("tracks.vendorEdited", { source })}
        </p>
      )}
      {asTable && (
        <TracksTable conversation={conversation} sentiment={sentiment} loudness={loudness} voices={voices} jump={jump} />
      )}
      {/* Kept while the table is shown: its width is what the part in view is told by. */}
      <div className={classes["charts"]} aria-hidden="true" hidden={asTable}>
        <div ref={area} className={classes["area"]} />
        <div className={classes["over"]}>
          <div ref={playhead} className={classes["playhead"]} />
        </div>
        {inks !== null &&
          sentiment.map((track) => (
            <TrackRow
              key={`sentiment ${track.key}`}
              kind="sentiment"
              shared={shared}
              hue={track.hue}
              label={<SentimentLabel track={track} />}
              draw={(canvas, now) => drawSentiment(canvas, now, track, inks)}
              say={(ms, reachMs) => sentimentAt(track, ms, reachMs)}
              click={(ms, reachMs) => goToTurn(track, ms, reachMs)}
            />
          ))}
        {inks !== null &&
          loudness.map((track) => (
            <TrackRow
              key={`loudness ${track.key}`}
              kind="loudness"
              shared={shared}
              hue={voices.get(track.participantId ?? "")?.hue ?? null}
              label={<span className={classes["name"]}>{nameOf(track)}</span>}
              draw={(canvas, now) =>
                drawLoudness(canvas, now, track, inks.voices.get(track.participantId ?? "") ?? inks.none, inks)
              }
              say={(ms) => loudnessAt(track, ms)}
              click={(ms) => jump(ms)}
            />
          ))}
      </div>
    </>
  );
}

/** How the tracks are to be read. */
function Signs({ view, conversation: { vendor } }: Pick<TracksProps, "view" | "conversation">) {
  const { t } = useTranslation();
  const source = vendor?.source ?? "";
  return (
    <Popover position="bottom-start" shadow="md" withRoles trapFocus returnFocus>
      <Popover.Target>
        <ActionIcon size="sm" aria-label={t("tracks.signs")}>
          <IconHelp size={15} aria-hidden="true" />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown aria-label={t("tracks.signs")} tabIndex={-1} data-autofocus className={classes["signs"] ?? ""}>
        <p>{t("tracks.sentimentNote")}</p>
        {vendor !== undefined && <p>{t("tracks.vendorNote", { source })}</p>}
        {view.peakChannels > 0 && <p>{t("tracks.loudnessNote")}</p>}
        {vendor?.loudness !== undefined && <p>{t("tracks.vendorLoudnessNote", { source })}</p>}
      </Popover.Dropdown>
    </Popover>
  );
}

function SentimentLabel({ track: { name, own, vendor } }: { track: SentimentTrack }) {
  const { t } = useTranslation();
  const reading = own ?? vendor;
  const trend = reading?.trend ?? null;
  const Icon = trend === null ? null : { up: IconArrowUpRight, down: IconArrowDownRight, flat: IconArrowRight }[trend];
  const change = reading?.change ?? null;
  const told =
    trend === null || change === null ? "" : t("insight.change", { trend: t(`insight.trends.${trend}`), by: signed(change) });
  return (
    <span className={classes["labelled"]} title={`${name}. ${told}`}>
      <span className={classes["name"]}>{name}</span>
      <span className={`${classes["score"]} numeric`}>
        {reading?.score == null ? "–" : signed(reading.score)}
        {Icon !== null && <Icon size={13} aria-hidden="true" />}
      </span>
    </span>
  );
}

/** Loudness of each voice out of the stored peaks, a level for each second; a vendor's scores beside. */
function useLoudness(conversation: Conversation, peakChannels: number): readonly LoudnessTrack[] {
  const { t } = useTranslation();
  const { id, durationMs, participants, turns, vendor } = conversation;
  const stepMs = loudnessStep(durationMs);
  const bins = Math.max(1, Math.ceil(durationMs / stepMs));
  const channels = useCall(
    "conversation.peaks",
    { id, startMs: 0, endMs: bins * stepMs, bins },
    { enabled: peakChannels > 0 && durationMs > 0 },
  ).data?.channels;
  return useMemo(() => {
    const theirs = Map.groupBy(vendor?.loudness ?? [], ({ participantId }) => participantId);
    if (channels === undefined) {
      return [...theirs].map(
        ([participantId, own]): LoudnessTrack => ({
          key: participantId,
          participantId,
          own: null,
          vendor: own,
        }),
      );
    }
    return lanesOf({ participants, turns }, channels.length).map(
      ({ participantId, channel, only }): LoudnessTrack => ({
        key: participantId ?? t("review.sound", { number: channel + 1 }),
        participantId,
        own: levelsOf(channels[channel] ?? [], stepMs, only),
        vendor: theirs.get(participantId ?? "") ?? [],
      }),
    );
  }, [channels, participants, turns, vendor, stepMs, t]);
}
