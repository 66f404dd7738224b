import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Transcript, type Turn, transcriptSchema } from "../conversation/conversation.ts";
import { passesLuhn } from "./check-digits.ts";
import { redactCardData, redactText } from "./redaction.ts";
import { cardDataAlone, redactionLabels } from "./redaction-policy.ts";

const demoCalls = join(dirname(fileURLToPath(import.meta.url)), "../../../shared/audio/demo-calls");
/** Synthetic calls with what is known to be true of them; none where the material is absent. */
const calls = existsSync(demoCalls) ? readdirSync(demoCalls).filter((name) => name.endsWith(".json")) : [];

/** Any UTF-16, halves of pairs included. (fast-check's own "binary" unit takes a second to set up.) */
const anyText = (maxLength: number) => fc.array(fc.nat(0xffff), { maxLength }).map((codes) => String.fromCharCode(...codes));

/** A transcript of turns written "A: ..." (agent) or "C: ..." (customer); each word has an id and times of its own. */
function transcriptOf(lines: readonly string[], withWords = true): Transcript {
  const turns = lines.map((line, index): Turn => {
    const text = line.slice(3);
    const startMs = index * 5_000;
    return {
      id: `t${index}`,
      participantId: line.startsWith("A: ") ? "agent" : "customer",
      startMs,
      endMs: startMs + 4_000,
      text,
      words: (withWords ? text.split(" ") : []).map((word, at) => ({
        id: `w${index}-${at}`,
        text: word,
        startMs: startMs + at * 20,
        endMs: startMs + at * 20 + 19,
        confidence: 0.9,
      })),
      speakerConfidence: null,
    };
  });
  return {
    durationMs: lines.length * 5_000,
    language: "en",
    participants: [
      { id: "agent", role: "agent", roleConfidence: null, name: null, channel: 0 },
      { id: "customer", role: "customer", roleConfidence: null, name: null, channel: 1 },
    ],
    turns,
    shortfalls: [],
    provenance: null,
  };
}

/** The turns after masking, as written to `transcriptOf`. */
function masked(lines: readonly string[], withWords = true): string[] {
  const { transcript } = redactCardData(transcriptOf(lines, withWords));
  return transcript.turns.map((turn) => `${turn.participantId === "agent" ? "A" : "C"}: ${turn.text}`);
}

const number = redactionLabels["card-number"];
const code = redactionLabels["card-security-code"];
const expiry = redactionLabels["card-expiry"];

/** One utterance and what is left of it. */
const masks: readonly (readonly [string, string])[] = [
  // Digit by digit
  ["my card number is four one one one one one one one one one one one one one one one", `my card number is ${number}`],
  ["four one one one one one one one one one one one one one one one", number],
  ["four zero one two eight eight eight eight eight eight eight eight one eight eight one", number],
  ["four oh one two eight eight eight eight eight eight eight eight one eight eight one", number],
  ["Four, one, one, one. One, one, one, one. One, one, one, one. One, one, one, one.", `${number}.`],
  ["4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", number],
  // Double, triple, quadruple
  ["it's four triple one double one double one double one double one double one double one one", `it's ${number}`],
  ["four triple one, quadruple one, quadruple one, quadruple one", number],
  ["four oh one two eight treble eight eight eight eight eight one double eight one", number],
  // Pairs and groups
  ["forty-one eleven eleven eleven eleven eleven eleven eleven", number],
  ["forty one eleven eleven eleven eleven eleven eleven eleven please", `${number} please`],
  ["forty twelve eighty-eight eighty-eight eighty-eight eighty-eight eighteen eighty-one", number],
  ["thirty-seven eighty-two eighty-two twenty-four sixty-three ten zero zero five", number],
  ["four thousand one hundred and eleven, eleven eleven, eleven eleven, eleven eleven", number],
  ["fifty five hundred, double zero double zero, double zero double zero, double zero oh four", number],
  ["five five five five, five five five five, five five five five, four four four four", number],
  // With fillers and phrases
  ["um four one one one, er, one one one one and then one one one one, yeah, one one one one", `um ${number}`],
  ["four one one one the next four are one one one one then one one one one and one one one one", number],
  // Typed
  ["4111 1111 1111 1111", number],
  ["4111-1111-1111-1111", number],
  ["4111.1111.1111.1111", number],
  ["number:4111111111111111,ok", `number:${number},ok`],
  ["(4111111111111111)", `(${number})`],
  ["4111\u00a01111\u20091111\u20111111", number],
  ["4111\u200b1111\u200b1111\u200b1111", number],
  ["３７８２ ８２２４６３１ ０００５", number],
  ["3782 822463 10005", number],
  ["6011000990139424 is my Discover card", `${number} is my Discover card`],
  ["4111 1111 1111 one one one one", number],
  ["4111|1111|1111|1111", number],
  ["VISA4111111111111111", `VISA${number}`],
  // In the card's groups, with something in between
  ["4111/1111/1111/1111", `${number}/${number}/${number}/${number}`],
  [
    "it starts with 4111 then 1111 then it says 1111 and ends with 1111",
    `it starts with ${number} then it says ${number} and ends with ${number}`,
  ],
  [
    "four one one one. Sorry, the dog is barking. one one one one one one one one one one one one",
    `${number}. Sorry, the dog is barking. ${number}`,
  ],
  ["four one one one one one one one, one second, one one one one one one one one", number],
  // Doubtful lengths where a card is spoken of
  ["the card number is four one one one one one one one one one one one", `the card number is ${number}`],
  ["my visa is 4111 1111 1111", `my visa is ${number}`],
  ["my order number is fine but the card is 4111111111111111", `my order number is fine but the card is ${number}`],
  ["order number 4111111111111111", `order number ${number}`],
  // Security code
  ["the security code is one two three", `the security code is ${code}`],
  ["the security code on the back is 123", `the security code on the back is ${code}`],
  ["CVV 4567", `CVV ${code}`],
  ["cvv: 123.", `cvv: ${code}.`],
  ["the three digits on the back are seven eight nine", `the three digits on the back are ${code}`],
  ["the C V V is nine double one", `the C V V is ${code}`],
  // Expiry
  ["the expiry date on my card is oh nine twenty seven", `the expiry date on my card is ${expiry}`],
  ["card expires 12/27", `card expires ${expiry}`],
  ["the card expires march twenty twenty eight", `the card expires ${expiry}`],
  ["valid until 05 26 on my visa", `valid until ${expiry} on my visa`],
  ["card expiry 09/2028 and security code 321", `card expiry ${expiry} and security code ${code}`],
];

/** Utterances of which nothing is masked. */
const leaves: readonly string[] = [
  "",
  "Good morning, how can I help you today?",
  "that is one hundred and twenty three pounds fifty",
  "the invoice was 4111.50",
  "we charged you £1,234.56 in March and $99 in April",
  "one thousand two hundred and fifty dollars and forty cents",
  "twenty five percent of nine hundred and ninety nine pounds",
  "I was born on the fifth of march nineteen eighty four",
  "my date of birth is 05/03/1984",
  "oh four oh five nineteen eighty two",
  "twenty twenty four",
  "in 2024 we paid 1500 in 12 months",
  "the date is 12/03/2025 at 10:45",
  "it was in nineteen ninety nine or two thousand and one",
  "my phone number is oh seven seven double oh nine hundred one two three",
  "call me on 020 7946 0958",
  "you can reach me on +44 20 7946 0958",
  "my mobile is 07700 900123",
  "my order number is 1234567890123456",
  "order number one two three four five six seven eight",
  "the tracking number is 00340434161094042557",
  "your reference is A B one two three four five",
  "booking reference 98 76 54",
  "account number one two three four five six seven eight, sort code twenty thirty forty",
  "the postcode is SW1A 1AA",
  "my postcode is M one two A B",
  "flat twelve, one hundred and four High Street",
  "I have two cards and three accounts",
  "the card ending in one eight eight one",
  "I waited for forty five minutes, then twenty more",
  "press one for sales, two for support, three for billing",
  "version 10.4.2 of the app",
  "it was so in 2019, 2020, 2021 and 2022",
  "from 2019/2020 to 2021/2022",
  "one moment please, one second, I will be one minute",
  "my policy expires 12/27",
  "we are open from nine to five, seven days a week",
  "one or two, to be honest, or three, for four people",
  "ten, nine, eight, seven, six, five",
];

describe("one utterance", () => {
  it.each(masks)("masks %j", (said, left) => {
    expect(masked([`C: ${said}`])).toEqual([`C: ${left}`]);
    // A turn without words is read the same way.
    expect(masked([`C: ${said}`], false)).toEqual([`C: ${left}`]);
  });

  it.each(leaves)("leaves %j", (said) => {
    expect(masked([`C: ${said}`])).toEqual([`C: ${said}`]);
    expect(masked([`C: ${said}`], false)).toEqual([`C: ${said}`]);
    expect(redactText(said, cardDataAlone)).toBe(said);
  });
});

describe("over several turns", () => {
  it.each([
    {
      what: "acknowledgements in between",
      lines: [
        "A: can I take the long card number please",
        "C: four one one one",
        "A: okay",
        "C: one one one one",
        "A: go ahead",
        "C: one one one one",
        "A: yes",
        "C: one one one one",
        "A: thank you",
      ],
      left: [
        "A: can I take the long card number please",
        `C: ${number}`,
        "A: okay",
        `C: ${number}`,
        "A: go ahead",
        `C: ${number}`,
        "A: yes",
        `C: ${number}`,
        "A: thank you",
      ],
    },
    {
      what: "the agent repeating digits",
      lines: [
        "C: four zero one two",
        "A: four zero one two",
        "C: eight eight eight eight",
        "A: eight eight eight eight",
        "C: eight eight eight eight",
        "A: eight eight eight eight, go ahead",
        "C: one eight eight one",
      ],
      left: [
        `C: ${number}`,
        `A: ${number}`,
        `C: ${number}`,
        `A: ${number}`,
        `C: ${number}`,
        `A: ${number}, go ahead`,
        `C: ${number}`,
      ],
    },
    {
      what: "the whole number read back later",
      lines: [
        "C: 4111 1111 1111 1111",
        "A: one moment please, I will read that back",
        "A: forty-one eleven eleven eleven eleven eleven eleven eleven",
      ],
      left: [`C: ${number}`, "A: one moment please, I will read that back", `A: ${number}`],
    },
    {
      what: "expiry and code asked for by the agent",
      lines: [
        "A: and the expiry date on the card",
        "C: oh nine twenty eight",
        "A: and the last three digits on the back",
        "C: four five six",
      ],
      left: ["A: and the expiry date on the card", `C: ${expiry}`, "A: and the last three digits on the back", `C: ${code}`],
    },
    {
      what: "no card: a telephone number, a birthday, a postcode",
      lines: [
        "A: can I take your phone number",
        "C: zero seven seven zero zero nine zero zero one two three",
        "A: what is your date of birth",
        "C: oh four oh five nineteen eighty two",
        "A: and your postcode",
        "C: S W one two three A B",
      ],
      left: [
        "A: can I take your phone number",
        "C: zero seven seven zero zero nine zero zero one two three",
        "A: what is your date of birth",
        "C: oh four oh five nineteen eighty two",
        "A: and your postcode",
        "C: S W one two three A B",
      ],
    },
  ])("reads a number with $what", ({ lines, left }) => {
    expect(masked(lines)).toEqual(left);
    expect(masked(lines, false)).toEqual(left);
  });
});

describe("what a masked transcript keeps", () => {
  const before = transcriptOf(["C: my card is 4111 1111 1111 1111 and the security code is 123", "A: thank you"]);
  const { transcript, spans } = redactCardData(before);

  it("keeps ids and times of all words, and says on each masked one what stood there", () => {
    const shape = (whole: Transcript) =>
      whole.turns.map(({ words }) => words.map(({ id, startMs, endMs }) => [id, startMs, endMs]));
    expect(shape(transcript)).toEqual(shape(before));
    expect(transcript.turns[0]?.words.map(({ text, redaction }) => [text, redaction])).toEqual([
      ["my", undefined],
      ["card", undefined],
      ["is", undefined],
      [number, "card-number"],
      ["", "card-number"],
      ["", "card-number"],
      ["", "card-number"],
      ["and", undefined],
      ["the", undefined],
      ["security", undefined],
      ["code", undefined],
      ["is", undefined],
      [code, "card-security-code"],
    ]);
    expect(transcript.turns[0]?.text).toBe(`my card is ${number} and the security code is ${code}`);
    expect(transcriptSchema.parse(transcript)).toEqual(transcript);
  });

  it("names the stretches to mute, in order", () => {
    expect(spans).toEqual([
      {
        turnId: "t0",
        wordIds: ["w0-3", "w0-4", "w0-5", "w0-6"],
        type: "card-number",
        rule: "luhn",
        why: "check-digit",
        how: "mask",
        startMs: 60,
        endMs: 139,
      },
      {
        turnId: "t0",
        wordIds: ["w0-12"],
        type: "card-security-code",
        rule: "card-code-context",
        why: "context",
        how: "mask",
        startMs: 240,
        endMs: 259,
      },
    ]);
  });

  it("leaves the transcript it was given alone, and changes nothing the second time", () => {
    expect(before.turns[0]?.text).toContain("4111");
    const again = redactCardData(transcript);
    expect(again.transcript).toEqual(transcript);
  });

  it("mutes the whole turn where its words have no times", () => {
    const { spans: whole } = redactCardData(transcriptOf(["C: 4111111111111111"], false));
    expect(whole).toEqual([
      { turnId: "t0", wordIds: [], type: "card-number", rule: "luhn", why: "check-digit", how: "mask", startMs: 0, endMs: 4_000 },
    ]);
  });

  it("masks translations, what a bot understood, names, and a text that differs from its words", () => {
    const card = "4012888888881881";
    const plain = transcriptOf(["C: mein Kärtchen: vier null eins zwei", "A: danke"]);
    const turns = plain.turns.map((turn, index): Turn => {
      if (index === 1) return { ...turn, text: `thanks for ${card}` };
      return {
        ...turn,
        translation: `my card number: ${card}`,
        bot: {
          intent: "Pay",
          confidence: 0.9,
          missed: false,
          slots: { CardNumber: card, SecurityCode: "123", Amount: "123", ["__proto__"]: card, [card]: null },
          state: null,
        },
      };
    });
    const participants = plain.participants.map((one) => ({ ...one, name: `Ann ${card}` }));
    const { transcript: left } = redactCardData({ ...plain, participants, turns });
    expect(JSON.stringify(left)).not.toContain(card);
    expect(left.turns[0]?.translation).toBe(`my card number: ${number}`);
    expect(left.turns[0]?.bot?.slots).toMatchObject({ CardNumber: number, SecurityCode: code, Amount: "123" });
    expect(left.turns[1]?.text).toBe(`thanks for ${number}`);
    expect(left.participants[0]?.name).toBe(`Ann ${number}`);
    expect(transcriptSchema.safeParse(left).success).toBe(true);
  });
});

// ── Properties ──────────────────────────────────────────────────────────────────────────────────────────────────────

const unitWords = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
const teenWords = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(" ");
const tenWords = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

/** A number that passes Luhn's check and begins as cards do. */
const cardNumber = fc
  .tuple(
    fc.constantFrom("4", "51", "55", "37", "34", "6011", "35", "2221"),
    fc.constantFrom(13, 15, 16, 19),
    fc.array(fc.nat(9), { minLength: 19, maxLength: 19 }),
  )
  .map(([start, length, digits]) => {
    const body = (start + digits.join("")).slice(0, length - 1);
    for (let check = 0; check < 10; check++) if (passesLuhn(body + check)) return body + check;
    return body;
  });

/** How one speaker says digits; `dice` decides where there is a choice. */
function say(digits: string, style: string, dice: () => number): string[] {
  const said: string[] = [];
  for (let at = 0; at < digits.length; ) {
    const digit = digits[at] ?? "";
    const rest = digits.slice(at);
    const same = /^(\d)\1*/u.exec(rest)?.[0].length ?? 1;
    const two = Number(rest.slice(0, 2));
    const word = digit === "0" ? (["zero", "oh", "o", "nought"][dice() % 4] ?? "zero") : (unitWords[Number(digit)] ?? "");
    if (style === "typed") {
      const length = [1, 2, 3, 4, 4, 4, 16][dice() % 7] ?? 4;
      said.push(rest.slice(0, length));
      at += length;
    } else if (style === "repeats" && same >= 3 && dice() % 2 === 0) {
      said.push(dice() % 2 === 0 ? "triple" : "treble", word);
      at += 3;
    } else if (style === "repeats" && same >= 2) {
      said.push("double", word);
      at += 2;
    } else if (style === "pairs" && rest.length >= 2 && two >= 10 && !/^[2-9]0[1-9]/u.test(rest)) {
      // "Forty one" is 41: whoever means 40 and then 1 says it another way.
      if (two < 20) said.push(teenWords[two - 10] ?? "");
      else {
        const ten = tenWords[Math.floor(two / 10)] ?? "";
        const unit = two % 10 === 0 ? "" : (unitWords[two % 10] ?? "");
        said.push(...(unit === "" ? [ten] : dice() % 2 === 0 ? [`${ten}-${unit}`] : [ten, unit]));
      }
      at += 2;
    } else {
      said.push(word);
      at += 1;
    }
  }
  return said;
}

/** Digits and the words for them: what no text may hold when all that was planted is masked. */
const anyNumber = new RegExp(
  `\\p{Nd}|\\b(?:${[...unitWords, ...teenWords, ...tenWords.slice(2), "oh", "o", "nought", "double", "triple", "treble"].join("|")})\\b`,
  "iu",
);

const planted = fc
  .record({
    digits: cardNumber,
    style: fc.constantFrom("digits", "repeats", "pairs", "typed"),
    dice: fc.array(fc.nat(999), { minLength: 40, maxLength: 40 }),
    lead: fc.constantFrom("", "my card number is", "it's", "yes", "the order was fine and so was my phone"),
    filler: fc.constantFrom("", "um", "then", "and", "er, yes,", "sorry, again"),
    comma: fc.boolean(),
    cuts: fc.array(fc.nat(18), { maxLength: 3 }),
    between: fc.constantFrom(["okay"], ["go ahead"], ["mm hmm", "yes"], ["thank you, and then"], []),
    echo: fc.boolean(),
  })
  .map(({ digits, style, dice, lead, filler, comma, cuts, between, echo }) => {
    let thrown = 0;
    const roll = () => dice[thrown++ % dice.length] ?? 0;
    const bounds = [0, ...new Set(cuts.filter((at) => at >= 3 && at <= digits.length - 3)), digits.length].sort((a, b) => a - b);
    const lines: string[] = [];
    for (let index = 0; index + 1 < bounds.length; index++) {
      const part = digits.slice(bounds[index], bounds[index + 1]);
      const tokens = say(part, style, roll);
      const middle = Math.ceil(tokens.length / 2);
      // "double" and its digit are one, and so are "twenty" and "one".
      const isSplit =
        filler !== "" && !/^(?:double|triple|treble|\w+ty)$/u.test(tokens[middle - 1] ?? "") && middle < tokens.length;
      if (isSplit) tokens.splice(middle, 0, filler);
      const said = tokens.join(comma && style !== "repeats" ? ", " : " ");
      lines.push(`C: ${index === 0 && lead !== "" ? `${lead} ` : ""}${said}`);
      if (index + 2 < bounds.length) {
        if (echo) lines.push(`A: ${say(part, style, roll).join(" ")}`);
        else for (const words of between) lines.push(`A: ${words}`);
      }
    }
    return { digits, lines };
  });

/** Every text of a transcript. */
function textsOf(transcript: Transcript): string[] {
  return transcript.turns.flatMap((turn) => [turn.text, turn.words.map((word) => word.text).join(" "), turn.translation ?? ""]);
}

describe("whatever is said", () => {
  it("leaves no digit of a card number in any text, in whatever style it was read out", () => {
    fc.assert(
      fc.property(planted, fc.constantFrom("words", "text", "translation"), ({ lines }, where) => {
        const whole = transcriptOf(lines, where === "words");
        const turns = whole.turns.map((turn) =>
          where === "translation" ? { ...turn, text: "unklar", translation: turn.text } : turn,
        );
        const { transcript, spans } = redactCardData({ ...whole, turns });
        for (const text of textsOf(transcript)) expect(text, lines.join(" / ")).not.toMatch(anyNumber);
        expect(spans.length).toBeGreaterThan(0);
      }),
      { numRuns: 400 },
    );
  });

  it("never throws, keeps every word's id and times, and uncovers nothing when it is run again", () => {
    const bit = fc.oneof(
      anyText(12),
      fc.constantFrom(
        "card",
        "number",
        "expiry",
        "cvv",
        "double",
        "four",
        "12/27",
        "4111",
        "hundred",
        "oh",
        "£12",
        "+44",
        "٤",
        "to",
        ".",
      ),
    );
    const line = fc
      .tuple(fc.constantFrom("A: ", "C: "), fc.array(bit, { maxLength: 14 }))
      .map(([who, bits]) => who + bits.join(" "));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 6 }), fc.boolean(), (lines, withWords) => {
        const whole = transcriptOf(lines, withWords);
        const { transcript } = redactCardData(whole);
        const ids = (one: Transcript) =>
          one.turns.flatMap(({ words }) => words.map(({ id, startMs, endMs }) => `${id} ${startMs} ${endMs}`));
        expect(ids(transcript)).toEqual(ids(whole));
        const again = redactCardData(transcript).transcript;
        for (const [index, turn] of again.turns.entries())
          for (const [at, word] of turn.words.entries())
            if (transcript.turns[index]?.words[at]?.redaction !== undefined) expect(word.redaction).toBeDefined();
        for (const text of lines) redactText(text);
      }),
      { numRuns: 150 },
    );
  });

  it("reads a very long conversation, of which all is nearly card data", () => {
    const lines = Array.from(
      { length: 2_000 },
      (_, index) => `${index % 2 === 0 ? "A" : "C"}: one two card three four expires five six seven`,
    );
    const { transcript, spans } = redactCardData(transcriptOf(lines));
    expect(transcript.turns).toHaveLength(2_000);
    expect(spans.length).toBeGreaterThan(1_000);
  });
});

it("hides what another program wrote a conversation to be about, as everything else that it wrote", () => {
  const vendor = { source: "Another program", sentiment: [], topics: ["Card 4012 8888 8888 1881 declined", "Refund"] };
  const { transcript } = redactCardData({ ...transcriptOf(["C: Hello."]), vendor });
  expect(transcript.vendor).toEqual({ ...vendor, topics: ["Card [card number] declined", "Refund"] });
});

it(calls.length > 0 ? "has the synthetic calls to check" : "has no synthetic calls here: their card numbers go unchecked", () => {
  expect(calls.length === 0 || calls.length >= 3).toBe(true);
});

describe.runIf(calls.length > 0)("the synthetic calls", () => {
  it.each(calls)("%s keeps no card number, and loses nothing else", (name) => {
    const call = JSON.parse(readFileSync(join(demoCalls, name), "utf8")) as {
      events: { type: string; start: number; end: number }[];
      turns: { speaker: string; start: number; end: number; text: string }[];
    };
    const whole = transcriptOf(call.turns.map((turn) => `${turn.speaker === "agent" ? "A" : "C"}: ${turn.text}`));
    const { transcript, spans } = redactCardData(whole);
    const planted = call.events.filter(({ type }) => type === "card_number");
    const holds = call.turns.map((turn) => planted.some(({ start, end }) => turn.start < end && turn.end > start));
    expect(spans.map(({ turnId, type }) => [turnId, type])).toEqual(
      holds.flatMap((held, index) => (held ? [[`t${index}`, "card-number"]] : [])),
    );
    for (const [index, turn] of transcript.turns.entries()) {
      if (holds[index] === true) expect(turn.text).not.toMatch(anyNumber);
      else expect(turn.text).toBe(call.turns[index]?.text);
    }
  });
});
