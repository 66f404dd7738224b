import { Button, Skeleton, Switch } from "@mantine/core";
import { IconAlertTriangle, IconInfoCircle, IconSearch } from "@tabler/icons-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { Link, useSearch } from "wouter";
import type { ConversationView, RecordingView } from "../../../app/contract/views.ts";
import type { Shortfall } from "../../../app/conversation/conversation.ts";
import type { Operation } from "../../../app/conversation/operations.ts";
import { call, keyOf, mediaUrl, memory, onConnection, useAct, useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { asFailure, PageFailure } from "../../ui/states.tsx";
import { findMatches, shownText } from "./find.ts";
import { FindBar } from "./find-bar.tsx";
import { Header } from "./header.tsx";
import { JobBand } from "./job-band.tsx";
import { useReviewKeys } from "./keys.ts";
import { Panel } from "./panel.tsx";
import { Player, usePlayerState } from "./player.ts";
import classes from "./review.module.css";
import { isSwappable, SpeakerMenu } from "./speaker-menu.tsx";
import { type Scrollable, Transcript } from "./transcript.tsx";
import { TransportBar } from "./transport-bar.tsx";
import { doubtOf } from "./turn-row.tsx";
import { voicesOf } from "./voices.ts";
import { Waveform, type Zoomable } from "./waveform.tsx";
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
  return <Review view={view.data} />;
}

/** A player that lives as long as the page. */
function usePlayer(view: ConversationView): Player | null {
  const [player, setPlayer] = useState<Player | null>(null);
  const settings = useCall("settings.get", {});
  const rewind = settings.data?.rewindOnResumeMs ?? 0;
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
  useEffect(() => {
    if (player !== null) player.rewindOnResumeMs = rewind;
  }, [player, rewind]);
  if (player !== null && view.mediaId !== null) player.load(mediaUrl(view.mediaId));
  return player;
}

function Review({ view }: { view: ConversationView }) {
  const player = usePlayer(view);
  return player === null ? null : <Opened view={view} player={player} />;
}

function Opened({ view, player }: { view: ConversationView; player: Player }) {
  const { t } = useTranslation();
  const { conversation, job } = view;
  const { id, kind, turns, participants, durationMs } = conversation;
  const asked = useMemo(() => new URLSearchParams(window.location.search), []);
  const search = useSearch();
  const together = participants.length === 1 && conversation.shortfalls.some((each) => each.lacks === "speakers");
  const voices = useMemo(
    () => voicesOf(participants, (role) => t(`role.${role}`), together ? t("review.together") : null),
    [participants, together, t],
  );
  const track = useMemo(() => wordTrack(turns), [turns]);
  const zoomable = useRef<Zoomable>(null);
  const scrollable = useRef<Scrollable>(null);
  const findBox = useRef<HTMLInputElement>(null);
  const [follow, setFollow] = useState(true);
  const [finding, setFinding] = useState(asked.has("find"));
  const [wanted, setWanted] = useState(asked.get("find") ?? "");
  const [matchIndex, setMatchIndex] = useState(0);
  const matches = useMemo(() => (finding ? findMatches(turns, wanted) : []), [finding, turns, wanted]);
  const match = matches[Math.min(matchIndex, matches.length - 1)];
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
    if (text !== null) {
      setFinding(true);
      setWanted(text);
      const here = findMatches(turns, text).findIndex((each) => each.turn >= turn);
      setMatchIndex(Math.max(0, here));
    }
    if (turn >= 0) requestAnimationFrame(() => scrollable.current?.show(turn));
  }, [search, turns, player, isCall]);

  const put = (next: ConversationView) => {
    memory.setQueryData(keyOf("conversation.get", { id }), next);
    void memory.invalidateQueries({ queryKey: ["library.list"] });
  };
  const correction = useAct("conversation.correct", put);
  const undoing = useAct("conversation.undo", put);
  const correct = (operation: Operation) => correction.mutate({ id, operation });
  const undo = () => {
    if (view.operations.length > 0) undoing.mutate({ id });
  };

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
  const openFind = () => {
    setFinding(true);
    setMatchIndex(0);
    requestAnimationFrame(() => {
      findBox.current?.focus();
      findBox.current?.select();
    });
  };
  const closeFind = () => {
    setFinding(false);
    document.querySelector<HTMLElement>("[data-testid=transcript]")?.focus();
  };
  const stepMatch = (by: 1 | -1) => {
    if (matches.length === 0) return;
    const next = (Math.min(matchIndex, matches.length - 1) + by + matches.length) % matches.length;
    setMatchIndex(next);
    showMatch(next);
  };
  const showMatch = (index: number) => {
    const each = matches[index];
    if (each === undefined) return;
    setFollow(false);
    scrollable.current?.show(each.turn, wordOf(turns[each.turn], each.from));
  };
  const stepDoubt = (by: 1 | -1) => {
    const doubtful = turns.flatMap((turn) =>
      turn.words.filter((word) => doubtOf(word) !== undefined).map((word) => word.startMs),
    );
    const ordered = doubtful.sort((a, b) => a - b);
    const now = player.positionMs;
    const next = by === 1 ? ordered.find((ms) => ms > now + 50) : ordered.findLast((ms) => ms < now - 50);
    if (next !== undefined) jump(next);
  };

  useReviewKeys({
    isCall,
    player,
    stepTurn,
    stepDoubt,
    replay: () => {
      const turn = turns[track.turnAt(player.positionMs)];
      if (turn !== undefined) player.playSpan(turn.startMs, turn.endMs);
    },
    follow: () => {
      setFollow(true);
      scrollable.current?.show(track.turnAt(player.positionMs), track.wordsAt(player.positionMs)[0]);
    },
    find: openFind,
    undo,
    zoom: zoomable,
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
          zoomable={zoomable}
          laneMenu={(voice) => <SpeakerMenu voice={voice} canSwap={canSwap} correct={correct} />}
        />
      )}
      {isCall && (
        <TransportBar player={player} durationMs={durationMs} stepTurn={stepTurn}>
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
            {finding ? (
              <FindBar
                box={findBox}
                text={wanted}
                change={(text) => {
                  setWanted(text);
                  setMatchIndex(0);
                  const first = findMatches(turns, text, 1)[0];
                  if (first !== undefined) {
                    setFollow(false);
                    scrollable.current?.show(first.turn, wordOf(turns[first.turn], first.from));
                  }
                }}
                index={Math.min(matchIndex, Math.max(0, matches.length - 1))}
                total={matches.length}
                step={stepMatch}
                close={closeFind}
              />
            ) : (
              turns.length > 0 && (
                <Button
                  variant="subtle"
                  color="gray"
                  className={classes["findButton"] ?? ""}
                  leftSection={<IconSearch size={14} aria-hidden="true" />}
                  onClick={openFind}
                >
                  {t("review.find")}
                </Button>
              )
            )}
          </div>
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
              matches={matches}
              activeMatch={match}
              follow={follow && isCall}
              unfollow={() => setFollow(false)}
              scrollable={scrollable}
            />
          )}
        </section>
        <Panel view={view} voices={voices} jump={jump} correct={correct} undo={undo} />
      </div>
    </div>
  );
}

/** The id of the word at a place in a turn's shown text. */
function wordOf(turn: ConversationView["conversation"]["turns"][number] | undefined, from: number): string | undefined {
  if (turn === undefined || turn.words.length === 0) return undefined;
  const before = shownText(turn).slice(0, from).split(" ").length - 1;
  return turn.words[before]?.id;
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
