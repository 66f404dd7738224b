import { Button, Skeleton, Switch } from "@mantine/core";
import { IconAlertTriangle, IconInfoCircle, IconSearch } from "@tabler/icons-react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { Link, useSearch } from "wouter";
import type { ConversationView, RecordingView } from "../../../app/contract/views.ts";
import type { AnchorView } from "../../../app/conversation/anchors.ts";
import type { Shortfall } from "../../../app/conversation/conversation.ts";
import { responses } from "../../../app/conversation/measures-over-time.ts";
import type { Operation } from "../../../app/conversation/operations.ts";
import { call, mediaUrl, memory, onConnection, useAct, useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { useActions } from "../../ui/actions/index.ts";
import { useKept } from "../../ui/desk/kept-place.ts";
import { Splitter } from "../../ui/desk/splitter.tsx";
import { tell } from "../../ui/notices.tsx";
import { asFailure, PageFailure } from "../../ui/states.tsx";
import { clock } from "../../ui/time.ts";
import { type Composing, composingIn, composingOn } from "./comments-anchor.ts";
import { DoubtLegend } from "./doubt-legend.tsx";
import { EditingBar } from "./editing-bar.tsx";
import { useCorrections } from "./editing-corrections.ts";
import { useDrafts } from "./editing-drafts.ts";
import { EditingNotes } from "./editing-notes.tsx";
import { useEditing } from "./editing-workspace.tsx";
import { FindBar } from "./find-bar.tsx";
import { ReplaceBar } from "./find-replace-bar.tsx";
import { useFinding } from "./find-state.ts";
import { Header } from "./header.tsx";
import { JobBand } from "./job-band.tsx";
import { Panel, type PanelTab, panelTabs } from "./panel.tsx";
import { isHeardSoFar, withPartial } from "./partial-transcript.ts";
import { Player, usePlayerState } from "./player.ts";
import { usePlayerActions } from "./player-actions.ts";
import { useListening } from "./player-listening.ts";
import { useMarkers } from "./player-markers.ts";
import { sideOf } from "./player-mixer.ts";
import { momentsOf } from "./player-moments.ts";
import { unspoken } from "./player-silence.ts";
import classes from "./review.module.css";
import { ReviewDesk } from "./review-desk.tsx";
import { soundedSpans } from "./sounds-lane.ts";
import { isSwappable, SpeakerMenu } from "./speaker-menu.tsx";
import { StillListening } from "./still-listening.tsx";
import { type Scrollable, Transcript } from "./transcript.tsx";
import { Caret, wordPlaces } from "./transcript-caret.ts";
import { differences, marksByTurn } from "./transcript-marks.ts";
import { ConfidenceLegend, ReadingTools, useReading } from "./transcript-reading.tsx";
import { TransportBar } from "./transport-bar.tsx";
import type { Side } from "./transport-volume.tsx";
import { doubtOf } from "./turn-row.tsx";
import { type Voice, voicesOf } from "./voices.ts";
import { Waveform, type WaveformHandle } from "./waveform.tsx";
import { wordTrack } from "./word-track.ts";

/** What happened in one conversation: its sound, its words, its figures. */
export function ReviewPage({ id }: { id: string }) {
  const { t } = useTranslation();
  const view = useCall("conversation.get", { id });

  // What somebody looks at goes first.
  useEffect(() => {
    call("queue.prioritise", { conversationId: id }).catch(() => undefined);
  }, [id]);

  // Somebody may delete it elsewhere while it is open.
  const gone = view.isError && asFailure(view.error).code === "not-found";
  if (view.data === undefined || gone) {
    if (view.isError) return <PageFailure failure={view.error} again={() => void view.refetch()} />;
    return (
      <div className={classes["opening"]} role="status">
        <h1 className="unseen">{t("review.loading")}</h1>
        <Skeleton height={28} width="40%" />
        <Skeleton height={150} />
        <Skeleton height={14} width="70%" />
        <Skeleton height={14} width="85%" />
        <Skeleton height={14} width="60%" />
      </div>
    );
  }
  return <Review view={withPartial(view.data)} />;
}

/** A player that lives as long as the page. */
function usePlayer(view: ConversationView): Player | null {
  const [player, setPlayer] = useState<Player | null>(null);
  useEffect(() => {
    const made = new Player();
    setPlayer(made);
    const undo = onConnection((connection) => {
      if (connection === "connected") made.recover();
    });
    return () => {
      undo();
      made.close();
    };
  }, []);
  useListening(player);
  if (player !== null && view.mediaId !== null) player.load(mediaUrl(view.mediaId));
  return player;
}

function Review({ view }: { view: ConversationView }) {
  const player = usePlayer(view);
  return player === null ? null : <Opened view={view} player={player} />;
}

function Opened({ view, player }: { view: ConversationView; player: Player }) {
  const { t } = useTranslation();
  const { job } = view;
  const [asMachine, setAsMachine] = useState(false);
  const machine = useCall("conversation.machine", { id: view.conversation.id }, { enabled: asMachine }).data?.conversation;
  const showsMachine = asMachine && machine !== undefined;
  const conversation = showsMachine ? machine : view.conversation;
  const { id, kind, turns, participants, durationMs } = conversation;
  const asked = useMemo(() => new URLSearchParams(window.location.search), []);
  const search = useSearch();
  const together = participants.length === 1 && conversation.shortfalls.some((each) => each.lacks === "speakers");
  const voices = useMemo(
    () => voicesOf(participants, (role) => t(`role.${role}`), together ? t("review.together") : null),
    [participants, together, t],
  );
  const track = useMemo(() => wordTrack(turns), [turns]);
  const waveform = useRef<WaveformHandle>(null);
  const scrollable = useRef<Scrollable>(null);
  const [follow, setFollow] = useState(true);
  const unfollow = () => setFollow(false);
  const finding = useFinding({ turns, asked: asked.get("find"), scrollable, unfollow });
  const adopt = useRef(finding.adopt);
  adopt.current = finding.adopt;
  const isCall = kind === "call";

  useEffect(() => {
    document.title = `${conversation.title} · ${t("app.name")}`;
  }, [conversation.title, t]);

  // The address may name a moment or a turn: open there.
  const opened = useRef("");
  useEffect(() => {
    const place = new URLSearchParams(search);
    const key = place.toString();
    if (opened.current === key || turns.length === 0) return;
    opened.current = key;
    const turn = turns.findIndex((each) => each.id === place.get("turn"));
    const at = place.has("t") ? Number(place.get("t")) : turns[turn]?.startMs;
    if (at !== undefined && Number.isFinite(at) && isCall) player.seek(at);
    const text = place.get("find");
    if (text !== null) adopt.current(text, turn);
    if (turn >= 0) requestAnimationFrame(() => scrollable.current?.show(turn));
  }, [search, turns, player, isCall]);

  const corrections = useCorrections(id);
  const correct = (operation: Operation) => void corrections.make([operation]);
  const undo = () => void corrections.undo();

  const jump = (ms: number) => {
    setFollow(true);
    player.seek(ms);
  };
  const stepTurn = (by: 1 | -1) => {
    const current = track.turnAt(player.positionMs);
    const from = turns[current]?.startMs ?? 0;
    // Back goes to the beginning of this turn first, as players do.
    const next = by === -1 && player.positionMs - from > 1_500 ? current : current + by;
    const turn = turns[Math.max(0, Math.min(turns.length - 1, next))];
    if (turn !== undefined) jump(turn.startMs);
  };
  // Before anybody has spoken it is the first.
  const currentTurn = () => turns[Math.max(0, track.turnAt(player.positionMs))];
  const sounds = useMemo(() => soundedSpans(conversation), [conversation]);
  const markers = useMarkers(conversation);
  const moments = useMemo(() => {
    const heard = sounds.filter(({ kind: sounded }) => sounded !== "dead-air");
    return momentsOf(conversation, markers, heard, (word) => doubtOf(word) !== undefined);
  }, [conversation, markers, sounds]);
  const separateSides = view.recording?.layout === "separate" && view.peakChannels > 1;
  const sides = useMemo(() => (separateSides ? sidesOf(voices) : []), [separateSides, voices]);
  useEffect(() => {
    player.silences = unspoken({ turns, durationMs });
    player.hushed = view.muted;
  }, [player, turns, durationMs, view.muted]);

  usePlayerActions({ isCall, player, moments, separateSides, waveform, currentTurn, stepTurn, jump });
  const editable = !showsMachine && !isHeardSoFar(view) && turns.length > 0;
  const [caret] = useState(() => new Caret());
  const places = useMemo(() => wordPlaces(turns), [turns]);
  const [reading, read] = useReading();
  const differing = useMemo(
    () => (showsMachine ? differences(machine, view.conversation) : undefined),
    [showsMachine, machine, view.conversation],
  );
  const editing = useEditing({ view, editable, player, track, caret, places, voices, corrections, scrollable, unfollow });
  const threads = useCall("comment.list", { conversationId: id }).data?.threads;
  const bookmarks = useCall("bookmark.list", { conversationId: id }).data?.bookmarks;
  const marksOf = useMemo(() => marksByTurn(threads ?? [], bookmarks ?? []), [threads, bookmarks]);
  const answered = useMemo(() => {
    const ours = new Set(participants.filter(({ role }) => role === "agent" || role === "bot").map((each) => each.id));
    const given =
      kind === "chat" ? responses({ turns, kind }).filter((each) => ours.has(each.byParticipantId) && each.afterMs >= 1_000) : [];
    return new Map(given.map(({ turnId, afterMs }) => [turnId, afterMs]));
  }, [turns, participants, kind]);
  const [tab, setTab] = useKept<PanelTab>("panel.tab", "figures", panelTabs);
  const [composing, setComposing] = useState<Composing | null>(null);
  // A comment that was being written when Earmark ended, or the page, is in sight again.
  const drafts = useDrafts(id);
  const begun = drafts?.some(({ place }) => /^(comment|reply|edit):/u.test(place)) === true;
  const asFound = useRef<boolean | null>(null);
  useEffect(() => {
    if (drafts === undefined || asFound.current !== null) return;
    asFound.current = begun;
    if (begun) setTab("comments");
  }, [drafts, begun, setTab]);
  const [focusedThread, setFocusedThread] = useState<{ id: string; asked: number } | null>(null);
  const openThread = useCallback(
    (thread: string) => {
      setTab("comments");
      setFocusedThread((before) => ({ id: thread, asked: (before?.asked ?? 0) + 1 }));
    },
    [setTab],
  );
  /** What a comment or bookmark made now is on: what is chosen in the waveform or the words, else the place. */
  const here = (): Composing | null => {
    const target = editing.target();
    const { selection } = player.state();
    if (selection !== null && target?.chosen !== true) return composingIn(selection);
    return target === undefined ? null : composingOn(target);
  };
  const compose = (on: Composing | null) => {
    setComposing(on);
    if (on !== null) setTab("comments");
  };
  const goTo = ({ startMs, turnIds: [turnId], wordIds: [wordId] }: Pick<AnchorView, "startMs" | "turnIds" | "wordIds">) => {
    if (isCall) player.seek(startMs);
    unfollow();
    const turn = turns.findIndex((each) => each.id === turnId);
    if (turn >= 0) scrollable.current?.show(turn, wordId);
  };
  const bookmarking = useAct("bookmark.add", ({ bookmark }) => {
    void memory.invalidateQueries({ queryKey: ["bookmark.list"] });
    tell(t("reviewing.bookmarked", { time: clock(bookmark.anchor.startMs) }));
  });
  useActions({
    "transcript.find": turns.length > 0 ? () => finding.begin(false) : undefined,
    "transcript.replace": editable ? () => finding.begin(true) : undefined,
    "transcript.comment": editable ? () => compose(here()) : undefined,
    "transcript.bookmark": editable
      ? () => {
          const anchor = here()?.anchor;
          if (anchor !== null && anchor !== undefined) bookmarking.mutate({ conversationId: id, anchor });
        }
      : undefined,
    "transcript.tags": () => {
      setTab("comments");
      requestAnimationFrame(() => document.getElementById("conversation-tags")?.focus());
    },
    "transcript.follow": isCall
      ? () => {
          setFollow(true);
          scrollable.current?.show(track.turnAt(player.positionMs), track.wordsAt(player.positionMs)[0]);
        }
      : undefined,
  });

  const limited = conversation.provenance?.models.some((model) => model.limited && model.task === "transcription") ?? false;
  const canSwap = isSwappable(conversation);
  const inWork = job !== null && (job.state === "running" || job.state === "waiting");
  const stopped = job !== null && (job.state === "failed" || job.state === "cancelled");

  return (
    <div className={classes["page"]}>
      <Header conversation={conversation} />
      <JobBand job={job} />
      {isCall && view.peakChannels > 0 && (
        <Waveform
          conversation={conversation}
          peakChannels={view.peakChannels}
          player={player}
          voices={voices}
          track={track}
          separateSides={separateSides}
          handle={waveform}
          markers={markers}
          sounds={sounds}
          laneMenu={(voice) => <SpeakerMenu voice={voice} canSwap={canSwap} correct={correct} />}
        />
      )}
      {isCall && (
        <TransportBar
          player={player}
          durationMs={durationMs}
          stepTurn={stepTurn}
          currentTurn={currentTurn}
          moments={moments}
          sides={sides}
          jump={jump}
        >
          <ReviewDesk conversation={conversation} player={player} track={track} voices={voices} />
          <SoundState player={player} preparing={view.mediaId === null && inWork} />
          <Switch
            size="xs"
            label={t("review.follow")}
            checked={follow}
            onChange={(event) => setFollow(event.currentTarget.checked)}
          />
        </TransportBar>
      )}
      <div className={classes["lower"]}>
        <section className={classes["reading"]} aria-label={t(isCall ? "review.transcript" : "review.chat")}>
          <div className={classes["readingHead"]}>
            {limited && (
              <p className={classes["limited"]} data-testid="limited">
                <IconInfoCircle size={14} aria-hidden="true" /> {t("review.limited")}
              </p>
            )}
            {editable && (
              <EditingBar
                view={view}
                caret={caret}
                places={places}
                voices={voices}
                giving={editing.giving}
                setGiving={editing.setGiving}
                give={editing.give}
                giveToNew={editing.giveToNew}
              />
            )}
            <DoubtLegend turns={turns} />
            {turns.length > 0 && !isHeardSoFar(view) && (
              <ReadingTools
                turns={turns}
                reading={reading}
                read={read}
                asMachine={asMachine}
                toggleMachine={() => setAsMachine(!asMachine)}
              />
            )}
            {finding.open ? (
              <FindBar finding={finding} canReplace={editable} />
            ) : (
              turns.length > 0 && (
                <Button
                  variant="subtle"
                  color="gray"
                  className={classes["findButton"] ?? ""}
                  leftSection={<IconSearch size={14} aria-hidden="true" />}
                  onClick={() => finding.begin(false)}
                >
                  {t("review.find")}
                </Button>
              )
            )}
          </div>
          {finding.replacing && editable && (
            <ReplaceBar conversation={conversation} finding={finding} corrections={corrections} />
          )}
          {reading.confidence && <ConfidenceLegend />}
          <EditingNotes
            view={view}
            machine={showsMachine ? { changed: view.operations.length > 0, close: () => setAsMachine(false) } : null}
            corrections={corrections}
          />
          {isHeardSoFar(view) && view.partial !== null && (
            <StillListening untilMs={view.partial.untilMs} durationMs={durationMs} />
          )}
          {view.recording !== null && <RecordingNotes recording={view.recording} />}
          {!inWork && conversation.shortfalls.map((each) => <ShortfallNote key={each.lacks} shortfall={each} />)}
          {turns.length === 0 ? (
            <p className={classes["noTurns"]}>
              {t(inWork ? "review.noTurnsYet" : stopped ? "review.notListened" : "review.noTurns")}
            </p>
          ) : (
            <Transcript
              conversation={conversation}
              player={player}
              voices={voices}
              track={track}
              matches={finding.matches}
              activeMatch={finding.match}
              follow={follow && isCall && editing.editor === null}
              unfollow={unfollow}
              scrollable={scrollable}
              caret={caret}
              places={places}
              marksOf={marksOf}
              reading={reading}
              differing={differing}
              walkable={editable}
              editor={editing.editor}
              edit={editable ? editing.begin : undefined}
              giveToNumber={(number) => {
                const voice = [...voices.values()][number - 1];
                if (voice !== undefined) editing.give(voice.id);
              }}
              openThread={openThread}
              answered={answered}
            />
          )}
        </section>
        <Splitter name="review" label={t("desk.splitter")} />
        <Panel
          view={view}
          voices={voices}
          jump={jump}
          correct={correct}
          undo={undo}
          tab={tab}
          setTab={setTab}
          places={places}
          composing={composing}
          compose={compose}
          focusedThread={focusedThread}
          goTo={goTo}
        />
        {editing.dialogs}
      </div>
    </div>
  );
}

/** Who is heard on which side of the recording. */
function sidesOf(voices: ReadonlyMap<string, Voice>): Side[] {
  return ([0, 1] as const).flatMap((side) => {
    const own = [...voices.values()].filter(
      ({ participant }) => participant.channel !== null && sideOf(participant.channel) === side,
    );
    return own.length === 0 ? [] : [{ side, name: own.map((voice) => voice.name).join(", "), hue: own[0]?.hue ?? null }];
  });
}

function SoundState({ player, preparing }: { player: Player; preparing: boolean }) {
  const { t } = useTranslation();
  const { failure } = usePlayerState(player);
  if (failure !== null) {
    return (
      <span className={classes["warning"]} role="alert" title={failure}>
        {t("review.noPlayback")}
      </span>
    );
  }
  return preparing ? (
    <span className={classes["quiet"]} role="status">
      {t("review.preparingSound")}
    </span>
  ) : null;
}

/** What about the recording itself makes the rest to be read with care. */
function RecordingNotes({ recording }: { recording: RecordingView }) {
  const { t } = useTranslation();
  const { silentChannels, truncated } = recording;
  const channels = silentChannels.map((channel) => channel + 1).join(", ");
  return (
    <>
      {silentChannels.length > 0 && (
        <Care
          title={t("review.silentChannel", { count: silentChannels.length, channels })}
          text={t("review.silentNote")}
          testId="silent-channel"
        />
      )}
      {truncated && <Care title={t("review.truncated")} text={t("review.truncatedNote")} testId="truncated" />}
    </>
  );
}

function Care({ title, text, testId }: { title: string; text: string; testId: string }) {
  return (
    <aside className={classes["care"]} aria-label={title} data-testid={testId}>
      <IconAlertTriangle size={18} aria-hidden="true" />
      <p>
        <strong>{title}.</strong> {text}
      </p>
    </aside>
  );
}

/** Something the engine could not add, why, and what would: a state, not an error. */
function ShortfallNote({ shortfall }: { shortfall: Shortfall }) {
  const { t } = useTranslation();
  const { lacks, reason, modelId } = shortfall;
  if (reason === "not-asked") return null;
  return (
    <aside
      className={classes["shortfall"]}
      data-testid="shortfall"
      data-lacks={lacks}
      aria-label={t(`review.shortfall.title.${lacks}`)}
    >
      <IconInfoCircle size={18} aria-hidden="true" />
      <div>
        <strong>{t(`review.shortfall.title.${lacks}`)}</strong>
        <p>
          {t(`review.shortfall.reason.${reason}`, { model: modelId ?? t("review.shortfall.anyModel") })}{" "}
          {t(`review.shortfall.kept.${lacks}`)}
        </p>
      </div>
      <Link href="/settings#models">{t("review.shortfall.toModels")}</Link>
    </aside>
  );
}
