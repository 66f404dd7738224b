import type { Turn } from "../../conversation/conversation.ts";
import { baseOf, indexWords, type Token, tokensOf } from "../../insight/rules-words.ts";
import { type Evidence, evidenceAt, type ReadRevision } from "../evidence.ts";

/*
 * What a conversation has to say to a question where no language model may be asked: the turns in which the question's own
 * words stand, weighed by BM25 (S. Robertson, H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009). They
 * are passages to read, and no answer.
 */

/** BM25's saturation of repeated words, and how far long turns are held back. */
const saturation = 1.2;
const lengthShare = 0.75;
/** Words of a passage at most. */
const longestPassage = 40;
/** Passages of a conversation. */
export const mostPassages = 4;

/** Words of questions that say nothing of what is asked for, as they are compared: English, Spanish, German, French, Portuguese, Italian. */
const asking = new Set(
  `a about after all also am an and any anybody anyone anything are as ask asked at be because been before being but by call can
  conversation could did do does doing done ever for from had has have he her him his how i if in into is it its may me might much many
  my no nor not of on or our out say said she should so some somebody someone something such tell than that the their them then there
  these they this those to too us was we were what when where whether which while who whom whose why will with would you your
  agent customer caller
  el la los las un una unos unas de del que y o en por para con se su sus al lo le les como cuando donde quien cual es fue era ha han
  der die das ein eine einen einem einer und oder ist sind war waren hat haben wird wurde wie was wer wo wann warum mit von zu zum zur im am auf für nicht
  le la les un une des du de et ou est sont était a ont été que qui quoi où quand comment pourquoi avec pour dans sur pas
  o os as um uma do da dos das e em no na nos nas é foi foram por que quem como quando onde
  il lo gli i una uno di del della e è sono era ha hanno che chi come quando dove perché con per in su non`
    .split(/\s+/u)
    .flatMap((word) => tokensOf(word).map(({ text }) => text)),
);

/** The words of a question that are looked for, by their base form; all of them where none says more than that it asks. */
export function wordsAskedFor(question: string): ReadonlySet<string> {
  const words = tokensOf(question).map(({ text }) => text);
  const telling = words.filter((word) => !asking.has(word));
  return new Set((telling.length > 0 ? telling : words).map(baseOf));
}

/** The passages of a conversation that match a question best, the best first; none where none of its words stands there. */
export function findPassages(question: string, read: ReadRevision): Evidence[] {
  const wanted = wordsAskedFor(question);
  const { turns } = read.conversation;
  const byTurn = new Map<number, Token[]>();
  for (const token of indexWords(read.conversation).tokens) {
    const known = byTurn.get(token.turn);
    if (known === undefined) byTurn.set(token.turn, [token]);
    else known.push(token);
  }
  const mean = [...byTurn.values()].reduce((sum, tokens) => sum + tokens.length, 0) / Math.max(1, byTurn.size);
  const weights = weightsOf(wanted, byTurn);
  return [...byTurn]
    .map(([turn, tokens]) => ({ turn, found: tokens.filter(({ base }) => wanted.has(base)), length: tokens.length }))
    .filter(({ found }) => found.length > 0)
    .map((one) => ({ ...one, score: scoreOf(one.found, one.length / mean, weights) }))
    .sort((a, b) => b.score - a.score || a.turn - b.turn)
    .slice(0, mostPassages)
    .flatMap(({ turn, found }) => {
      const place = turns[turn];
      return place === undefined ? [] : passageIn(place, found, read);
    });
}

/** How telling each word is: one that stands in few turns is more so. */
function weightsOf(wanted: ReadonlySet<string>, byTurn: ReadonlyMap<number, readonly Token[]>): ReadonlyMap<string, number> {
  const having = new Map<string, number>();
  for (const tokens of byTurn.values()) {
    for (const base of new Set(tokens.map((token) => token.base))) {
      if (wanted.has(base)) having.set(base, (having.get(base) ?? 0) + 1);
    }
  }
  return new Map([...having].map(([base, count]) => [base, Math.log(1 + (byTurn.size - count + 0.5) / (count + 0.5))]));
}

/** BM25 of a turn. */
function scoreOf(found: readonly Token[], relativeLength: number, weights: ReadonlyMap<string, number>): number {
  const counts = new Map<string, number>();
  for (const { base } of found) counts.set(base, (counts.get(base) ?? 0) + 1);
  let score = 0;
  for (const [base, count] of counts) {
    const held = saturation * (1 - lengthShare + lengthShare * relativeLength);
    score += ((weights.get(base) ?? 0) * count * (saturation + 1)) / (count + held);
  }
  return score;
}

/** The turn, or of a long one the stretch around where most of the words stand. */
function passageIn(turn: Turn, found: readonly Token[], read: ReadRevision): Evidence[] {
  if (turn.words.length === 0) {
    const taken = evidenceAt({ kind: "turn", turnId: turn.id }, read);
    return typeof taken === "string" ? [] : [taken];
  }
  const places = found.map(({ word }) => word).sort((a, b) => a - b);
  const first = densest(places);
  const from = Math.max(0, Math.min(first - Math.floor(longestPassage / 4), turn.words.length - longestPassage));
  const wordIds = turn.words.slice(from, from + longestPassage).map(({ id }) => id);
  const taken = evidenceAt({ kind: "words", wordIds }, read);
  return typeof taken === "string" ? [] : [taken];
}

/** The first place of the stretch of `longestPassage` words that holds most of the places. */
function densest(places: readonly number[]): number {
  let best = places[0] ?? 0;
  let most = 0;
  for (const [index, from] of places.entries()) {
    const within = places.slice(index).filter((place) => place < from + (longestPassage * 3) / 4).length;
    if (within > most) {
      most = within;
      best = from;
    }
  }
  return best;
}
