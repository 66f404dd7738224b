import { describe, expect, it } from "vitest";
import { type Transcript, type Turn, transcriptSchema } from "../conversation/conversation.ts";
import {
  isBrCnpj,
  isBrCpf,
  isDeTaxId,
  isEsDni,
  isFrNir,
  isIban,
  isInAadhaar,
  isItCodiceFiscale,
  isNlBsn,
  isPlPesel,
  isUkNhs,
  isUkNino,
  isUsRouting,
  isUsSsn,
} from "./check-digits.ts";
import { muteRanges } from "./mute-ranges.ts";
import { redactPersonalData } from "./redaction.ts";
import { measureRedaction } from "./redaction-accuracy.ts";
import {
  defaultRedactionPolicy,
  everythingMasked,
  neverKept,
  personalTypes,
  type RedactionPolicy,
  redactionFingerprint,
  redactionPolicySchema,
} from "./redaction-policy.ts";
import { slotType } from "./redaction-slots.ts";
import { heldOut, utterances } from "./redaction-utterances.test-data.ts";

/** Turns written "A: ..." or "C: ...", with words that have times. */
function transcriptOf(lines: readonly string[]): Transcript {
  return {
    durationMs: lines.length * 5_000,
    language: "en",
    participants: [
      { id: "A", role: "agent", roleConfidence: null, name: "Sam", channel: 0 },
      { id: "C", role: "customer", roleConfidence: null, name: "Nora Quinn", channel: 1 },
    ],
    turns: lines.map((line, index): Turn => {
      const text = line.slice(3);
      const startMs = index * 5_000;
      const words = text.split(" ").map((word, at) => ({
        id: `w${index}-${at}`,
        text: word,
        startMs: startMs + at * 100,
        endMs: startMs + at * 100 + 90,
        confidence: 0.9,
      }));
      return {
        id: `t${index}`,
        participantId: line.slice(0, 1),
        startMs,
        endMs: startMs + 4_000,
        text,
        words,
        speakerConfidence: null,
      };
    }),
    shortfalls: [],
    provenance: null,
  };
}

const texts = (lines: readonly string[], policy: RedactionPolicy) =>
  redactPersonalData(transcriptOf(lines), policy).transcript.turns.map(({ text }) => text);

describe("check digits", () => {
  it.each([
    ["IBAN", isIban, "GB29NWBK60161331926819", "GB29NWBK60161331926818"],
    ["US routing number", isUsRouting, "021000021", "021000022"],
    ["US social security number", isUsSsn, "219099999", "000099999"],
    ["UK national insurance number", isUkNino, "JG103759A", "BG103759A"],
    ["NHS number", isUkNhs, "9434765919", "9434765918"],
    ["German tax number", isDeTaxId, "86095742719", "86095742718"],
    ["French NIR", isFrNir, "255081416802538", "255081416802539"],
    ["Spanish DNI", isEsDni, "12345678Z", "12345678A"],
    ["Spanish NIE", isEsDni, "X1234567L", "Y1234567L"],
    ["Italian codice fiscale", isItCodiceFiscale, "RSSMRA85T10A562S", "RSSMRA85T10A562T"],
    ["Dutch BSN", isNlBsn, "111222333", "111222334"],
    ["Polish PESEL", isPlPesel, "44051401359", "44051401358"],
    ["Aadhaar", isInAadhaar, "234123412346", "234123412347"],
    ["CPF", isBrCpf, "52998224725", "52998224726"],
    ["CNPJ", isBrCnpj, "11222333000181", "11222333000182"],
  ])("of a %s hold, and fail with one wrong", (_name, passes, right, wrong) => {
    expect(passes(right)).toBe(true);
    expect(passes(wrong)).toBe(false);
    expect(passes("")).toBe(false);
  });
});

describe("the written utterances", () => {
  it("are at least 300, of every type", () => {
    expect(utterances.length).toBeGreaterThanOrEqual(300);
    const marked = new Set(utterances.flatMap(({ spans }) => spans.map(({ type }) => type)));
    expect([...marked].toSorted()).toEqual([...personalTypes].toSorted());
    expect(utterances.filter(({ spans }) => spans.length === 0).length).toBeGreaterThan(90);
  });

  it.each([
    ["that rules were tuned on", utterances.slice(0, -heldOut), 0.95],
    ["held out", utterances.slice(-heldOut), 0.9],
  ])("%s are found and nothing else is", (_name, part, least) => {
    const all = measureRedaction(part).figures.at(-1);
    expect((all?.recalled ?? 0) / (all?.marked ?? 1)).toBeGreaterThanOrEqual(least);
    expect((all?.right ?? 0) / (all?.found ?? 1)).toBeGreaterThanOrEqual(0.9);
  });

  it("count a find of another type or of a part as missed", () => {
    const turns = [{ by: "customer" as const, text: "my PIN is 4471" }];
    const [wrong] = [measureRedaction([{ region: "us", turns, spans: [{ turn: 0, type: "phone", start: 10, end: 14 }] }])];
    expect(wrong?.figures.at(-1)).toMatchObject({ marked: 1, recalled: 0, hidden: 1, found: 1, right: 0 });
    expect(wrong?.faults).toHaveLength(1);
  });
});

describe("the policy", () => {
  const lines = ["C: This is Nora Quinn, my PIN is 4471 and my email is nora@example.com thanks"];

  it("masks, removes and keeps by type, and records rule and reason, never the value", () => {
    expect(texts(lines, defaultRedactionPolicy)).toEqual([
      "This is Nora Quinn, my PIN is [PIN] and my email is nora@example.com thanks",
    ]);
    const policy: RedactionPolicy = { ...everythingMasked, email: "remove" };
    const { transcript } = redactPersonalData(transcriptOf(lines), policy);
    expect(transcript.turns[0]?.text).toBe("This is [name], my PIN is [PIN] and my email is thanks");
    expect(transcript.redactions).toEqual([
      {
        turnId: "t0",
        wordIds: ["w0-2", "w0-3"],
        type: "name",
        rule: "name-introduced",
        why: "context",
        how: "mask",
        startMs: 200,
        endMs: 390,
      },
      {
        turnId: "t0",
        wordIds: ["w0-7"],
        type: "pin",
        rule: "pin-context",
        why: "context",
        how: "mask",
        startMs: 700,
        endMs: 790,
      },
      {
        turnId: "t0",
        wordIds: ["w0-12"],
        type: "email",
        rule: "email-typed",
        why: "form",
        how: "remove",
        startMs: 1_200,
        endMs: 1_290,
      },
    ]);
    expect(JSON.stringify(transcript)).not.toMatch(/Quinn|4471|nora@/u);
    expect(transcript.participants.map(({ name }) => name)).toEqual(["Sam", null]);
    expect(transcriptSchema.parse(transcript)).toEqual(transcript);
  });

  it("mutes a turn without words also where nothing was left to tell of it", () => {
    const plain = transcriptOf(lines);
    const turns = plain.turns.map((turn) => ({ ...turn, words: [] }));
    const { transcript } = redactPersonalData({ ...plain, turns }, { ...defaultRedactionPolicy, pin: "remove" });
    expect(transcript.turns[0]?.text).toBe("This is Nora Quinn, my PIN is and my email is nora@example.com thanks");
    expect(muteRanges(transcript)).toEqual([{ startMs: 0, endMs: 4_500 }]);
  });

  it("never keeps card numbers, security codes and PINs", () => {
    for (const type of personalTypes) {
      const kept = redactionPolicySchema.safeParse({ ...defaultRedactionPolicy, [type]: "keep" });
      expect(kept.success).toBe(!neverKept.has(type));
    }
  });

  it("masks as a card what passes as one where the other thing it may be is kept", () => {
    const said = ["C: my phone number is 4111 1111 1111 1111"];
    expect(texts(said, defaultRedactionPolicy)).toEqual(["my phone number is [card number]"]);
  });

  it("has another fingerprint when it hides something else", () => {
    const prints = personalTypes.map((type) => redactionFingerprint({ ...defaultRedactionPolicy, [type]: "remove" }));
    expect(new Set([...prints, redactionFingerprint(defaultRedactionPolicy)]).size).toBe(personalTypes.length + 1);
  });
});

describe("a bot's slots", () => {
  it.each([
    ["Pin", "pin"],
    ["customer_pin", "pin"],
    ["PinCode", "address"],
    ["SSN", "national-id"],
    ["SocialSecurityNumber", "national-id"],
    ["CardNumber", "card-number"],
    ["cvv", "card-security-code"],
    ["AccountNumber", "bank-account"],
    ["DateOfBirth", "birth-date"],
    ["emailAddress", "email"],
    ["Topic", null],
    ["Amount", null],
    ["Spinach", null],
  ])("named %s hold %s", (name, type) => {
    expect(slotType(name)).toBe(type);
  });

  it("are masked by their name, and so is the answer to the bot that asks", () => {
    const plain = transcriptOf(["A: First I need to verify your identity. What is your four digit PIN?", "C: 7 3 0 4"]);
    const bot = { intent: "Pay", confidence: 0.9, missed: false, slots: { Pin: "7304", Amount: "120.00 GBP" }, state: null };
    const turns = plain.turns.map((turn, index) => (index === 1 ? { ...turn, bot } : turn));
    const { transcript } = redactPersonalData({ ...plain, turns });
    expect(transcript.turns[1]?.text).toBe("[PIN]");
    expect(transcript.turns[1]?.bot?.slots).toEqual({ Pin: "[PIN]", Amount: "120.00 GBP" });
    expect(transcript.redactions?.map(({ rule }) => rule).toSorted()).toEqual(["bot-slot", "pin-context"]);
  });
});
