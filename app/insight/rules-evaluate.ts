import { assertNever } from "../assert-never.ts";
import type { Conversation, Role, Turn } from "../conversation/conversation.ts";
import type { MeasureRule, Rule, RuleRange, SaidRule, SentimentLabel, SentimentRule, SequenceRule } from "./rules.ts";
import { explainRule } from "./rules-explain.ts";
import { type Figure, measureOf, silencesOf } from "./rules-measures.ts";
import { findPattern } from "./rules-pattern.ts";
import { indexWords, type Token, type WordIndex } from "./rules-words.ts";

/** Other words that may stand between two neighbours of a phrase that is nearly said. Fillers never count. */
export const nearGap = 2;

/** How a turn felt: its label and a score from -5 to 5. */
export interface TurnSentiment {
  readonly label: SentimentLabel;
  readonly score: number;
}

/** What rules read: a conversation and, where it was analysed, the sentiment of its turns by id. */
export interface RuleInput {
  readonly conversation: Conversation;
  readonly sentiments: ReadonlyMap<string, TurnSentiment> | null;
}

/** Where something is: the words' ids, or the characters of a turn that has no words, and when. */
export interface RulePlace {
  /** Null for a silence. */
  readonly turnId: string | null;
  readonly wordIds: readonly string[];
  readonly chars: { readonly from: number; readonly to: number } | null;
  readonly startMs: number;
  readonly endMs: number;
}

/** Where something was looked for in vain. */
export interface Searched {
  /** The condition as a sentence. */
  readonly what: string;
  readonly role: Role | null;
  readonly startMs: number;
  readonly endMs: number;
  /** Compared words that were heard there. */
  readonly words: number;
  readonly turns: number;
}

/** Why a rule cannot be judged. */
export type Unjudged = "no-words" | "no-turns" | "role-unknown" | "no-sentiment" | "no-sound" | "not-measured";

/** What came of a rule. Nothing is claimed where it could not be judged: `holds` is null. */
export interface Finding {
  readonly holds: boolean | null;
  /** What it rests on where it holds. */
  readonly places: readonly RulePlace[];
  /** What speaks against it where it does not. */
  readonly against: readonly RulePlace[];
  /** Where something was looked for and not found. */
  readonly searched: readonly Searched[];
  readonly figures: readonly Figure[];
  readonly unjudged: readonly Unjudged[];
}

interface Placed extends RulePlace {
  readonly turn: number;
}
interface Scope {
  readonly role: Role | null;
  readonly startMs: number;
  readonly endMs: number;
  readonly holds: (turn: number, startMs: number) => boolean;
}
interface Context extends RuleInput {
  readonly index: WordIndex;
  readonly heard: Map<string, { words: number; turns: number }>;
}

const nothing = { places: [], against: [], searched: [], figures: [], unjudged: [] } as const;

/**
 * Prepares a conversation for any number of rules: its words are indexed once. What comes back judges a rule, the same for
 * the same input always, in a time that grows with the words and the phrases looked for.
 */
export function createEvaluator(input: RuleInput): (rule: Rule) => Finding {
  const context: Context = { ...input, index: indexWords(input.conversation), heard: new Map() };
  return (rule) => evaluate(context, rule);
}

/** Judges one rule; see `createEvaluator` for many. */
export function evaluateRule(input: RuleInput, rule: Rule): Finding {
  return createEvaluator(input)(rule);
}

function evaluate(context: Context, rule: Rule): Finding {
  if ("all" in rule) return conjunction(rule.all.map((one) => evaluate(context, one)));
  if ("any" in rule) return disjunction(rule.any.map((one) => evaluate(context, one)));
  if ("not" in rule) return denied(context, evaluate(context, rule.not), rule.not);
  const { negate, ...plain } = rule;
  if (negate === true) return denied(context, evaluate(context, plain), plain);
  if ("measure" in plain) return byMeasure(context, plain);
  if ("sequence" in plain) return bySequence(context, plain);
  const found = placesOf(context, plain);
  if ("unjudged" in found) return { ...nothing, holds: null, unjudged: [found.unjudged] };
  const least = "atLeast" in plain ? (plain.atLeast ?? 1) : 1;
  if (found.holds ?? found.places.length >= least) return { ...nothing, holds: true, places: found.places.map(bare) };
  return { ...nothing, holds: false, searched: [searchedFor(context, plain)] };
}

function conjunction(findings: readonly Finding[]): Finding {
  const failed = findings.filter(({ holds }) => holds === false);
  if (failed.length > 0) return { ...together(failed), holds: false, places: [] };
  const unknown = findings.some(({ holds }) => holds === null);
  return { ...together(findings), holds: unknown ? null : true };
}

function disjunction(findings: readonly Finding[]): Finding {
  const held = findings.filter(({ holds }) => holds === true);
  if (held.length > 0) return { ...together(held), holds: true };
  const unknown = findings.some(({ holds }) => holds === null);
  return { ...together(findings), holds: unknown ? null : false, places: [] };
}

function together(findings: readonly Finding[]): Omit<Finding, "holds"> {
  return {
    places: findings.flatMap(({ places }) => places),
    against: findings.flatMap(({ against }) => against),
    searched: findings.flatMap(({ searched }) => searched),
    figures: findings.flatMap(({ figures }) => figures),
    unjudged: [...new Set(findings.flatMap(({ unjudged }) => unjudged))],
  };
}

function denied(context: Context, finding: Finding, rule: Rule): Finding {
  const { holds, places, against, searched } = finding;
  if (holds === null) return finding;
  // What was not there is why it holds now, and where that was looked for is the evidence.
  if (!holds)
    return {
      ...finding,
      holds: true,
      places: against,
      against: [],
      searched: searched.length > 0 ? searched : [searchedFor(context, rule)],
    };
  return { ...finding, holds: false, places: [], against: places };
}

/** Places at which a condition is met; or that it cannot be judged. `holds` where counting places does not decide. */
function placesOf(context: Context, rule: Rule): { places: Placed[]; holds?: boolean } | { unjudged: Unjudged } {
  const { conversation, index } = context;
  if ("any" in rule) {
    const found = rule.any.map((one) => placesOf(context, one));
    const places = found.flatMap((one) => ("places" in one ? one.places : []));
    const unjudged = found.find((one) => "unjudged" in one);
    return places.length === 0 && unjudged !== undefined ? unjudged : { places: places.sort(byTime) };
  }
  if ("said" in rule || "pattern" in rule || "masked" in rule) {
    const scope = scopeOf(context, rule.by, rule.in);
    if (roleUnknown(context, rule.by)) return { unjudged: "role-unknown" };
    if (conversation.turns.length === 0 || !conversation.turns.some(({ text, words }) => text !== "" || words.length > 0)) {
      return { unjudged: "no-words" };
    }
    if ("said" in rule) return { places: saidPlaces(index, rule, scope).map(([from, to]) => placeOfTokens(context, from, to)) };
    if ("pattern" in rule) return { places: patternPlaces(context, rule.pattern, scope) };
    return { places: maskedPlaces(context, rule.masked, scope) };
  }
  if ("silence" in rule) {
    if (conversation.kind === "chat") return { unjudged: "no-sound" };
    if (conversation.turns.length === 0) return { unjudged: "no-turns" };
    const { startMs, endMs } = scopeOf(context, undefined, rule.in);
    const places = silencesOf(conversation).flatMap((span): Placed[] => {
      const within = { startMs: Math.max(startMs, span.startMs), endMs: Math.min(endMs, span.endMs) };
      if (within.endMs - within.startMs < Math.max(1, rule.silence)) return [];
      return [
        {
          ...within,
          turnId: null,
          wordIds: [],
          chars: null,
          turn: conversation.turns.findLastIndex((turn) => turn.startMs <= within.startMs),
        },
      ];
    });
    return { places };
  }
  if ("interruption" in rule) {
    if (conversation.kind === "chat") return { unjudged: "no-sound" };
    if (conversation.turns.length === 0) return { unjudged: "no-turns" };
    if (roleUnknown(context, rule.by)) return { unjudged: "role-unknown" };
    const scope = scopeOf(context, rule.by, rule.in);
    let total = 0;
    const places = conversation.measures.interruptions.flatMap((one): Placed[] => {
      const turn = conversation.turns.findLastIndex(
        ({ participantId, startMs, endMs }) =>
          participantId === one.byParticipantId && startMs <= one.startMs && endMs >= one.startMs,
      );
      if (turn < 0 || !scope.holds(turn, one.startMs)) return [];
      total += one.endMs - one.startMs;
      return [
        { turnId: conversation.turns[turn]?.id ?? null, wordIds: [], chars: null, startMs: one.startMs, endMs: one.endMs, turn },
      ];
    });
    return { places, holds: places.length > 0 && total >= rule.interruption };
  }
  if ("sentiment" in rule || "score" in rule) return feltPlaces(context, rule);
  return { places: [] };
}

function roleUnknown({ conversation }: Context, by: Role | undefined): boolean {
  if (by === undefined || conversation.participants.some(({ role }) => role === by)) return false;
  // Where everybody is known, somebody of the role was not there; where not, nobody can tell.
  return conversation.participants.length === 0 || conversation.participants.some(({ role }) => role === "other");
}

function scopeOf({ conversation, index }: Context, by: Role | undefined, range: RuleRange | undefined): Scope {
  const { durationMs } = conversation;
  const at = (place: NonNullable<RuleRange["from"]>): number =>
    Math.min(durationMs, typeof place === "number" ? place : (durationMs * Number.parseFloat(place)) / 100);
  const startMs = range?.from !== undefined ? at(range.from) : range?.last !== undefined ? durationMs - at(range.last) : 0;
  const endMs = range?.to !== undefined ? at(range.to) : range?.first !== undefined ? at(range.first) : durationMs;
  // The last word may begin at the very end: a chat's last message does.
  const open = endMs >= durationMs;
  return {
    role: by ?? null,
    startMs: Math.round(startMs),
    endMs: Math.round(endMs),
    holds: (turn, ms) => (by === undefined || index.roles[turn] === by) && ms >= startMs && (open || ms < endMs),
  };
}

const phraseTokens = new Map<string, readonly { readonly text: string; readonly base: string }[]>();

function tokensOfPhrase(phrase: string): readonly { readonly text: string; readonly base: string }[] {
  const known = phraseTokens.get(phrase);
  if (known !== undefined) return known;
  const { tokens } = indexWords({
    kind: "chat",
    participants: [],
    turns: [{ id: "", participantId: "", startMs: 0, endMs: 0, text: phrase, words: [], speakerConfidence: null }],
  });
  if (phraseTokens.size >= 5_000) phraseTokens.clear();
  phraseTokens.set(phrase, tokens);
  return tokens;
}

/** First and last token of each place where one of the phrases is said, in order, none within another. */
function saidPlaces(index: WordIndex, rule: SaidRule, scope: Scope): [number, number][] {
  const near = rule.match === "near";
  const byBase = rule.inflected ?? near;
  const hits: [number, number][] = [];
  for (const phrase of rule.said) {
    const wanted = tokensOfPhrase(phrase).map(({ text, base }) => (byBase ? base : text));
    const positions = (key: string): readonly number[] => (byBase ? index.byBase : index.byText).get(key) ?? [];
    const [first] = wanted;
    if (first === undefined) continue;
    // Whoever looks from the rarest word looks least often.
    let anchor = 0;
    if (!near)
      for (const [at, key] of wanted.entries()) if (positions(key).length < positions(wanted[anchor] ?? "").length) anchor = at;
    for (const position of positions(wanted[anchor] ?? "")) {
      const from = position - anchor;
      const to = near ? nearEnd(index, wanted, from) : exactEnd(index, wanted, from, byBase);
      const token = index.tokens[from];
      if (to !== null && token !== undefined && scope.holds(token.turn, token.startMs)) hits.push([from, to]);
    }
  }
  hits.sort((a, b) => a[0] - b[0] || b[1] - a[1]);
  const apart: [number, number][] = [];
  for (const hit of hits) if (hit[0] > (apart.at(-1)?.[1] ?? -1)) apart.push(hit);
  return apart;
}

function exactEnd({ tokens }: WordIndex, wanted: readonly string[], from: number, byBase: boolean): number | null {
  const stretch = tokens[from]?.stretch;
  for (const [offset, key] of wanted.entries()) {
    const token = tokens[from + offset];
    if (token === undefined || token.stretch !== stretch || (byBase ? token.base : token.text) !== key) return null;
  }
  return from + wanted.length - 1;
}

function nearEnd({ tokens }: WordIndex, wanted: readonly string[], from: number): number | null {
  const stretch = tokens[from]?.stretch;
  let at = from;
  for (const key of wanted.slice(1)) {
    const upTo = at + 1 + nearGap;
    at += 1;
    while (at <= upTo && tokens[at]?.stretch === stretch && tokens[at]?.base !== key) at += 1;
    if (at > upTo || tokens[at]?.stretch !== stretch) return null;
  }
  return at;
}

function placeOfTokens({ conversation, index }: Context, from: number, to: number): Placed {
  const first = index.tokens[from] as Token;
  const last = index.tokens[to] as Token;
  const turn = conversation.turns[first.turn];
  const end = conversation.turns[last.turn];
  const tokens = index.tokens.slice(from, to + 1);
  const wordIds = [...new Set(tokens.flatMap((token) => conversation.turns[token.turn]?.words[token.word]?.id ?? []))];
  const chars = first.word < 0 ? { from: first.from, to: last.turn === first.turn ? last.to : (turn?.text.length ?? 0) } : null;
  return {
    turnId: turn?.id ?? null,
    wordIds:
      first.turn === last.turn && first.word >= 0
        ? (turn?.words.slice(first.word, last.word + 1).map(({ id }) => id) ?? [])
        : wordIds,
    chars,
    startMs: first.startMs,
    endMs: end?.words[last.word]?.endMs ?? end?.endMs ?? first.startMs,
    turn: first.turn,
  };
}

function patternPlaces({ conversation }: Context, pattern: string, scope: Scope): Placed[] {
  return conversation.turns.flatMap((turn, number): Placed[] => {
    // Where words stand in the text: they are joined as they are written, so they are found one after the other.
    let at = 0;
    const spans = turn.words.map((word) => {
      const found = turn.text.indexOf(word.text, at);
      const from = found < 0 ? at : found;
      at = from + word.text.length;
      return { word, from, to: at };
    });
    return findPattern(pattern, turn.text).flatMap(({ start, end }): Placed[] => {
      const words = spans.filter(({ from, to }) => from < end && to > start).map(({ word }) => word);
      const startMs = words[0]?.startMs ?? turn.startMs;
      if (!scope.holds(number, startMs)) return [];
      const chars = words.length === 0 ? { from: start, to: end } : null;
      return [
        {
          turnId: turn.id,
          wordIds: words.map(({ id }) => id),
          chars,
          startMs,
          endMs: words.at(-1)?.endMs ?? turn.endMs,
          turn: number,
        },
      ];
    });
  });
}

function maskedPlaces({ conversation }: Context, kinds: readonly string[], scope: Scope): Placed[] {
  const wanted = new Set(kinds.map(plainKind));
  const asked = (kind: string): boolean => wanted.size === 0 || wanted.has(plainKind(kind));
  return conversation.turns.flatMap((turn, number): Placed[] => {
    if (turn.words.length > 0) {
      return turn.words.flatMap(({ id, redaction, startMs, endMs }): Placed[] =>
        redaction !== undefined && asked(redaction) && scope.holds(number, startMs)
          ? [{ turnId: turn.id, wordIds: [id], chars: null, startMs, endMs, turn: number }]
          : [],
      );
    }
    return [...turn.text.matchAll(/\[([^[\]\n]{2,40})\]/gu)].flatMap((match): Placed[] => {
      if (!asked(match[1] ?? "") || !scope.holds(number, turn.startMs)) return [];
      const chars = { from: match.index, to: match.index + match[0].length };
      return [{ turnId: turn.id, wordIds: [], chars, startMs: turn.startMs, endMs: turn.endMs, turn: number }];
    });
  });
}

/** "card number", "CARD_NUMBER" and "card-number" are one kind. */
function plainKind(kind: string): string {
  return kind
    .toLowerCase()
    .replaceAll(/[\s_-]+/gu, " ")
    .replaceAll(/[[\]]/gu, "")
    .trim();
}

function feltPlaces(context: Context, rule: SentimentRule): { places: Placed[]; holds?: boolean } | { unjudged: Unjudged } {
  const { conversation, sentiments } = context;
  if (sentiments === null) return { unjudged: "no-sentiment" };
  if (roleUnknown(context, rule.by)) return { unjudged: "role-unknown" };
  const scope = scopeOf(context, rule.by, rule.in);
  const { durationMs } = conversation;
  const inQuarter = (ms: number): boolean =>
    rule.quarter === undefined || Math.min(3, Math.floor((4 * ms) / Math.max(1, durationMs))) === rule.quarter - 1;
  const felt = conversation.turns.flatMap((turn, number) => {
    const sentiment = sentiments.get(turn.id);
    return sentiment !== undefined && scope.holds(number, turn.startMs) && inQuarter(turn.startMs)
      ? [{ turn, number, sentiment }]
      : [];
  });
  const wanted = rule.sentiment === undefined ? felt : felt.filter(({ sentiment }) => rule.sentiment?.includes(sentiment.label));
  const places = wanted.map(({ turn, number }): Placed => {
    const chars = turn.words.length === 0 ? { from: 0, to: turn.text.length } : null;
    return {
      turnId: turn.id,
      wordIds: turn.words.map(({ id }) => id),
      chars,
      startMs: turn.startMs,
      endMs: turn.endMs,
      turn: number,
    };
  });
  if (rule.score === undefined) return { places };
  if (felt.length === 0) return { unjudged: "no-sentiment" };
  const mean = felt.reduce((sum, { sentiment }) => sum + sentiment.score, 0) / felt.length;
  const { above = Number.NEGATIVE_INFINITY, below = Number.POSITIVE_INFINITY } = rule.score;
  return { places, holds: mean > above && mean < below && places.length >= (rule.atLeast ?? 1) };
}

function byMeasure({ conversation }: Context, rule: MeasureRule): Finding {
  const figure = measureOf(conversation, rule.measure, rule.by ?? null);
  if (figure === null) return { ...nothing, holds: null, unjudged: ["not-measured"] };
  const { above = Number.NEGATIVE_INFINITY, below = Number.POSITIVE_INFINITY } = rule;
  return { ...nothing, holds: figure.value > above && figure.value < below, figures: [figure] };
}

/** A step's place, and the place of the step before that it follows. */
interface Link {
  readonly place: Placed;
  readonly before: Link | null;
}

function bySequence(context: Context, rule: SequenceRule): Finding {
  const [one, two] = rule.sequence;
  if (rule.anyOrder === true && one !== undefined && two !== undefined) {
    const { anyOrder: _, ...ordered } = rule;
    const ways = [ordered, { ...ordered, sequence: [two, one] }].map((way) => bySequence(context, way));
    const found = disjunction(ways);
    return found.holds === true ? found : { ...found, searched: found.searched.slice(0, 1) };
  }
  const scope = scopeOf(context, undefined, rule.in);
  let links: Link[] | null = null;
  for (const step of rule.sequence) {
    const absent = "not" in step;
    const found = placesOf(context, absent ? step.not : step);
    if ("unjudged" in found) return { ...nothing, holds: null, unjudged: [found.unjudged] };
    const places = found.places.filter(({ turn, startMs }) => scope.holds(Math.max(0, turn), startMs)).sort(byTime);
    if (links === null) links = places.map((place) => ({ place, before: null }));
    else if (absent) links = links.filter(({ place }) => !places.some((next) => follows(rule, place, next)));
    else links = chained(rule, links, places);
  }
  // Chains that share a place tell of one happening.
  const used = new Set<string>();
  const places = (links ?? []).flatMap((link) => {
    const chain: Placed[] = [];
    for (let at: Link | null = link; at !== null; at = at.before) chain.unshift(at.place);
    const keys = chain.map(({ startMs, endMs, turn }) => `${turn} ${startMs} ${endMs}`);
    if (keys.some((key) => used.has(key))) return [];
    for (const key of keys) used.add(key);
    return chain;
  });
  if (places.length > 0) return { ...nothing, holds: true, places: places.map(bare) };
  return { ...nothing, holds: false, searched: [searchedFor(context, rule)] };
}

function follows(rule: SequenceRule, before: Placed, next: Placed): boolean {
  const after =
    next.startMs > before.startMs || (next.startMs === before.startMs && (next.turn > before.turn || laterChars(before, next)));
  const overlaps = next.turn === before.turn && next.startMs < before.endMs && next.chars === null;
  return (
    after &&
    !overlaps &&
    next.startMs - before.endMs <= (rule.within ?? Number.POSITIVE_INFINITY) &&
    next.turn - before.turn <= (rule.withinTurns ?? Number.POSITIVE_INFINITY)
  );
}

function laterChars(before: Placed, next: Placed): boolean {
  return next.turn === before.turn && next.chars !== null && before.chars !== null && next.chars.from >= before.chars.to;
}

/** Each place with the nearest link before it: no other is nearer in time or in turns. Both come in order, each is passed once. */
function chained(rule: SequenceRule, links: readonly Link[], places: readonly Placed[]): Link[] {
  const next: Link[] = [];
  let reached = 0;
  for (const place of places) {
    while (reached < links.length && byTime((links[reached] as Link).place, place) < 0) reached += 1;
    // The nearest may overlap the place: then the one before it counts.
    for (let at = reached - 1; at >= Math.max(0, reached - 8); at--) {
      const before = links[at] as Link;
      if (!follows(rule, before.place, place)) continue;
      next.push({ place, before });
      break;
    }
  }
  return next;
}

function searchedFor(context: Context, rule: Rule): Searched {
  const by = "by" in rule ? rule.by : undefined;
  const range = "in" in rule ? rule.in : undefined;
  const scope = scopeOf(context, by, range);
  const key = `${by ?? ""} ${scope.startMs} ${scope.endMs}`;
  let heard = context.heard.get(key);
  if (heard === undefined) {
    const words = context.index.tokens.filter(({ turn, startMs }) => scope.holds(turn, startMs)).length;
    const turns = context.conversation.turns.filter(({ startMs }, turn) => scope.holds(turn, startMs)).length;
    heard = { words, turns };
    context.heard.set(key, heard);
  }
  return { what: explainRule(rule), role: scope.role, startMs: scope.startMs, endMs: scope.endMs, ...heard };
}

function byTime(a: Placed, b: Placed): number {
  return a.startMs - b.startMs || a.turn - b.turn || (a.chars?.from ?? 0) - (b.chars?.from ?? 0) || a.endMs - b.endMs;
}

function bare({ turn: _, ...place }: Placed): RulePlace {
  return place;
}

/** The words at a place, as they read now. */
export function quoteAt({ turns }: Pick<Conversation, "turns">, place: RulePlace): string {
  const { texts, byId } = wordsOf(turns);
  if (place.chars !== null) return byId.get(place.turnId ?? "")?.text.slice(place.chars.from, place.chars.to) ?? "";
  if (place.turnId !== null && !byId.has(place.turnId)) return "";
  return place.wordIds.flatMap((id) => texts.get(id) ?? []).join(" ");
}

interface WordsOf {
  readonly texts: ReadonlyMap<string, string>;
  readonly byId: ReadonlyMap<string, Turn>;
}
/** Looked up once for each revision: a call of hours has tens of thousands of words, and hundreds of places. */
const looked = new WeakMap<readonly Turn[], WordsOf>();

function wordsOf(turns: readonly Turn[]): WordsOf {
  const known = looked.get(turns) ?? {
    texts: new Map(turns.flatMap(({ words }) => words.map(({ id, text }) => [id, text] as const))),
    byId: new Map(turns.map((turn) => [turn.id, turn])),
  };
  looked.set(turns, known);
  return known;
}

/** Why a rule could not be judged, for people. */
export function unjudgedText(reason: Unjudged): string {
  switch (reason) {
    case "no-words":
      return "no words are known";
    case "no-turns":
      return "nothing has been heard yet";
    case "role-unknown":
      return "nobody knows who has this role";
    case "no-sentiment":
      return "sentiment has not been analysed";
    case "no-sound":
      return "a chat has no sound";
    case "not-measured":
      return "this is not measured here";
    default:
      return assertNever(reason);
  }
}
