import type { Participant, Turn, Word } from "./conversation.ts";
import type { OperationFault } from "./operation-faults.ts";
import type { SplitPlace } from "./operations.ts";
import {
  keepOrder,
  putTurns,
  type Run,
  runsOf,
  separatorOf,
  textOfWords,
  turnIndexOf,
  type Workspace,
  withStaleTranslation,
} from "./workspace.ts";

/* Whose turn is whose, and where one ends: taking turns apart, joining them, giving them to somebody else. */

/** Words given to a participant join that participant's neighbouring turn when no more than this lies between, in milliseconds. */
const joinWithinMs = 2_000;

/** A turn without the bot's reading, the doubt about its speaker and the translation: what is new has none of them. */
function newTurn(turn: Turn, id: string): Turn {
  const { bot: _bot, translation: _translation, translationIsStale: _stale, ...rest } = turn;
  // The rest of what was translated stands at the first part: what is here has to be translated anew.
  return { ...rest, id, ...(turn.translation === undefined ? {} : { translationIsStale: true as const }) };
}

/** A part of a turn with its own times. `edges` says which ends it shares with the whole. */
function part(turn: Turn, words: Word[], edges: { first: boolean; last: boolean }, separator: "" | " "): Turn {
  const startMs = edges.first ? turn.startMs : (words[0]?.startMs ?? turn.startMs);
  const latest = words.reduce((most, word) => Math.max(most, word.endMs), startMs);
  const endMs = edges.last ? Math.max(turn.endMs, startMs) : latest;
  const labelled = withLabelFirst(words, turn.words);
  return withStaleTranslation({ ...turn, startMs, endMs, words: labelled, text: textOfWords(labelled, separator) }, true);
}

/** A masked stretch that was cut says in its second part too what stands there. */
function withLabelFirst(words: Word[], all: readonly Word[]): Word[] {
  const [first, ...others] = words;
  if (first?.redaction === undefined || first.text !== "") return words;
  const before = all.slice(0, all.indexOf(first)).findLast((word) => word.text !== "");
  return [{ ...first, text: before?.redaction === undefined ? `[${first.redaction}]` : before.text }, ...others];
}

/** Takes a turn apart; the first part keeps its id. */
export function splitTurn(workspace: Workspace, id: string, turnId: string, at: SplitPlace): OperationFault | null {
  const index = turnIndexOf(workspace, turnId);
  const turn = workspace.turns[index];
  if (turn === undefined) return "turn-unknown";
  if (turn.words.length === 0) {
    if (at.kind === "word") return "word-unknown";
    return splitText(workspace, id, index, turn, at.atMs, at.atCharacter ?? turn.text.length);
  }
  const place =
    at.kind === "word"
      ? turn.words.findIndex((word) => word.id === at.wordId)
      : turn.words.findIndex((word) => (word.startMs + word.endMs) / 2 >= at.atMs);
  if (place === -1) return at.kind === "word" ? "word-unknown" : "nothing-to-split";
  if (place === 0) return "nothing-to-split";
  const separator = separatorOf(turn);
  putTurns(
    workspace,
    index,
    1,
    part(turn, turn.words.slice(0, place), { first: true, last: false }, separator),
    part(newTurn(turn, id), turn.words.slice(place), { first: false, last: true }, separator),
  );
  keepOrder(workspace);
  return null;
}

function splitText(
  workspace: Workspace,
  id: string,
  index: number,
  turn: Turn,
  atMs: number,
  atCharacter: number,
): OperationFault | null {
  const inside = turn.endMs > turn.startMs ? atMs > turn.startMs && atMs < turn.endMs : atMs === turn.startMs;
  const before = turn.text.slice(0, atCharacter).trim();
  const after = turn.text.slice(atCharacter).trim();
  // A message takes no time: it can be parted in its text alone. Nor is a label parted, which says what is hidden.
  if (!inside || (turn.endMs === turn.startMs && (before === "" || after === ""))) return "nothing-to-split";
  if (/\[[^\]]*$/u.test(before) && /^[^[]*\]/u.test(after)) return "hidden-words";
  const first: Turn = { ...turn, endMs: atMs, text: before };
  putTurns(workspace, index, 1, withStaleTranslation(first, true), { ...newTurn(turn, id), startMs: atMs, text: after });
  keepOrder(workspace);
  return null;
}

/** Joins turns into the first of them. */
export function mergeTurns(workspace: Workspace, turnIds: readonly string[]): OperationFault | null {
  const indices = [...new Set(turnIds)].map((turnId) => turnIndexOf(workspace, turnId)).sort((a, b) => a - b);
  if (indices.includes(-1)) return "turn-unknown";
  const turns = indices.map((index) => workspace.turns[index]).filter((turn) => turn !== undefined);
  const [first] = turns;
  if (first === undefined || turns.length < 2) return "turns-not-neighbours";
  for (const [place, index] of indices.entries()) {
    const next = indices[place + 1];
    if (next !== undefined && !areNeighbours(workspace, index, next)) return "turns-not-neighbours";
  }
  if (turns.some((turn) => turn.words.length > 0) && turns.some((turn) => turn.words.length === 0 && turn.text !== ""))
    return "turn-without-words";
  const joined = turns.slice(1).reduce(joinTurns, first);
  for (const index of indices.slice(1).reverse()) putTurns(workspace, index, 1);
  putTurns(workspace, indices[0] ?? 0, 1, joined);
  keepOrder(workspace);
  return null;
}

/** Next to one another: with nothing between, or of one participant with none of its own between. */
function areNeighbours({ turns }: Workspace, index: number, next: number): boolean {
  const owner = turns[index]?.participantId;
  if (next === index + 1) return true;
  return turns[next]?.participantId === owner && turns.slice(index + 1, next).every((turn) => turn.participantId !== owner);
}

/** Two turns as one that is the first's, words in order of time. */
function joinTurns(first: Turn, second: Turn): Turn {
  const separator = first.words.length > 0 ? separatorOf(first) : separatorOf(second);
  const sorted = first.words.length === 0 || second.words.length === 0 || inOrder(first, second);
  const words = [...first.words, ...second.words];
  if (!sorted) words.sort((a, b) => a.startMs - b.startMs);
  const texts = [first.text, second.text].filter((text) => text !== "");
  const translations = [first.translation, second.translation].filter((text) => text !== undefined);
  const lacksOne = translations.length === 1 && texts.length === 2;
  const sure = [first.speakerConfidence, second.speakerConfidence].filter((confidence) => confidence !== null);
  const stale = first.translationIsStale === true || second.translationIsStale === true || lacksOne || !sorted;
  const { translation: _translation, translationIsStale: _stale, language: _language, bot: _bot, ...rest } = first;
  const bot = first.bot ?? second.bot;
  return {
    ...rest,
    startMs: Math.min(first.startMs, second.startMs),
    endMs: Math.max(first.endMs, second.endMs),
    words,
    text: words.length > 0 ? textOfWords(words, separator) : texts.join(" "),
    ...(translations.length === 0 ? {} : { translation: translations.filter((text) => text !== "").join(" ") }),
    ...(stale && translations.length > 0 ? { translationIsStale: true as const } : {}),
    ...(first.language !== undefined && first.language === second.language ? { language: first.language } : {}),
    ...(bot === undefined ? {} : { bot }),
    speakerConfidence: first.participantId === second.participantId && sure.length === 2 ? Math.min(...sure) : null,
  };
}

function inOrder(first: Turn, second: Turn): boolean {
  return (first.words.at(-1)?.startMs ?? 0) <= (second.words[0]?.startMs ?? 0);
}

/** Gives a turn to a participant. */
export function reassignTurn(workspace: Workspace, turnId: string, participantId: string): OperationFault | null {
  const index = turnIndexOf(workspace, turnId);
  const turn = workspace.turns[index];
  if (turn === undefined) return "turn-unknown";
  if (!knows(workspace, participantId)) return "participant-unknown";
  if (turn.participantId !== participantId) putTurns(workspace, index, 1, { ...turn, participantId, speakerConfidence: null });
  return null;
}

/** Gives words to a participant, taking turns apart where needed. */
export function reassignWords(
  workspace: Workspace,
  id: string,
  wordIds: readonly string[],
  participantId: string,
): OperationFault | null {
  if (!knows(workspace, participantId)) return "participant-unknown";
  const runs = runsOf(workspace, wordIds);
  if (typeof runs === "string") return runs;
  // From the end, so that the places of the runs before stay right.
  for (const [place, run] of [...runs.entries()].reverse()) {
    if (workspace.turns[run.turnIndex]?.participantId !== participantId)
      reassignRun(workspace, `${id}.${place}`, run, participantId);
  }
  keepOrder(workspace);
  return null;
}

function reassignRun(workspace: Workspace, id: string, { turnIndex, from, to }: Run, participantId: string): void {
  const turn = workspace.turns[turnIndex];
  if (turn === undefined) return;
  const theirs = { participantId, speakerConfidence: null };
  const count = turn.words.length;
  if (from === 0 && to === count) {
    putTurns(workspace, turnIndex, 1, { ...turn, ...theirs });
    return;
  }
  const separator = separatorOf(turn);
  const words = turn.words.slice(from, to);
  const given = { ...part(newTurn(turn, `${id}.a`), words, { first: from === 0, last: to === count }, separator), ...theirs };
  const before = from === 0 ? [] : [part(turn, turn.words.slice(0, from), { first: true, last: false }, separator)];
  const rest = from === 0 ? turn : newTurn(turn, `${id}.b`);
  const after = to === count ? [] : [part(rest, turn.words.slice(to), { first: false, last: true }, separator)];

  const previous = workspace.turns[turnIndex - 1];
  const next = workspace.turns[turnIndex + 1];
  if (from === 0 && previous !== undefined && joins(previous, given) && inOrder(previous, given)) {
    putTurns(workspace, turnIndex - 1, 2, stale(joinTurns(previous, given)), ...after);
  } else if (to === count && next !== undefined && joins(given, next) && inOrder(given, next)) {
    const { id: nextId, speakerConfidence } = next;
    putTurns(workspace, turnIndex, 2, ...before, stale({ ...joinTurns(given, next), id: nextId, speakerConfidence }));
  } else {
    putTurns(workspace, turnIndex, 1, ...before, given, ...after);
  }
}

function stale(turn: Turn): Turn {
  return withStaleTranslation(turn, true);
}

/** Whether a turn goes on in the other: of one participant, with words, close by. */
function joins(first: Turn, second: Turn): boolean {
  return (
    first.participantId === second.participantId &&
    first.words.length > 0 &&
    second.words.length > 0 &&
    second.startMs - first.endMs <= joinWithinMs
  );
}

/** Gives all turns of one participant to another and takes the first out. */
export function mergeParticipants(workspace: Workspace, participantId: string, intoId: string): OperationFault | null {
  const gone = workspace.participants.find((participant) => participant.id === participantId);
  const into = workspace.participants.find((participant) => participant.id === intoId);
  if (gone === undefined || into === undefined) return "participant-unknown";
  if (gone === into) return "participant-exists";
  const one: Participant = {
    ...into,
    name: into.name ?? gone.name,
    channel: into.channel === gone.channel ? into.channel : null,
  };
  workspace.participants = workspace.participants
    .filter((participant) => participant !== gone)
    .map((p) => (p === into ? one : p));
  for (const [index, turn] of workspace.turns.entries()) {
    if (turn.participantId === participantId)
      putTurns(workspace, index, 1, { ...turn, participantId: intoId, speakerConfidence: null });
  }
  workspace.changed = true;
  return null;
}

function knows({ participants }: Workspace, participantId: string): boolean {
  return participants.some((participant) => participant.id === participantId);
}
