import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { languageSettingsSchema } from "../../../app/contract/insight-views.ts";
import type { LanguageText } from "../../../app/ports.ts";
import { type ComprehendDouble, startComprehendDouble, type Trouble } from "../../../e2e/aws/comprehend-double.ts";
import type { EgressRecord } from "../speech/sagemaker/egress.ts";
import { createChoosingLanguage } from "./choose.ts";
import { comprehendLanguage, createComprehend } from "./comprehend.ts";
import { createLocalLanguage } from "./local.ts";
import { piecesOf, unitOffsets } from "./pieces.ts";
import { createTermFiles } from "./term-files.ts";
import { tryLanguage } from "./try-language.ts";

const arn = "arn:aws:comprehend:eu-west-1:111122223333:entity-recognizer-endpoint/own";
const clock = { now: () => Date.parse("2026-02-03T10:00:00Z") };
const rule = { attempts: 4, firstMs: 1, longestMs: 4 };
const kept = { ...process.env };
let double: ComprehendDouble;
let sent: EgressRecord[] = [];

beforeAll(async () => {
  double = await startComprehendDouble();
});
afterAll(() => double.close());
beforeEach(() => {
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_EC2_METADATA_DISABLED: "true",
  });
  double.seen.length = 0;
  double.trouble = () => null;
  sent = [];
});
afterEach(() => {
  for (const name of Object.keys(process.env)) if (!(name in kept)) delete process.env[name];
});

const onEgress = (record: EgressRecord): void => void sent.push(record);
const text = (words: string, language: string | null = "en"): LanguageText => ({
  turnId: words,
  text: words,
  language,
  before: "",
});
const quiet = () => ({ signal: new AbortController().signal, onProgress: () => undefined });
const occasion = { conversationId: "c1", startedAt: null };
const engine = (recogniser: string | null = null, patienceMs = 2_000) =>
  createComprehend({
    connection: { profile: null, region: "eu-west-1", url: double.url },
    recogniser,
    onEgress,
    clock,
    local: createLocalLanguage(),
    rule,
    patienceMs,
    random: () => 0.5,
  });
const once = (trouble: Trouble, when: (operation: string) => boolean = () => true): void => {
  let left = 1;
  double.trouble = ({ operation }) => (when(operation) && left-- > 0 ? trouble : null);
};

describe("pieces", () => {
  it("are cut by bytes, between words, and never inside a character", () => {
    const whole = "größe 😀 ".repeat(900);
    const pieces = piecesOf(whole);
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.every(({ bytes, text: piece }) => bytes <= 5_000 && bytes === Buffer.byteLength(piece, "utf8"))).toBe(true);
    expect(pieces.map(({ text: piece }) => piece).join("")).toBe(whole);
    expect(pieces.every(({ text: piece }) => /\s$/u.test(piece))).toBe(true);
    expect(piecesOf("x".repeat(12_000)).map(({ bytes }) => bytes)).toEqual([5_000, 5_000, 2_000]);
  });

  it("count characters as Comprehend does", () => {
    const units = unitOffsets("😀 hi");
    expect([units(0), units(1), units(2), units(99)]).toEqual([0, 2, 3, 5]);
  });
});

describe("Comprehend", () => {
  it("is asked in batches of 25 by language, and every request is recorded before it is sent", async () => {
    const texts = [
      ...Array.from({ length: 30 }, (_, index) => text(`thank you number ${index}`)),
      text("muchas gracias a usted", "es-MX"),
    ];
    const { readings, fallbacks } = await engine().read(texts, occasion, quiet());
    expect(readings.every(({ judgement }) => judgement?.by === "comprehend")).toBe(true);
    expect(readings[0]?.judgement?.shares.positive).toBeCloseTo(0.9, 6);
    expect(fallbacks).toEqual([]);
    const asked = double.seen.map(
      ({ operation, language, texts: all, signed }) => `${operation} ${language} ${all.length} ${signed}`,
    );
    expect(asked.sort()).toEqual(
      ["BatchDetectEntities", "BatchDetectSentiment"].flatMap((operation) => [
        `${operation} en 25 true`,
        `${operation} en 5 true`,
        `${operation} es 1 true`,
      ]),
    );
    expect(sent).toHaveLength(6);
    expect(sent[0]).toMatchObject({ service: "comprehend", region: "eu-west-1", conversationId: "c1", fields: ["turns.text"] });
    expect(sent.every(({ bytes, sha256 }) => bytes > 0 && /^[0-9a-f]{64}$/u.test(sha256 ?? ""))).toBe(true);
  });

  it("gives entities the places of this side, and keeps patterns that it has no names for", async () => {
    const words = "😀 Ann Smith paid $40 and mailed a@b.example";
    const { readings } = await engine().read([text(words)], occasion, quiet());
    const found = readings[0]?.mentions.map(({ type, start, end, source }) => `${source} ${type} ${words.slice(start, end)}`);
    expect(found).toContain("comprehend PERSON Ann Smith");
    expect(found).toContain("comprehend QUANTITY $40");
    expect(found).toContain("local EMAIL a@b.example");
  });

  it("asks one's own recogniser by its endpoint", async () => {
    const { readings } = await engine(arn).read([text("I bought a widget there")], occasion, quiet());
    expect(readings[0]?.mentions).toContainEqual(
      expect.objectContaining({ type: "PRODUCT", source: "recogniser", start: 11, end: 17 }),
    );
    expect(double.seen.find(({ operation }) => operation === "DetectEntities")).toMatchObject({ endpoint: arn });
    expect(sent.find(({ operation }) => operation === "DetectEntities")?.destination).toBe(arn);
  });

  it("reads a language that Comprehend lacks here, and says so", async () => {
    const { readings, fallbacks } = await engine().read(
      [text("Diolch yn fawr iawn i chi", "cy"), text("thank you very much")],
      occasion,
      quiet(),
    );
    expect(readings.map(({ judgement }) => judgement?.by)).toEqual(["local", "comprehend"]);
    expect(fallbacks).toEqual([{ reason: "language", language: "cy", turns: 1 }]);
    expect(double.seen.flatMap(({ texts }) => texts)).toEqual(["thank you very much", "thank you very much"]);
  });

  it("joins what a long turn's pieces say", async () => {
    const long = `${"nothing much to say here ".repeat(300)} this is terrible`;
    const { readings } = await engine().read([text(long)], occasion, quiet());
    expect(double.seen.every(({ texts }) => texts.every((one) => Buffer.byteLength(one, "utf8") <= 5_000))).toBe(true);
    const shares = readings[0]?.judgement?.shares;
    expect(shares?.negative).toBeGreaterThan(0.1);
    expect(shares?.negative).toBeLessThan(0.9);
  });

  it.each<[string, Trouble]>([
    ["throttling", { kind: "refuse", status: 400, name: "ThrottlingException" }],
    ["too many requests", { kind: "refuse", status: 400, name: "TooManyRequestsException" }],
    ["an error of its own", { kind: "refuse", status: 500, name: "InternalServerException" }],
    ["a lost connection", { kind: "hang-up" }],
  ])("tries again after %s", async (_, trouble) => {
    once(trouble);
    const { readings } = await engine().read([text("thank you very much")], occasion, quiet());
    expect(readings[0]?.judgement?.by).toBe("comprehend");
    expect(double.seen).toHaveLength(3);
  });

  it("tries again when no answer comes in time", async () => {
    once({ kind: "silence" });
    const { readings } = await engine(null, 150).read([text("thank you very much")], occasion, quiet());
    expect(readings[0]?.judgement?.by).toBe("comprehend");
  });

  it("asks again alone for what a batch left out", async () => {
    once({ kind: "partial", without: [1] }, (operation) => operation === "BatchDetectSentiment");
    const { readings, fallbacks } = await engine().read(
      [text("thank you very much"), text("terrible, really")],
      occasion,
      quiet(),
    );
    expect(readings.map(({ judgement }) => judgement?.shares.negative)).toEqual([
      expect.closeTo(0.02, 6),
      expect.closeTo(0.9, 6),
    ]);
    expect(fallbacks).toEqual([]);
    const asked = double.seen.filter(({ operation }) => operation === "BatchDetectSentiment").map(({ texts }) => texts);
    expect(asked).toEqual([["thank you very much", "terrible, really"], ["terrible, really"]]);
  });

  it("reads here what never got an answer, and says so", async () => {
    double.trouble = ({ texts }) =>
      texts.includes("thank you so much") ? { kind: "partial", without: [texts.indexOf("thank you so much")] } : null;
    const { readings, fallbacks } = await engine().read([text("thank you so much"), text("terrible, really")], occasion, quiet());
    expect(readings.map(({ judgement }) => judgement?.by)).toEqual(["local", "comprehend"]);
    expect(fallbacks).toEqual([{ reason: "partial", language: null, turns: 1 }]);
  });

  it.each<[string, Trouble, string]>([
    ["expired credentials", { kind: "refuse", status: 400, name: "ExpiredTokenException" }, "aws-credentials-missing"],
    ["no permission", { kind: "refuse", status: 400, name: "AccessDeniedException" }, "aws-denied"],
    ["lasting throttling", { kind: "refuse", status: 400, name: "ThrottlingException" }, "aws-throttled"],
    ["no JSON", { kind: "text", text: "<html>" }, "engine-failed"],
    [
      "another shape",
      { kind: "text", text: '{"ResultList":[{"Index":0,"SentimentScore":{"Positive":"much"}}]}' },
      "engine-failed",
    ],
  ])("fails with a code after %s", async (_, trouble, code) => {
    double.trouble = () => trouble;
    await expect(engine().read([text("thank you very much")], occasion, quiet())).rejects.toMatchObject({ code });
  });

  it("ends soon after it is cancelled, and sends nothing more", async () => {
    double.trouble = () => ({ kind: "silence" });
    const cancel = new AbortController();
    const reading = engine().read([text("thank you very much")], occasion, {
      signal: cancel.signal,
      onProgress: () => undefined,
    });
    setTimeout(() => cancel.abort(), 30);
    await expect(reading).rejects.toMatchObject({ code: "cancelled" });
  });

  it("knows languages by their codes", () => {
    expect(["en-GB", "zh-TW", "zh-Hant-HK", "zh", "cy", null].map(comprehendLanguage)).toEqual([
      "en",
      "zh-TW",
      "zh-TW",
      "zh",
      null,
      null,
    ]);
  });
});

describe("choosing who reads", () => {
  const choosing = (wish: "local" | "comprehend" | "auto") =>
    createChoosingLanguage({
      settings: () => languageSettingsSchema.parse({ engine: wish, region: "eu-west-1", url: double.url }),
      onEgress,
      clock,
      comprehend: { rule, patienceMs: 2_000 },
    });

  it("asks nobody where this machine is to read", async () => {
    const { readings } = await choosing("local").read([text("thank you very much")], occasion, quiet());
    expect(readings[0]?.judgement?.by).toBe("local");
    expect(double.seen).toEqual([]);
    expect(sent).toEqual([]);
  });

  it("falls back with the reason told where both may, and fails where Comprehend alone may", async () => {
    double.trouble = () => ({ kind: "refuse", status: 400, name: "ExpiredTokenException" });
    const { readings, fallbacks } = await choosing("auto").read([text("thank you very much")], occasion, quiet());
    expect(readings[0]?.judgement?.by).toBe("local");
    expect(fallbacks).toEqual([{ reason: "aws-credentials-missing", language: null, turns: 1 }]);
    await expect(choosing("comprehend").read([text("thank you very much")], occasion, quiet())).rejects.toMatchObject({
      code: "aws-credentials-missing",
    });
  });

  it("is tried step by step, and says what is missing", async () => {
    const settings = languageSettingsSchema.parse({
      engine: "auto",
      region: "eu-west-1",
      url: double.url,
      recogniser: arn,
      terms: "absent.csv",
    });
    double.trouble = ({ operation }) =>
      operation === "BatchDetectEntities" ? { kind: "refuse", status: 400, name: "AccessDeniedException" } : null;
    const options = { settings, terms: createTermFiles(), onEgress, clock, signal: new AbortController().signal };
    const trials = await tryLanguage(options);
    expect(trials.map(({ step, state, failure }) => [step, state, failure?.code ?? null])).toEqual([
      ["local", "ok", null],
      ["terms", "wrong", "file-missing"],
      ["identity", "ok", null],
      ["sentiment", "ok", null],
      ["entities", "wrong", "aws-denied"],
      ["recogniser", "ok", null],
    ]);
    const alone = await tryLanguage({ ...options, settings: { ...settings, engine: "local", terms: null } });
    expect(alone.map(({ state }) => state)).toEqual(["ok", "skipped", "skipped", "skipped", "skipped", "skipped"]);
  });
});
