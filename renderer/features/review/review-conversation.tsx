import { Switch } from "@mantine/core";
import { useEffect, useMemo, useRef, useState } from "react";
import type { ConversationView } from "../../../app/contract/views.ts";
import { responses } from "../../../app/conversation/measures-over-time.ts";
import type { Operation } from "../../../app/conversation/operations.ts";
import { useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { useActions } from "../../ui/actions/index.ts";
import { Splitter } from "../../ui/desk/splitter.tsx";
import { useChecklist } from "./checklist-open.ts";
import { useCorrections } from "./editing-corrections.ts";
import { useEditing } from "./editing-workspace.tsx";
import { useFinding } from "./find-state.ts";
import { Header } from "./header.tsx";
import { JobBand } from "./job-band.tsx";
import type { GoTo } from "./left-behind.tsx";
import type { PlacedMark } from "./marks.ts";
import { MarksLegend, type Stand } from "./marks-legend.tsx";
import { useMarks } from "./marks-shown.ts";
import { Panel } from "./panel.tsx";
import { isHeardSoFar } from "./partial-transcript.ts";
import type { Player } from "./player.ts";
import { usePlayerActions } from "./player-actions.ts";
import { openMarker, useMarkers } from "./player-markers.ts";
import { type Marker, markerAt, momentsOf } from "./player-moments.ts";
import { sidesOf } from "./player-sides.ts";
import { unspoken } from "./player-silence.ts";
import classes from "./review.module.css";
import { useAddress } from "./review-address.ts";
import { ReviewDesk } from "./review-desk.tsx";
import { useDiscussion } from "./review-discussion.ts";
import { SoundState } from "./review-notes.tsx";
import { ReviewTranscript } from "./review-transcript.tsx";
import { soundedSpans } from "./sounds-lane.ts";
import { isSwappable, SpeakerMenu } from "./speaker-menu.tsx";
import { Tracks } from "./tracks.tsx";
import type { Scrollable } from "./transcript.tsx";
import { Caret, wordPlaces } from "./transcript-caret.ts";
import { differences } from "./transcript-marks.ts";
import { TransportBar } from "./transport-bar.tsx";
import { voicesOf } from "./voices.ts";
import { Waveform, type WaveformHandle } from "./waveform.tsx";
import { doubtOf } from "./word-doubt.ts";
import { wordTrack } from "./word-track.ts";

/** The waveform and the transcript as two views of one moment, and the panel beside them. */
export function OpenedConversation({ view, player }: { view: ConversationView; player: Player }) {
  const { t } = useTranslation();
  const { job } = view;
  const [asMachine, setAsMachine] = useState(false);
  const machine = useCall("conversation.machine", { id: view.conversation.id }, { enabled: asMachine }).data?.conversation;
  const showsMachine = asMachine && machine !== undefined;
  const conversation = showsMachine ? machine : view.conversation;
  const { id, kind, turns, participants, durationMs } = conversation;
  const isCall = kind === "call";
  const asked = useMemo(() => new URLSearchParams(window.location.search), []);
  const together = participants.length === 1 && conversation.shortfalls.some((each) => each.lacks === "speakers");
  const voices = useMemo(
    () => voicesOf(participants, (role) => t(`role.${role}`), together ? t("review.together") : null),
    [participants, together, t],
  );
  const track = useMemo(() => wordTrack(turns), [turns]);
  const places = useMemo(() => wordPlaces(turns), [turns]);
  const [caret] = useState(() => new Caret());
  const waveform = useRef<WaveformHandle>(null);
  const scrollable = useRef<Scrollable>(null);
  const [follow, setFollow] = useState(true);
  const unfollow = () => setFollow(false);
  const finding = useFinding({ turns, asked: asked.get("find"), scrollable, unfollow });
  useAddress({ turns, isCall, player, scrollable, adopt: finding.adopt });

  useEffect(() => {
    document.title = `${conversation.title} · ${t("app.name")}`;
  }, [conversation.title, t]);

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
  const checklist = useChecklist(view);
  const markers = useMarkers(conversation, checklist.markers);
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
  const differing = useMemo(
    () => (showsMachine ? differences(machine, view.conversation) : undefined),
    [showsMachine, machine, view.conversation],
  );
  const editing = useEditing({ view, editable, player, track, caret, places, voices, corrections, scrollable, unfollow });
  const discussion = useDiscussion({ id, editable, player, target: editing.target });
  const marks = useMarks({ view, conversation, places, ofMachine: showsMachine });
  const answered = useMemo(() => {
    const ours = new Set(participants.filter(({ role }) => role === "agent" || role === "bot").map((each) => each.id));
    const given =
      kind === "chat" ? responses({ turns, kind }).filter((each) => ours.has(each.byParticipantId) && each.afterMs >= 1_000) : [];
    return new Map(given.map(({ turnId, afterMs }) => [turnId, afterMs]));
  }, [turns, participants, kind]);

  const goTo: GoTo = ({ startMs, turnIds: [turnId], wordIds: [wordId] }) => {
    if (isCall) player.seek(startMs);
    unfollow();
    const turn = turns.findIndex((each) => each.id === turnId);
    if (turn >= 0) scrollable.current?.show(turn, wordId);
  };
  const open = (marker: Marker) =>
    openMarker(marker, {
      thread: discussion.openThread,
      bookmarks: () => discussion.setTab("comments"),
      place: ({ startMs, place }) => {
        goTo({ startMs, turnIds: [...(place?.turnIds ?? [])], wordIds: [...(place?.wordIds ?? [])] });
        const [turnId] = place?.turnIds ?? [];
        if (marker.kind === "redaction" && turnId !== undefined) editing.focus(turnId, place?.wordIds[0] ?? null);
      },
      answer: checklist.open,
    });
  /** Where the person is among the words; where nowhere yet, at what is being heard, or before the first. */
  const stand = (): Stand => {
    const { turnId, wordId } = caret.state();
    const place = wordId === null ? undefined : places.of.get(wordId);
    if (place !== undefined) return { turn: place.turn, at: place.word };
    const turn = turnId === null ? -1 : turns.findIndex((each) => each.id === turnId);
    if (turn >= 0) return { turn, at: 0 };
    return { turn: isCall ? track.turnAt(player.positionMs) : -1, at: isCall ? 0 : -1 };
  };
  const showMark = ({ mark, turn, wordId }: PlacedMark) => {
    const within = document.activeElement?.closest("[data-turn]") != null;
    const turnId = turns[turn]?.id ?? mark.turnId;
    const word = wordId === null ? undefined : turns[turn]?.words.find((each) => each.id === wordId);
    goTo({ startMs: word?.startMs ?? mark.startMs, turnIds: [turnId], wordIds: wordId === null ? [] : [wordId] });
    caret.choose(null);
    caret.stand(turnId, wordId);
    if (within) editing.focus(turnId, wordId);
  };
  useActions({
    "transcript.find": turns.length > 0 ? () => finding.begin(false) : undefined,
    "transcript.replace": editable ? () => finding.begin(true) : undefined,
    "transcript.follow": isCall
      ? () => {
          setFollow(true);
          scrollable.current?.show(track.turnAt(player.positionMs), track.wordsAt(player.positionMs)[0]);
        }
      : undefined,
    "moments.openMarker":
      isCall && markers.length > 0
        ? () => {
            const marker = markerAt(markers, player.positionMs);
            if (marker !== undefined) open(marker);
          }
        : undefined,
  });
  const canSwap = isSwappable(conversation);
  const preparing = view.mediaId === null && job !== null && (job.state === "running" || job.state === "waiting");

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
          openMarker={open}
          laneMenu={(voice) => <SpeakerMenu voice={voice} canSwap={canSwap} correct={correct} />}
        />
      )}
      {isCall && turns.length > 0 && (
        <Tracks
          view={view}
          conversation={conversation}
          player={player}
          voices={voices}
          waveform={waveform}
          jump={jump}
          goTo={goTo}
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
          <SoundState player={player} preparing={preparing} />
          <Switch
            size="xs"
            label={t("review.follow")}
            checked={follow}
            onChange={(event) => setFollow(event.currentTarget.checked)}
          />
        </TransportBar>
      )}
      <div className={classes["lower"]}>
        <ReviewTranscript
          view={view}
          conversation={conversation}
          player={player}
          voices={voices}
          track={track}
          caret={caret}
          places={places}
          editing={editing}
          corrections={corrections}
          editable={editable}
          finding={finding}
          machine={{ asked: asMachine, shown: showsMachine, ask: setAsMachine }}
          follow={follow}
          unfollow={unfollow}
          scrollable={scrollable}
          marksOf={discussion.marksOf}
          insightOf={marks.byTurn}
          legend={<MarksLegend marks={marks} stand={stand} show={showMark} />}
          differing={differing}
          answered={answered}
          openThread={discussion.openThread}
          goTo={goTo}
        />
        <Splitter name="review" label={t("desk.splitter")} />
        <Panel
          view={view}
          voices={voices}
          jump={jump}
          correct={correct}
          undo={undo}
          tab={discussion.tab}
          setTab={discussion.setTab}
          checklist={checklist}
          player={player}
          target={editing.target}
          places={places}
          composing={discussion.composing}
          compose={discussion.compose}
          focusedThread={discussion.focusedThread}
          goTo={goTo}
        />
        {editing.dialogs}
      </div>
    </div>
  );
}
