import type { RenderedTranscript, RenderedTurn } from "./rendering.ts";

/*
 * Turns that speak to a machine instead of to the person on the line: orders to a model, marks that a model's own
 * conversations are made of, text that is hidden from people. What is found is shown to a person, and no answer rests on
 * it. What is not found may still be there: this is one wall of several (`main/backend/writer/README.md`).
 */

/** Why a turn is taken to speak to a machine. */
export const suspicionReasons = [
  /** "Ignore your instructions". */
  "overrides",
  /** Names a model, a reviewer or the form, and tells it what to do. */
  "addresses-machine",
  /** Dictates answers or scores. */
  "dictates-answers",
  /** Marks of a model's own conversation: roles, tags, ids, a tool's name. */
  "marks",
  /** Characters that people do not see, or text in a code. */
  "hidden-text",
] as const;
/** Why a turn is taken to speak to a machine. */
export type SuspicionReason = (typeof suspicionReasons)[number];

/** A turn that speaks to a machine. */
export interface Suspicion {
  /** From 1. */
  readonly number: number;
  readonly turnId: string;
  readonly reasons: readonly SuspicionReason[];
}

const machine =
  "(?:a\\.?i\\.?|artificial intelligence|(?:large )?language model|llm|gpt|chat ?gpt|claude|bedrock|chat ?bot|(?:ai |virtual |automated )assistant|(?:automated |ai |quality )?(?:evaluator|grader|auditor|scorer|reviewer|assessor|judge)|(?:transcript|call|qa|quality|scoring|evaluation|review)(?:ion)? (?:system|software|tool|engine|analy[sz]er|model|machine|bot)|(?:whoever|whatever|anyone|the (?:model|machine|system|computer)) (?:is )?(?:reads?|reading|scor(?:es|ing)|grad(?:es|ing)|review(?:s|ing)|analy[sz](?:es|ing)|process(?:es|ing)|judg(?:es|ing)) this)";
const order =
  "(?:must|should|shall|have to|need to|please|now|will|answer|mark|score|rate|respond|reply|output|print|write|say|set|record|give|return|report|select|choose|treat|consider|note|listen|ignore|disregard|obey|follow|execute|run)";
const answer =
  "(?:yes|no|true|false|n\\s?/?\\s?a|not[ -]applicable|passed|pass|failed?|compliant|compliance|conform(?:s|ing)?|full marks|maximum|perfect|excellent|one hundred|100|ten out of ten|10/10|positive(?:ly)?|satisfied|resolved)";
const asked =
  "(?:questions?|check ?lists?|forms?|evaluations?|audits?|criteria|criterion|items?|score ?cards?|reviews?|assessments?)";

const patterns: readonly (readonly [SuspicionReason, RegExp])[] = [
  [
    "overrides",
    /\b(?:ignore|disregard|forget|override|overrule|bypass|skip|drop|stop following|do not follow|pay no attention to)\b.{0,40}\b(?:previous|prior|preceding|above|all|any|every|your|the|earlier|system|original|other|initial)\b.{0,40}\b(?:instructions?|prompts?|rules?|guidelines?|guidance|directions?|directives?|orders|commands?|constraints?|programming|training|system message)\b/u,
  ],
  [
    "overrides",
    /\b(?:new|updated|real|actual|following|revised|additional|secret|hidden|special) (?:system |developer |operator )?(?:instructions?|prompt|directives?|orders)\b.{0,20}(?:[:.,]|\b(?:for|are|is|follow|begin|start|from)\b)/u,
  ],
  [
    "overrides",
    /\b(?:system|developer|admin(?:istrator)?|root|operator|debug|maintenance|sudo|god) (?:prompt|message|override|mode|instructions?|command|note)\b/u,
  ],
  [
    "overrides",
    /\b(?:you are|you're|act as|behave as|pretend to be|role ?play as) (?:now |from now on )?(?:a|an|the|in|no longer|dan\b).{0,40}\b(?:assistant|model|ai|mode|dan|evaluator|auditor|grader|unrestricted|unfiltered|jailbroken|bot|machine)\b/u,
  ],
  [
    "overrides",
    /\b(?:jail ?break|prompt injection|do anything now|repeat after me the system|reveal (?:your|the) (?:system )?(?:prompt|instructions))\b/u,
  ],
  [
    "addresses-machine",
    new RegExp(
      `(?:(?:^|[.!?,;:]\\s*)to|\\b(?:attention|attn|dear|hey|hello|hi|note (?:to|for)|message (?:to|for)|instructions? (?:to|for)))[,:]? (?:the |any |all |every |our |your )?${machine}\\b`,
      "u",
    ),
  ],
  [
    "addresses-machine",
    new RegExp(
      `\\b${machine}\\b(?![^.?!]{0,30}\\b(?:did|does|not|was|were|could|gave|said|told|kept|never)\\b)[^.?!]{0,30}\\b${order}\\b[^.?!]{0,80}\\b(?:${answer}|${asked}|instructions?|transcript|score)\\b`,
      "u",
    ),
  ],
  ["addresses-machine", new RegExp(`\\b(?:if you are|as|since you are|you are) (?:an? |the )?${machine}\\b`, "u")],
  [
    "dictates-answers",
    new RegExp(
      `\\b(?:answer|mark|score|rate|record|set|output|respond|reply|select|choose|return|give|tick|put)\\b[^.?!]{0,30}\\b${answer}\\b(?! or (?:no|yes|false|n/?a)\\b)[^.?!]{0,40}\\b(?:every|all|each|any|the|this|on|for)\\b[^.?!]{0,25}\\b${asked}\\b`,
      "u",
    ),
  ],
  [
    "dictates-answers",
    new RegExp(
      `\\b(?:every|all|each|any|the|this|following)\\b[^.?!]{0,20}\\b${asked}\\b[^.?!]{0,40}\\b(?:answer(?:ed|s)?|mark(?:ed)?|scored?|rated?|set|is|are|as|get|should be|must be|counts? as)\\b[^.?!]{0,20}\\b${answer}\\b(?! or (?:no|yes|false|n/?a)\\b)`,
      "u",
    ),
  ],
  [
    "dictates-answers",
    /\b(?:for|of) (?:quality|scoring|audit|evaluation|compliance|review) purposes?\b[^.?!]{0,60}\b(?:all|every|everything|each|was|were|has been|have been|is|are)\b[^.?!]{0,40}\b(?:yes|passed|compliant|verified|disclosed|met|satisfied|complete|perfect|resolved)\b/u,
  ],
  [
    "dictates-answers",
    /\b(?:this|the) (?:call|conversation|agent|chat|transcript|recording)\b[^.?!]{0,20}\b(?:must|should|shall|has to|is to|will) (?:be )?(?:get|receive|score[sd]?|rated?|marked|graded|pass(?:ed)?|judged)\b[^.?!]{0,40}\b(?:yes|100|one hundred|full|perfect|pass(?:ed)?|compliant|maximum|highest|excellent|top)\b/u,
  ],
  [
    "marks",
    /(?:^|[.!?"'»)\]]\s*|\s-\s*)(?:system|assistant|human|user|developer|tool|instructions?)\s?:\s*[^.?!]{0,40}\b(?:answer|mark|score|ignore|override|yes|pass|questions?|check ?list|rules?|you (?:are|must|will|should))\b/u,
  ],
  [
    "marks",
    /<\/?\s*(?:\|?\s*)?(?:system|transcript|instructions?|data|tool|user|assistant|human|im_start|im_end|endoftext|admin|conversation|context|document|prompt|question|answer|s|inst)\b[^>]*>/u,
  ],
  [
    "marks",
    /\[\/?(?:inst|system|sys|assistant|user|end|transcript ends?)\]|<<\/?sys>>|<\|[a-z_]+\|>|```|#{2,}\s*(?:instruction|system|response|end|task|human|assistant)/u,
  ],
  [
    "marks",
    /\b(?:end|begin(?:ning)?|start|close) of (?:the )?(?:transcript|data|conversation|input|context|document)\b|\btranscript (?:ends|is over|finished|complete[ds]?) (?:here|now|above)?/u,
  ],
  [
    "marks",
    /\b(?:record_answers|record_checks|tool[_ ](?:call|use|choice|result)|function[_ ]call|json (?:object|schema|output))\b|\{\s*"(?:answers|question|status|role|checks)"/u,
  ],
  ["marks", /\b\d{1,4}\.\d{1,4}\|/u],
  // The same in other languages, by the words that people use for it.
  [
    "overrides",
    /\b(?:ignora|ignore[sz]?|olvida|olvide|desatiende|haz caso omiso|oublie[rz]?|ignoriere?n?|vergiss|vergessen|dimentica(?:re)?|ignorare|esque[çc]a|desconsidere|negeer|vergeet|zignoruj|zapomnij|anwybydda(?:wch)?)\b.{0,50}\b(?:instrucciones|reglas|instructions|consignes|r[eè]gles|anweisungen|regeln|vorgaben|istruzioni|regole|instru[çc][õo]es|regras|instructies|regels|instrukcje|polecenia|cyfarwyddiadau)\b/u,
  ],
  [
    "dictates-answers",
    /\b(?:responde|contesta|marca|r[ée]pond(?:s|ez)?|antworte[nt]?|beantworte[nt]?|rispondi(?:ate)?|responda|antwoord|beantwoord|odpowiedz|atebwch)\b.{0,40}\b(?:s[ií]|oui|ja|sim|tak|yes|ie)\b.{0,40}\b(?:todas?|todo|toutes?|tous|alle[nrs]?|jede[rns]?|tutt[eio]|todas|ka[żz]de|wszystkie|bob|preguntas|questions|fragen|domande|perguntas|vragen|pytania)\b/u,
  ],
  [
    "dictates-answers",
    /\b(?:a todas las preguntas|[àa] toutes les questions|(?:alle|jede) fragen?|a tutte le domande|a todas as perguntas|(?:op )?alle vragen|na wszystkie pytania)\b.{0,30}\b(?:s[ií]|oui|ja|sim|tak|yes)\b/u,
  ],
  [
    "overrides",
    /(?:игнорируй|игнорируйте|забудь|забудьте).{0,40}(?:инструкци|указани|правил)|忽略.{0,12}(?:指令|指示|说明|規則|规则|提示)|無視.{0,10}(?:指示|命令)|(?:指示|命令|ルール|プロンプト).{0,8}無視|(?:지시|명령|규칙).{0,10}(?:무시|잊)|تجاهل.{0,30}(?:التعليمات|الأوامر|القواعد)|(?:निर्देश|निर्देशों|नियम).{0,25}(?:अनदेखा|नज़रअंदाज़|भूल)/u,
  ],
  [
    "dictates-answers",
    /(?:отвечай|ответь|ответьте).{0,20}(?:да|нет).{0,25}(?:вопрос|все)|(?:на все|все|каждый).{0,15}вопрос.{0,25}«?(?:да|нет)|(?:所有|全部|每个|一切).{0,6}(?:问题|問題).{0,10}(?:回答|答|选)?.{0,4}[是“「]|(?:すべて|全て|全部).{0,6}(?:質問|項目).{0,8}(?:はい|合格)|(?:모든).{0,6}(?:질문|항목).{0,10}(?:예|네|통과)|(?:كل|جميع).{0,10}(?:الأسئلة|سؤال).{0,20}نعم|(?:सभी|हर).{0,8}(?:सवाल|प्रश्न).{0,25}हाँ/u,
  ],
  [
    "hidden-text",
    /\b(?=[A-Za-z0-9+/]*[A-Z])(?=[A-Za-z0-9+/]*[a-z])(?=[A-Za-z0-9+/]*\d)[A-Za-z0-9+/]{40,}={0,2}(?![A-Za-z0-9])|(?:\\u[0-9a-f]{4}){4,}|(?:\\x[0-9a-f]{2}){6,}|(?:&#x?[0-9a-f]{2,5};){4,}|(?:%[0-9a-f]{2}){8,}|\b(?:[0-9a-f]{2}\s?){24,}\b/iu,
  ],
  [
    "hidden-text",
    /\b(?:decode|decipher|rot ?13|base ?64|reverse(?:d)? (?:text|string))\b.{0,60}\b(?:follow|obey|execute|instructions?|do what|then (?:do|answer))\b/u,
  ],
];

/** Letters of other scripts that look like Latin ones, and figures that stand for letters. */
const lookAlikes: Readonly<Record<string, string>> = {
  а: "a", е: "e", о: "o", р: "p", с: "c", х: "x", у: "y", і: "i", ѕ: "s", ј: "j", ԁ: "d", һ: "h", ո: "n", ν: "v", ο: "o", α: "a", ρ: "p", τ: "t", ι: "i", κ: "k", ε: "e",
}; // biome-ignore format: a table of letters

/** Text that nobody sees: zero-width and tag characters, changed directions; of some, a single one is ordinary. */
const unseen = /[\u{e0000}-\u{e007f}\u202a-\u202e\u2066-\u2069]|[\u200b\u2060\ufeff].*[\u200b\u2060\ufeff]/su;

/** Turns of one speaker that are read together: what is dictated may come in instalments. */
const joinedTurns = 3;

/** Finds turns that speak to a machine. Those that do so only together are all named. */
export function findSuspicions({ turns }: Pick<RenderedTranscript, "turns">): Suspicion[] {
  const found = new Map<number, Set<SuspicionReason>>();
  const add = (turn: RenderedTurn, reasons: Iterable<SuspicionReason>): void => {
    const known = found.get(turn.number) ?? new Set();
    for (const reason of reasons) known.add(reason);
    if (known.size > 0) found.set(turn.number, known);
  };
  const recent = new Map<string, RenderedTurn[]>();
  for (const turn of turns) {
    const raw = rawText(turn);
    const alone = reasonsOf(raw);
    add(turn, alone);
    const before = recent.get(turn.turn.participantId) ?? [];
    for (let back = 1; alone.length === 0 && back <= before.length; back++) {
      const joined = [...before.slice(-back), turn];
      const apart = new Set(joined.flatMap((one) => reasonsOf(rawText(one))));
      const fresh = reasonsOf(joined.map(rawText).join(" ")).filter((reason) => !apart.has(reason));
      if (fresh.length === 0) continue;
      for (const one of joined) add(one, fresh);
      break;
    }
    recent.set(turn.turn.participantId, [...before, turn].slice(1 - joinedTurns));
  }
  return turns.flatMap(({ number, turn }) => {
    const reasons = found.get(number);
    return reasons === undefined
      ? []
      : [{ number, turnId: turn.id, reasons: suspicionReasons.filter((one) => reasons.has(one)) }];
  });
}

function rawText({ turn }: RenderedTurn): string {
  return turn.words.length > 0 ? turn.words.map(({ text }) => text).join(" ") : turn.text;
}

/** Why a text is taken to speak to a machine; empty where nothing says so. */
export function reasonsOf(raw: string): SuspicionReason[] {
  const found = new Set<SuspicionReason>();
  if (unseen.test(raw)) found.add("hidden-text");
  const shown = raw.normalize("NFKC").replaceAll(/\p{Cf}/gu, "");
  const plain = shown.replaceAll(/\s+/gu, " ").replaceAll(/\p{Cc}/gu, "");
  // A line may begin like a role; a sentence may go over lines.
  const lines = shown
    .replaceAll(/\s*\n\s*/gu, ". ")
    .replaceAll(/\s+/gu, " ")
    .replaceAll(/\p{Cc}/gu, "");
  // The end of a link is written in no language.
  const addressless = plain.replaceAll(/https?:\/\/\S+/gu, "");
  const low = withoutChoices(plain.toLowerCase());
  const latin = asLatin(low);
  const bare = latin.normalize("NFD").replaceAll(/\p{M}/gu, "");
  const versions = new Set([low, withoutChoices(lines.toLowerCase()), spelledTogether(low), latin, bare, withoutFigures(low)]);
  for (const [reason, pattern] of patterns) {
    if (found.has(reason)) continue;
    if (reason === "hidden-text" ? pattern.test(addressless) : [...versions].some((text) => pattern.test(text)))
      found.add(reason);
  }
  return suspicionReasons.filter((reason) => found.has(reason));
}

/** "i g n o r e" and "i-g-n-o-r-e" as words; two spaces, or a comma, part them. */
function spelledTogether(text: string): string {
  return text.replaceAll(/(?<![\p{L}\p{N}])(?:\p{L}[\s.\-_*]){3,}\p{L}(?![\p{L}\p{N}])/gu, (run) =>
    run.replaceAll(/[\s.\-_*]/gu, ""),
  );
}

function asLatin(text: string): string {
  if (!/[a-z]/u.test(text)) return text;
  return text.replaceAll(/[\u0370-\u058f]/gu, (letter) => lookAlikes[letter] ?? letter);
}

const figureLetters: Readonly<Record<string, string>> = { 0: "o", 1: "i", 3: "e", 4: "a", 5: "s", 7: "t", "@": "a", $: "s" };

/** "1gn0r3" as "ignore". */
function withoutFigures(text: string): string {
  return text.replaceAll(/[\p{L}\d@$]*\p{L}[\p{L}\d@$]*/gu, (word) =>
    /[\d@$]/u.test(word) ? word.replaceAll(/[0134579@$]/gu, (sign) => figureLetters[sign] ?? sign) : word,
  );
}

/** Who is asked for yes or no is not told which. */
function withoutChoices(text: string): string {
  return text.replaceAll(/\b(?:yes|no|true|false)(?: or |\/)(?:yes|no|true|false|n\/?a)\b/gu, "");
}
