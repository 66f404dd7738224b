import type { RefObject } from "react";
import type { Span, Turn } from "../../../app/conversation/conversation.ts";
import { type ActionRuns, useActions } from "../../ui/actions/index.ts";
import { type Player, rates } from "./player.ts";
import { type MomentKind, type Moments, stepMoment } from "./player-moments.ts";
import type { WaveformHandle } from "./waveform.tsx";

/** What the actions of the player work with. */
export interface PlayerActions {
  /** There is a sound to play. */
  readonly isCall: boolean;
  readonly player: Player;
  readonly moments: Moments;
  readonly separateSides: boolean;
  readonly waveform: RefObject<WaveformHandle | null>;
  /** The turn that is on, or was last. */
  readonly currentTurn: () => Turn | undefined;
  readonly stepTurn: (by: 1 | -1) => void;
  /** Goes to a moment, in the transcript too. */
  readonly jump: (ms: number) => void;
}

/** Goes to the next or the previous moment of a kind; answers whether there is one. */
export function goToMoment(
  { player, moments, jump }: Pick<PlayerActions, "player" | "moments" | "jump">,
  kind: MomentKind,
  by: 1 | -1,
): boolean {
  const moment = stepMoment(moments[kind], player.positionMs, by);
  if (moment !== undefined) jump(moment.startMs);
  return moment !== undefined;
}

/** Loops the selection, else the turn; ends the loop when one is on. */
export function toggleLoop(player: Player, turn: Span | undefined): void {
  const { loop, selection } = player.state();
  if (loop !== null) player.loop(null);
  else {
    const span = selection ?? turn;
    if (span !== undefined && span.endMs > span.startMs) player.loop({ startMs: span.startMs, endMs: span.endMs });
  }
}

/** Sets an end of the selection at the playhead. The other end is kept, or is the end of the turn that is on. */
function selectHere(player: Player, end: "from" | "to", turn: Turn | undefined, atMs = player.positionMs): void {
  const { selection } = player.state();
  if (end === "from") {
    const other = selection !== null && selection.endMs > atMs ? selection.endMs : Math.max(turn?.endMs ?? 0, atMs + 1_000);
    player.select({ startMs: atMs, endMs: other });
  } else {
    const other =
      selection !== null && selection.startMs < atMs ? selection.startMs : Math.min(turn?.startMs ?? atMs, atMs - 1_000);
    player.select({ startMs: other, endMs: atMs });
  }
}

/** Holds the actions of the player, of the moments and of the waveform while a call is open. */
export function usePlayerActions(actions: PlayerActions): void {
  const { player, waveform, currentTurn, stepTurn, separateSides } = actions;
  const by = (ms: number) => () => player.skip(ms);
  const faster = (step: number) => () => player.setRate(player.state().rate + step);
  const moment = (kind: MomentKind, direction: 1 | -1) => () => void goToMoment(actions, kind, direction);
  const runs: ActionRuns = {
    "player.toggle": () => player.toggle(),
    "player.toggleAnywhere": () => player.toggle(),
    "player.back1": by(-1_000),
    "player.forward1": by(1_000),
    "player.back3": by(-3_000),
    "player.forward3": by(3_000),
    "player.back5": by(-5_000),
    "player.forward5": by(5_000),
    "player.slower": faster(-rates.step),
    "player.faster": faster(rates.step),
    "player.normalSpeed": () => player.setRate(1),
    "player.replayTurn": () => {
      const turn = currentTurn();
      if (turn !== undefined) player.playSpan(turn.startMs, turn.endMs);
    },
    "player.loop": () => toggleLoop(player, currentTurn()),
    "player.skipSilence": () => player.setSkipSilence(!player.state().skipSilence),
    "player.hearSide": separateSides ? () => player.hearNextSide() : undefined,
    "moments.previousTurn": () => stepTurn(-1),
    "moments.nextTurn": () => stepTurn(1),
    "moments.previousDoubt": moment("doubt", -1),
    "moments.nextDoubt": moment("doubt", 1),
    "moments.previousSilence": moment("silence", -1),
    "moments.nextSilence": moment("silence", 1),
    "moments.previousInterruption": moment("interruption", -1),
    "moments.nextInterruption": moment("interruption", 1),
    "moments.previousSound": moment("sound", -1),
    "moments.nextSound": moment("sound", 1),
    "moments.previousComment": moment("comment", -1),
    "moments.nextComment": moment("comment", 1),
    "moments.previousBookmark": moment("bookmark", -1),
    "moments.nextBookmark": moment("bookmark", 1),
    "moments.previousRedaction": moment("redaction", -1),
    "moments.nextRedaction": moment("redaction", 1),
    "moments.previousAnswer": moment("answer", -1),
    "moments.nextAnswer": moment("answer", 1),
    "moments.previousUnanswered": moment("unanswered", -1),
    "moments.nextUnanswered": moment("unanswered", 1),
    "waveform.zoomIn": () => waveform.current?.zoomIn(),
    "waveform.zoomOut": () => waveform.current?.zoomOut(),
    "waveform.fit": () => waveform.current?.fit(),
    "waveform.zoomTurn": () => {
      const turn = currentTurn();
      if (turn !== undefined) waveform.current?.show(turn);
    },
    "waveform.zoomSelection": () => {
      const { selection } = player.state();
      if (selection !== null) waveform.current?.show(selection);
    },
    "waveform.selectFrom": () => selectHere(player, "from", currentTurn()),
    "waveform.selectTo": () => selectHere(player, "to", currentTurn()),
    "waveform.selectTurn": () => {
      const turn = currentTurn();
      if (turn !== undefined) player.select(turn);
    },
    "waveform.selectNothing": () => player.select(null),
    "waveform.playSelection": () => {
      const { selection } = player.state();
      if (selection !== null) player.playSpan(selection.startMs, selection.endMs);
    },
  };
  useActions(actions.isCall ? runs : {});
}
