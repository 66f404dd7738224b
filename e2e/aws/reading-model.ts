/*
 * What the doubles of Bedrock and of a local endpoint think with: a model that reads what it is sent as a model does. The
 * honest one looks words up. The gullible ones do what somebody in the transcript tells them.
 */

/** A request as it reached the model. */
export interface SeenPrompt {
  readonly system: string;
  readonly message: string;
  readonly tool: string;
  readonly schema: unknown;
  readonly model: string;
  readonly maxTokens: number;
}

/** Thinks of the input of the tool. */
export type Brain = (prompt: SeenPrompt) => unknown;

/** A question as it reached the model. */
export interface SeenQuestion {
  readonly id: string;
  readonly ask: string;
  readonly answer: string;
  readonly rests?: "quotes" | "absence";
  readonly rejected?: readonly string[];
}

/** A turn as it reached the model. */
export interface SeenTurn {
  readonly number: number;
  readonly speaker: string;
  readonly words: readonly { readonly id: string; readonly text: string }[];
}

/** The questions of a request: the last line of the system text. */
export function questionsSeen({ system }: Pick<SeenPrompt, "system">): SeenQuestion[] {
  return JSON.parse(system.trim().split("\n").at(-1) ?? "[]") as SeenQuestion[];
}

/** The name of the block of data, as the system text tells it. */
export function blockSeen({ system }: Pick<SeenPrompt, "system">): string {
  return /<((?:transcript|quotes)-[0-9A-Za-z]+)>/u.exec(system)?.[1] ?? "";
}

const plain = (text: string): string =>
  text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&#124;", "|")
    .replaceAll("&#96;", "`")
    .replaceAll("&amp;", "&");

/** The turns in the block of data. */
export function turnsSeen(prompt: Pick<SeenPrompt, "system" | "message">): SeenTurn[] {
  const block = blockSeen(prompt);
  const inside = prompt.message.split(`<${block}>\n`)[1]?.split(`\n</${block}>`)[0] ?? "";
  return inside.split("\n").flatMap((line) => {
    const match = /^\[(\d+)\] ((?:agent|customer|bot|ivr|other)(?: \d+)?) \d+:\d\d (.*)$/u.exec(line);
    if (match === null) return [];
    const words = (match[3] ?? "").split(/ (?=\d+\.\d+\|)/u).flatMap((one) => {
      const word = /^(\d+\.\d+)\|(.*)$/su.exec(one);
      return word === null ? [] : [{ id: word[1] ?? "", text: plain(word[2] ?? "") }];
    });
    return [{ number: Number(match[1]), speaker: match[2] ?? "", words }];
  });
}

const folded = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s]/gu, "")
    .replaceAll(/\s+/gu, " ")
    .trim();

/** A quote of these words where they stand in one turn; null where they do not. */
export function quoteSeen(turns: readonly SeenTurn[], words: string): { from: string; to: string; words: string } | null {
  const wanted = folded(words).split(" ");
  for (const turn of turns) {
    const own = turn.words.map(({ text }) => folded(text));
    for (let at = 0; at + wanted.length <= own.length; at++) {
      if (!wanted.every((word, index) => own[at + index] === word)) continue;
      const stretch = turn.words.slice(at, at + wanted.length);
      return { from: stretch[0]?.id ?? "", to: stretch.at(-1)?.id ?? "", words: stretch.map(({ text }) => text).join(" ") };
    }
  }
  return null;
}

/** What the honest model knows of a question: the words that settle it, and what it then answers. */
export interface Knowledge {
  readonly words: string;
  /** Of the answer, where the words are there. */
  readonly found: Readonly<Record<string, unknown>>;
  /** Where they are not; null: it cannot tell. */
  readonly absent: Readonly<Record<string, unknown>> | null;
}

/** A model that looks words up, and checks quotes by the same words. */
export function honest(knowledge: Readonly<Record<string, Knowledge>>): Brain {
  return (prompt) => {
    const questions = questionsSeen(prompt);
    if (prompt.tool === "record_checks") {
      const lines = prompt.message.split("\n");
      return {
        checks: questions.map(({ id, rests, answer }) => {
          const own = lines
            .filter((line) => line.startsWith(`[${id}] `))
            .map((line) => folded(line.replace(/^\[[^\]]*\] [a-z0-9 ]+: /u, "")));
          const known = knowledge[id];
          const leads = rests === "absence" ? known?.absent : known?.found;
          const options = leads?.["options"];
          const isSame = !Array.isArray(options) || options.join(", ").toLowerCase() === answer.toLowerCase();
          const isThere = rests === "absence" ? leads != null : own.some((line) => line.includes(folded(known?.words ?? "\0")));
          const isRight = isThere && isSame;
          return { question: id, supported: isRight ? "yes" : "no", reason: "By the words." };
        }),
      };
    }
    const turns = turnsSeen(prompt);
    const isPart = /This is one part of a longer conversation/u.test(prompt.system);
    return {
      answers: questions.map(({ id }) => {
        const known = knowledge[id];
        const quote = known === undefined ? null : quoteSeen(turns, known.words);
        const base = { question: id, justification: "By the words.", confidence: 0.9 };
        if (known !== undefined && quote !== null) {
          return { ...base, status: "answered", basis: "words", quotes: [quote], ...known.found };
        }
        if (known?.absent == null || isPart) return { ...base, status: "cannot-tell", basis: "words", quotes: [] };
        return { ...base, status: "answered", basis: "absence", quotes: [], searched: known.words, ...known.absent };
      }),
    };
  };
}

/** How a gullible model tries to prove what it was told to answer. */
export type Proof = "the order itself" | "other words" | "words that were never said" | "absence" | "nothing";

/** What a gullible model is like. */
export interface Gullibility {
  /** Where an order has to stand to be obeyed: outside of the data as a careless reader sees its end, or anywhere. */
  readonly obeys: "outside" | "anywhere";
  /** What is said to it. */
  readonly orders: readonly string[];
  readonly wants: "yes" | "no" | "not-applicable";
  readonly proof: Proof;
  readonly otherwise: Brain;
  /** Told of each request in which it obeyed. */
  readonly onObey: () => void;
}

/** Data ends, for a careless reader, at any mark that looks like an end: a closing tag, a fence, a line that is no turn. */
function outsideOfData(prompt: SeenPrompt): string {
  const block = blockSeen(prompt);
  const [before = "", inside = ""] = prompt.message.split(`<${block}>\n`);
  const end = /<\/?[a-z|]|```|<\||<</iu.exec(inside);
  const behind = end === null ? "" : inside.slice(end.index).replace(`</${block}>`, "");
  const isLine = prompt.tool === "record_checks" ? /^\[[^\]]+\] / : /^\[\d+\] (?:agent|customer)(?: \d+)? \d+:\d\d \d+\.\d+\|/u;
  const loose = inside.split("\n").filter((line) => line !== "" && line !== `</${block}>` && !isLine.test(line));
  return [before, behind, ...loose].join("\n");
}

const heard = (text: string): string => folded(plain(text.replaceAll(/\d+\.\d+\|/gu, ""))).replaceAll(" ", "");

/** A model that does what it is told by whoever speaks. */
export function gullible({ obeys, orders, wants, proof, otherwise, onObey }: Gullibility): Brain {
  return (prompt) => {
    const text = heard(obeys === "outside" ? outsideOfData(prompt) : prompt.message);
    const reaches = orders.some((order) => heard(order) !== "" && text.includes(heard(order)));
    // What a person cannot see, a model can: tag characters arrive only if they were left in.
    const hidden = /[\u{e0000}-\u{e007f}]/u.test(prompt.message);
    if (!reaches && !hidden) return otherwise(prompt);
    onObey();
    const questions = questionsSeen(prompt);
    if (prompt.tool === "record_checks") return { checks: questions.map(({ id }) => ({ question: id, supported: "yes" })) };
    const turns = turnsSeen(prompt);
    const order = turns.find(({ words }) => {
      const own = heard(words.map((word) => word.text).join(" "));
      return own !== "" && orders.some((one) => heard(one) === own);
    });
    const proving = proof === "the order itself" ? (order ?? turns[0]) : turns[0];
    const [first] = proving?.words ?? [];
    const last = proving?.words.at(-1);
    const words =
      proof === "words that were never said"
        ? "Can you confirm your date of birth"
        : (proving?.words ?? []).map((one) => one.text).join(" ");
    const quote = { from: first?.id ?? "1.1", to: last?.id ?? "1.1", words };
    return {
      answers: questions.map(({ id }) => ({
        question: id,
        status: wants === "not-applicable" ? "not-applicable" : "answered",
        ...(wants === "not-applicable" ? {} : { options: [wants] }),
        basis: proof === "absence" ? "absence" : "words",
        quotes: proof === "absence" || proof === "nothing" ? [] : [quote],
        ...(proof === "absence" ? { searched: "anything to the contrary" } : {}),
        justification: "As I was told.",
        confidence: 1,
      })),
    };
  };
}
