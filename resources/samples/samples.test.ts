import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";

const folder = import.meta.dirname;
const sampleSchema = z.strictObject({
  file: z.string().regex(/^[\w.-]+$/u),
  kind: z.enum(["call", "chat"]),
  channel: z.enum(["voice", "chat", "bot"]),
  title: z.string().min(1),
  startedAt: z.iso.datetime(),
  timeZone: z.string(),
  language: z.string(),
  audio: z.strictObject({ channels: z.int(), agentChannel: z.int().nullable() }).nullable(),
  truth: z.string().nullable(),
  toFind: z.array(z.string()).min(1),
});
const manifest = z
  .strictObject({ version: z.literal(1), samples: z.array(sampleSchema) })
  .parse(JSON.parse(readFileSync(join(folder, "samples.json"), "utf8")));

const timed = { startMs: z.int().min(0), endMs: z.int().min(0) };
const truthSchema = z.strictObject({
  durationMs: z.int(),
  channels: z.array(z.string()),
  turns: z.array(
    z.strictObject({ role: z.enum(["agent", "customer"]), ...timed, text: z.string(), words: z.array(z.strictObject({ text: z.string(), ...timed })) }),
  ),
  events: z.array(
    z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("interruption"), by: z.enum(["agent", "customer"]), ...timed }),
      z.strictObject({ kind: z.literal("silence"), ...timed }),
      z.strictObject({ kind: z.literal("card-number"), ...timed, digits: z.string() }),
      z.strictObject({ kind: z.literal("missed-disclosure") }),
    ]),
  ),
});
const calls = manifest.samples.filter(({ audio }) => audio !== null);
const truthOf = (path: string | null) => truthSchema.parse(JSON.parse(readFileSync(join(folder, path ?? ""), "utf8")));

function isCard(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, place) => {
    const value = Number(digit) * (1 + (place % 2));
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return /^\d{13,19}$/u.test(digits) && sum % 10 === 0;
}

describe("the manifest", () => {
  it("lists two calls (stereo and mono), a chat and a bot session, a customer's journey, and every file there is", () => {
    expect(manifest.samples.map(({ channel, audio }) => [channel, audio?.channels ?? 0])).toEqual([
      ["voice", 2],
      ["voice", 1],
      ["chat", 0],
      ["bot", 0],
      ["bot", 0],
      ["chat", 0],
      ["voice", 0],
      ["bot", 0],
    ]);
    const lying = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile() && !/^samples\.|\.ts$/u.test(entry.name));
    expect(lying.map(({ name }) => name).sort()).toEqual(manifest.samples.map(({ file }) => file).sort());
  });
  it("keeps them small", () => {
    for (const { file } of manifest.samples) expect(statSync(join(folder, file)).size).toBeLessThan(1_500_000);
  });
});

describe.each(calls)("$title", ({ truth: path, toFind }) => {
  const truth = truthOf(path);
  it("lasts 1 to 4 minutes, with turns in order and every word inside its turn", () => {
    expect(truth.durationMs).toBeGreaterThan(60_000);
    expect(truth.durationMs).toBeLessThan(240_000);
    for (const [k, turn] of truth.turns.entries()) {
      expect(turn.startMs).toBeGreaterThanOrEqual(truth.turns[k - 1]?.startMs ?? 0);
      expect(turn.words.map(({ text }) => text).join(" ")).toBe(turn.text);
      expect(turn.words.every((word, j) => word.endMs > word.startMs && word.startMs >= (turn.words[j - 1]?.startMs ?? turn.startMs))).toBe(true);
      expect([turn.words[0]?.startMs, turn.words.at(-1)?.endMs]).toEqual([turn.startMs, turn.endMs]);
    }
    expect(truth.turns.at(-1)?.endMs).toBeLessThan(truth.durationMs);
  });
  it("has what its line says there is to find", () => {
    const kinds = truth.events.map(({ kind }) => kind);
    for (const kind of ["interruption", "silence", "card-number", "missed-disclosure"] as const) {
      expect([kind, kinds.includes(kind)]).toEqual([kind, toFind.includes(kind)]);
    }
    for (const event of truth.events) {
      if (event.kind === "silence") expect(event.endMs - event.startMs).toBeGreaterThanOrEqual(5_000);
      if (event.kind === "interruption") expect([event.by, event.endMs - event.startMs > 1_000]).toEqual(["agent", true]);
      if (event.kind === "card-number") expect(isCard(event.digits)).toBe(true);
    }
  });
});

describe("the chat and the bot session", () => {
  const text = (channel: string) => readFileSync(join(folder, manifest.samples.find((sample) => sample.channel === channel)?.file ?? ""), "utf8");
  it("is an Amazon Connect chat transcript in order of time, with a card number", () => {
    const chat = z
      .looseObject({ Version: z.literal("2019-08-26"), Transcript: z.array(z.looseObject({ AbsoluteTime: z.iso.datetime(), Content: z.string().optional() })) })
      .parse(JSON.parse(text("chat")));
    const times = chat.Transcript.map(({ AbsoluteTime }) => Date.parse(AbsoluteTime));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    const cards = chat.Transcript.flatMap(({ Content = "" }) => Content.match(/\d(?:[ -]?\d){12,18}/gu) ?? []);
    expect(cards.map((card) => isCard(card.replaceAll(" ", "")))).toEqual([true]);
  });
  it("is a Lex log of one session with missed utterances and a hand-over", () => {
    const lines = text("bot").trim().split("\n");
    const log = z
      .array(z.looseObject({ messageVersion: z.literal("2.0"), sessionId: z.string(), missedUtterance: z.boolean(), sessionState: z.looseObject({ intent: z.looseObject({ name: z.string() }) }) }))
      .parse(lines.map((line): unknown => JSON.parse(line)));
    expect(new Set(log.map(({ sessionId }) => sessionId)).size).toBe(1);
    expect(log.filter(({ missedUtterance }) => missedUtterance)).toHaveLength(2);
    expect(log.at(-1)?.sessionState.intent.name).toBe("HandOver");
  });
});
