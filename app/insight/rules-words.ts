import type { Conversation, Role, Turn } from "../conversation/conversation.ts";

/*
 * The words of a transcript as rules compare them, each with the place it stands at. Case, accents, punctuation and fillers
 * are left aside, contractions are written out, and an English word has its base form beside it.
 */

/** One compared word. */
export interface Token {
  /** As compared: lower case, without accents. */
  readonly text: string;
  /** Its base form: "cancelled" and "cancels" are "cancel". */
  readonly base: string;
  /** Index of its turn. */
  readonly turn: number;
  /** Index of its word in the turn; -1 where the turn has no words. */
  readonly word: number;
  /** Its characters in the turn's text; -1 where the turn has words. */
  readonly from: number;
  readonly to: number;
  readonly startMs: number;
  /** Which stretch of one speaker's speech it belongs to: a phrase may not cross from one to another. */
  readonly stretch: number;
}

/** The words of a transcript, and where each occurs. */
export interface WordIndex {
  readonly tokens: readonly Token[];
  readonly byText: ReadonlyMap<string, readonly number[]>;
  readonly byBase: ReadonlyMap<string, readonly number[]>;
  readonly roles: readonly Role[];
}

/** A pause up to this long lets a phrase go on in the speaker's next turn, milliseconds. */
const phrasePauseMs = 1_500;

const fillers = new Set(["um", "umm", "uh", "uhm", "er", "erm", "hmm", "mhm", "mm", "ah"]);

const whole: Readonly<Record<string, readonly string[]>> = {
  "can't": ["can", "not"],
  cannot: ["can", "not"],
  "won't": ["will", "not"],
  "shan't": ["shall", "not"],
  "let's": ["let", "us"],
  gonna: ["going", "to"],
  wanna: ["want", "to"],
  gotta: ["got", "to"],
  "y'all": ["you", "all"],
};
const endings: Readonly<Record<string, string>> = {
  "'m": "am",
  "'re": "are",
  "'ll": "will",
  "'ve": "have",
  "'d": "would",
  "n't": "not",
};
const isEndings = new Set(["it", "he", "she", "that", "what", "where", "how", "there", "here", "who", "when", "this"]);

/** Letters without spaces between the words: each is compared by itself. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const wordPattern =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]|(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}])[\p{L}\p{M}\p{N}])+(?:['’](?:[\p{L}\p{M}])+)*/gu;

/** The compared words of a text with their characters, fillers left out. */
export function tokensOf(text: string): { text: string; from: number; to: number }[] {
  const found: { text: string; from: number; to: number }[] = [];
  for (const match of text.matchAll(wordPattern)) {
    const from = match.index;
    const to = from + match[0].length;
    for (const piece of spelledOut(match[0])) if (!fillers.has(piece)) found.push({ text: piece, from, to });
  }
  return found;
}

/** Different words that are remembered as they are compared: a contact centre says the same few thousand all day. */
const mostRemembered = 30_000;
const remembered = new Map<string, readonly string[]>();

function spelledOut(written: string): readonly string[] {
  const known = remembered.get(written);
  if (known !== undefined) return known;
  const pieces = comparedForms(written);
  if (remembered.size >= mostRemembered) remembered.clear();
  remembered.set(written, pieces);
  return pieces;
}

function comparedForms(written: string): readonly string[] {
  if (unspaced.test(written)) return [written.normalize("NFKC")];
  const plain = written
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/gu, "")
    .normalize("NFC")
    .toLowerCase()
    .replaceAll("’", "'");
  const known = Object.hasOwn(whole, plain) ? whole[plain] : undefined;
  if (known !== undefined) return known;
  for (const [ending, word] of Object.entries(endings)) {
    if (plain.endsWith(ending) && plain.length > ending.length) return [plain.slice(0, -ending.length), word];
  }
  if (plain.endsWith("'s")) {
    const stem = plain.slice(0, -2);
    return isEndings.has(stem) ? [stem, "is"] : [stem];
  }
  return [plain.replaceAll("'", "")];
}

const irregular: Readonly<Record<string, string>> = {
  paid: "pay", spoke: "speak", spoken: "speak", told: "tell", said: "say", held: "hold", made: "make", sent: "send", took: "take",
  taken: "take", got: "get", gotten: "get", gave: "give", given: "give", went: "go", gone: "go", bought: "buy", left: "leave",
  wrote: "write", written: "write", broke: "break", broken: "break", found: "find", thought: "think", knew: "know", known: "know",
  children: "child", people: "person", men: "man", women: "woman",
}; // biome-ignore format: a table of words

/** The base form of a compared English word: light, by endings, meant for finding and not for reading. Others stay as they are. */
export function baseOf(text: string): string {
  const known = Object.hasOwn(irregular, text) ? irregular[text] : undefined;
  if (known !== undefined) return known;
  if (text.length < 4 || !/^[a-z]+$/u.test(text)) return text;
  let base = text;
  if (base.endsWith("ies") && base.length > 4) base = `${base.slice(0, -3)}y`;
  else if (/(?:ss|x|z|ch|sh)es$/u.test(base)) base = base.slice(0, -2);
  else if (base.endsWith("s") && !/(?:ss|us|is)$/u.test(base)) base = base.slice(0, -1);
  const cut = /^(.*[aeiouy].*?)(?:ellation|ing|ied|ed)$/u.exec(base);
  if (cut !== null && (cut[1]?.length ?? 0) >= 3) {
    const ending = base.slice(cut[1]?.length);
    const stem = ending === "ellation" ? `${cut[1]}el` : ending === "ied" ? `${cut[1]}y` : (cut[1] ?? "");
    // "cancelled", "stopped": the doubled letter goes; "missed", "called", "buzzed" keep theirs.
    base =
      /([bdgmnprt])\1$/u.test(stem) || /[aeiou]{1}[^aeiou]?[aeiou]ll$/u.test(stem) || stem === "cancell"
        ? stem.slice(0, -1)
        : stem;
  }
  // "charge" and "charg(ed)", "refuse" and "refus(ed)".
  return base.endsWith("e") && base.length > 4 ? base.slice(0, -1) : base;
}

const bases = new Map<string, string>();

type Indexed = Pick<Conversation, "kind" | "participants" | "turns">;
/** The index of a conversation that is still in use, by its turns: categories, phrases and issues read the same one. */
const indexes = new WeakMap<readonly Turn[], { readonly of: Indexed; readonly index: WordIndex }>();

/** The index of a conversation's words, made in one pass over them when it is first asked for. */
export function indexWords(conversation: Indexed): WordIndex {
  const { kind, participants, turns } = conversation;
  const known = indexes.get(turns);
  if (known !== undefined && known.of.kind === kind && known.of.participants === participants) return known.index;
  const index = madeIndex(conversation);
  indexes.set(turns, { of: { kind, participants, turns }, index });
  return index;
}

function madeIndex(conversation: Indexed): WordIndex {
  const roleOf = new Map(conversation.participants.map(({ id, role }) => [id, role]));
  const roles = conversation.turns.map(({ participantId }) => roleOf.get(participantId) ?? "other");
  const stretches = stretchesOf(conversation);
  const tokens: Token[] = [];
  const byText = new Map<string, number[]>();
  const byBase = new Map<string, number[]>();
  // A speaker's stretch goes on over what another puts in: the tokens of one stretch have to lie side by side.
  const order = conversation.turns.map((_, index) => index).sort((a, b) => (stretches[a] ?? 0) - (stretches[b] ?? 0) || a - b);
  for (const index of order) {
    const turn = conversation.turns[index];
    if (turn === undefined) continue;
    for (const found of turnTokens(turn)) {
      let base = bases.get(found.text);
      if (base === undefined) {
        base = baseOf(found.text);
        if (bases.size >= mostRemembered) bases.clear();
        bases.set(found.text, base);
      }
      note(byText, found.text, tokens.length);
      note(byBase, base, tokens.length);
      tokens.push({ ...found, base, turn: index, stretch: stretches[index] ?? index });
    }
  }
  return { tokens, byText, byBase, roles };
}

function* turnTokens(turn: Turn): Generator<Omit<Token, "base" | "turn" | "stretch">> {
  if (turn.words.length === 0) {
    for (const { text, from, to } of tokensOf(turn.text)) yield { text, from, to, word: -1, startMs: turn.startMs };
    return;
  }
  for (const [word, { text: written, startMs, redaction }] of turn.words.entries()) {
    // What stands for masked words is no speech.
    if (redaction !== undefined) continue;
    for (const { text } of tokensOf(written)) yield { text, from: -1, to: -1, word, startMs };
  }
}

/** For each turn, the first turn of the stretch of speech that it belongs to. */
function stretchesOf({ kind, turns }: Pick<Conversation, "kind" | "turns">): number[] {
  const last = new Map<string, { stretch: number; endMs: number }>();
  return turns.map(({ participantId, startMs, endMs }, index) => {
    const before = last.get(participantId);
    const goesOn = kind === "call" && before !== undefined && startMs - before.endMs <= phrasePauseMs;
    const stretch = goesOn ? before.stretch : index;
    last.set(participantId, { stretch, endMs });
    return stretch;
  });
}

function note(map: Map<string, number[]>, key: string, at: number): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [at]);
  else list.push(at);
}
