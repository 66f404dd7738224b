import { type ReactNode, type RefObject, useEffect, useRef, useState } from "react";
import type { ConversationView } from "../../../app/contract/views.ts";
import { searchedText } from "../../../app/conversation/find-replace.ts";
import type { Operation } from "../../../app/conversation/operations.ts";
import { useTranslation } from "../../text/index.ts";
import { type ActionRuns, useActions } from "../../ui/actions/index.ts";
import { tell } from "../../ui/notices.tsx";
import { isCovered } from "../../ui/typing.ts";
import type { Corrections } from "./editing-corrections.ts";
import { useDrafts } from "./editing-drafts.ts";
import {
  acceptDoubts,
  giveTo,
  mergeWithNext,
  nudge,
  nudgeMs,
  offsetOf,
  redactionOf,
  splitAt,
  withReason,
} from "./editing-operations.ts";
import { RedactDialog } from "./editing-redact.tsx";
import { RestoreHidden } from "./editing-restore.tsx";
import { draftPlaceOf, type EditedTurn, TurnEditor } from "./editing-turn.tsx";
import type { Player } from "./player.ts";
import { NameDialog } from "./speaker-menu.tsx";
import type { Scrollable } from "./transcript.tsx";
import { type Caret, spanOf, type Target, targetOf, type WordPlaces } from "./transcript-caret.ts";
import type { Voice } from "./voices.ts";
import { doubtOf } from "./word-doubt.ts";
import type { WordTrack } from "./word-track.ts";

/** After this a menu has given the focus back, and what had vanished has handed it on; in milliseconds. */
const settledMs = 200;

/** What the page has of the correcting of its transcript. */
export interface Editing {
  /** The turn that is being written, and its field. */
  readonly editor: { readonly turnId: string; readonly node: ReactNode } | null;
  /** What the next correction would be about: what is chosen or stood on, else what is being heard. */
  readonly target: () => Target | undefined;
  readonly giving: boolean;
  readonly setGiving: (open: boolean) => void;
  readonly give: (participantId: string) => void;
  readonly giveToNew: () => void;
  readonly begin: () => void;
  /** Puts the focus on a word, or on a turn, as soon as it is on the page. */
  readonly focus: (turnId: string, wordId: string | null) => void;
  /** Dialogs, to be put anywhere in the page. */
  readonly dialogs: ReactNode;
}

/** Corrections by keys and buttons, on the words where the person stands. */
export function useEditing({
  view,
  editable,
  player,
  track,
  caret,
  places,
  voices,
  corrections,
  scrollable,
  unfollow,
}: {
  view: ConversationView;
  /** The transcript on screen is the present revision, and words of it may be corrected. */
  editable: boolean;
  player: Player;
  track: WordTrack;
  caret: Caret;
  places: WordPlaces;
  voices: ReadonlyMap<string, Voice>;
  corrections: Corrections;
  scrollable: RefObject<Scrollable | null>;
  unfollow: () => void;
}): Editing {
  const { t } = useTranslation();
  const { conversation } = view;
  const { turns, id } = conversation;
  const [edited, setEdited] = useState<EditedTurn | null>(null);
  const [giving, setGiving] = useState(false);
  const [naming, setNaming] = useState<Target | null>(null);
  const [redacting, setRedacting] = useState<((view: ConversationView, label: string) => Operation[]) | null>(null);
  const shownTurns = useRef(turns);
  shownTurns.current = turns;
  const editedTurn = edited === null ? undefined : turns.find((turn) => turn.id === edited.turnId);

  const target = (): Target | undefined => {
    const there = targetOf(caret.state(), places);
    if (there !== undefined || conversation.kind !== "call") return there;
    const turn = turns[track.turnAt(player.positionMs)];
    const [heard] = track.wordsAt(player.positionMs);
    return turn === undefined ? undefined : targetOf({ turnId: turn.id, wordId: heard ?? null, range: null, text: null }, places);
  };

  /** Puts the focus on a word, or on a turn, as soon as it is on the page. */
  const focusOn = (turnId: string, wordId: string | null) => {
    const index = shownTurns.current.findIndex((turn) => turn.id === turnId);
    scrollable.current?.show(index, wordId ?? undefined);
    let left = 20;
    const attempt = () => {
      const found =
        (wordId === null ? null : document.getElementById(`word-${wordId}`)) ??
        document.querySelector<HTMLElement>(
          `[data-turn="${CSS.escape(turnId)}"] [data-word][tabindex], [data-turn="${CSS.escape(turnId)}"] [data-play], [data-turn="${CSS.escape(turnId)}"][tabindex]`,
        );
      if (found !== null) found.focus({ preventScroll: true });
      else if (left-- > 0) requestAnimationFrame(attempt);
    };
    requestAnimationFrame(attempt);
  };
  const focusAt = (turnId: string, at: number) => {
    // The words of the turn are known after the page has been drawn with them.
    setTimeout(() => {
      const turn = shownTurns.current.find((each) => each.id === turnId);
      const word = turn?.words.findLast((each) => each.text !== "" && offsetOf(turn, each.id) <= at) ?? turn?.words[0];
      if (turn !== undefined) focusOn(turnId, word?.id ?? null);
    }, 30);
  };

  const begin = (text: string | null = null, of: Target | undefined = target()) => {
    if (of === undefined) return;
    const [turn] = of.turns;
    unfollow();
    caret.choose(null);
    const inTurn = of.words.filter((word) => turn.words.includes(word));
    const [first] = inTurn;
    const last = inTurn.at(-1);
    const { length } = searchedText(turn);
    let from = length;
    let to = length;
    if (of.text !== null) ({ start: from, end: to } = of.text);
    else if (first !== undefined && last !== undefined) {
      from = offsetOf(turn, first.id);
      to = offsetOf(turn, last.id) + last.text.length;
    }
    if (text !== null) from = to = text.length;
    scrollable.current?.show(turns.indexOf(turn));
    setEdited({ turnId: turn.id, text, from, to });
  };

  // Who is not at the words stands where the playback is; who is, and goes elsewhere in the sound, goes there with the focus.
  const follow = useRef((_: number) => {});
  follow.current = (ms) => {
    if (conversation.kind !== "call" || caret.state().range !== null || caret.state().text !== null) return;
    const { activeElement } = document;
    if (activeElement instanceof HTMLTextAreaElement || isCovered()) return;
    const turn = turns[track.turnAt(ms)];
    const [heard] = track.wordsAt(ms);
    if (turn === undefined) return;
    const wordId = heard ?? (caret.state().turnId === turn.id ? caret.state().wordId : null);
    const atWords = activeElement?.closest("[data-turn]") ?? null;
    if (atWords === null) caret.stand(turn.id, wordId);
    else if (!player.state().playing && heard !== undefined && heard !== caret.state().wordId) focusOn(turn.id, heard);
  };
  useEffect(() => {
    let before: number | null = null;
    return player.onTick((ms) => {
      if (ms !== before) follow.current(ms);
      before = ms;
    });
  }, [player]);
  // What is chosen in the words is chosen in the waveform too.
  const ofPlaces = useRef(places);
  ofPlaces.current = places;
  useEffect(() => {
    let chose = false;
    return caret.subscribe(() => {
      const chosen = targetOf(caret.state(), ofPlaces.current);
      if (chosen?.chosen === true) player.select(spanOf(chosen));
      else if (chose) player.select(null);
      chose = chosen?.chosen === true;
    });
  }, [caret, player]);

  // What was being typed when Earmark ended, or the page, is there again.
  const drafts = useDrafts(id);
  const restored = useRef(false);
  useEffect(() => {
    if (restored.current || drafts === undefined || !editable) return;
    restored.current = true;
    for (const draft of drafts) {
      const turn = shownTurns.current.find((each) => draftPlaceOf(each.id) === draft.place);
      if (turn === undefined) continue;
      const at = { from: draft.text.length, to: draft.text.length };
      setEdited({ turnId: turn.id, text: draft.text, ...at });
      // After the place that the address names has been shown.
      setTimeout(() => scrollable.current?.show(shownTurns.current.indexOf(turn)), 50);
      return;
    }
  }, [drafts, editable, scrollable]);

  const onTarget = (make: (target: Target) => readonly Operation[]) => {
    const of = target();
    if (of !== undefined) void corrections.make(make(of)).then(() => backTo(of));
  };
  /** The words may be in another turn now, and what had the focus may have gone: the person goes on where they were. */
  const backTo = ({ turns: [turn], words }: Target) => {
    const word = words.at(-1);
    setTimeout(() => {
      const { activeElement } = document;
      const stands = activeElement?.closest("[data-turn]") !== null && activeElement?.closest("[data-turn]") !== undefined;
      if (stands || activeElement instanceof HTMLTextAreaElement || isCovered()) return;
      const now =
        shownTurns.current.find((each) => each.words.some(({ id: wordId }) => wordId === word?.id)) ??
        shownTurns.current.find((each) => each.id === turn.id);
      if (now !== undefined) focusOn(now.id, now.words.find((each) => each.id === word?.id)?.id ?? null);
    }, settledMs);
  };
  const give = (participantId: string) => {
    onTarget((of) => giveTo(of, participantId));
    caret.choose(null);
  };
  const redact = (make: (view: ConversationView, label: string) => Operation[]) => setRedacting(() => make);
  const acceptAndGoOn = () => {
    const of = target();
    const accepted = of === undefined ? undefined : acceptDoubts(of, (word) => doubtOf(word) !== undefined);
    const here = of?.words.at(-1) ?? of?.turns[0].words.at(-1);
    const after = here === undefined ? -1 : (places.of.get(here.id)?.turn ?? -1);
    const settled = new Set(accepted?.wordIds);
    const next = turns
      .slice(Math.max(0, after))
      .flatMap((turn) => turn.words.map((word) => ({ turn, word })))
      .find(
        ({ turn, word }) =>
          doubtOf(word) !== undefined &&
          !settled.has(word.id) &&
          (turn !== turns[after] || here === undefined || turn.words.indexOf(word) > turn.words.indexOf(here)),
      );
    if (accepted !== undefined) void corrections.make([accepted]);
    if (next === undefined) {
      tell(t("reviewing.reading.noDoubts"));
      return;
    }
    caret.choose(null);
    caret.stand(next.turn.id, next.word.id);
    if (player.hasSound && !player.state().playing) player.seek(next.word.startMs);
    unfollow();
    setTimeout(() => focusOn(next.turn.id, next.word.id), 30);
  };
  const move = (byMs: number, end: boolean) => () => onTarget((of) => [nudge(of, byMs, end)]);

  const runs: ActionRuns = {
    "transcript.edit": () => begin(),
    "transcript.split": () =>
      onTarget(({ turns: [turn], words: [word] }) => {
        const split = word === undefined ? undefined : splitAt(turn, offsetOf(turn, word.id));
        if (split === undefined) tell(t("reviewing.fault.nothing-to-split"));
        return split === undefined ? [] : [split];
      }),
    "transcript.merge": () =>
      onTarget(({ turns: [turn] }) => {
        const merge = mergeWithNext(turns, turn.id);
        return merge === undefined ? [] : [merge];
      }),
    "transcript.give": () => setGiving(true),
    "transcript.redact": () => {
      const of = target();
      if (of !== undefined) redact((_, label) => [redactionOf(of, label)]);
    },
    "transcript.accept": acceptAndGoOn,
    "transcript.earlier": move(-nudgeMs, false),
    "transcript.later": move(nudgeMs, false),
    "transcript.endEarlier": move(-nudgeMs, true),
    "transcript.endLater": move(nudgeMs, true),
  };
  useActions(editable ? runs : {});
  useActions({
    // Pressed while a correction is still being saved, undo is about that one, which the page does not know of yet.
    "transcript.undo": () => void corrections.undo(),
    "transcript.redo": () => void corrections.redo(),
  });

  const dialogs = (
    <>
      <RedactDialog
        key={redacting === null ? "closed" : "open"}
        opened={redacting !== null}
        close={() => setRedacting(null)}
        redact={(label, reason) => {
          if (redacting !== null) void corrections.make((now) => withReason(redacting(now, label), reason));
          caret.choose(null);
        }}
        beneath={redacting !== null && <RestoreHidden conversationId={id} target={target()} close={() => setRedacting(null)} />}
      />
      <NameDialog
        key={naming === null ? "unnamed" : "naming"}
        opened={naming !== null}
        close={() => setNaming(null)}
        title={t("reviewing.newSpeakerTitle")}
        label={t("reviewing.newSpeakerLabel")}
        value=""
        save={(name) => {
          if (naming === null) return;
          const participantId = crypto.randomUUID();
          void corrections.make([
            { kind: "add-participant", participantId, role: "other", name },
            ...giveTo(naming, participantId),
          ]);
          caret.choose(null);
        }}
      />
    </>
  );
  const name = voices.get(editedTurn?.participantId ?? "")?.name ?? t("role.other");
  return {
    editor:
      edited === null || editedTurn === undefined || !editable
        ? null
        : {
            turnId: editedTurn.id,
            node: (
              <TurnEditor
                key={editedTurn.id}
                conversationId={id}
                turn={editedTurn}
                name={name}
                edited={edited}
                corrections={corrections}
                player={player}
                playable={player.hasSound}
                redact={redact}
                close={(at) => {
                  setEdited(null);
                  focusAt(editedTurn.id, at);
                }}
              />
            ),
          },
    target,
    giving,
    setGiving,
    give,
    giveToNew: () => setNaming(target() ?? null),
    begin: () => begin(),
    focus: focusOn,
    dialogs,
  };
}
