import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { ConversationView } from "../../../app/contract/views.ts";
import { defaultSealingPolicy } from "../../../app/insight/originals.ts";
import { type Ffmpeg, findFfmpeg } from "../media/ffmpeg.ts";
import { beepHz, beepPeak } from "../media/muting.ts";
import { forThisSession } from "../secret-keeper.ts";
import { earmarkFolder } from "../surroundings.ts";
import { type OpenedLibrary, openLibrary } from "./opened-library.test-data.ts";

/* A sample call in which a card number is read aloud, with keys pressed after it: what a page plays and draws of it. */

const ffmpeg: Ffmpeg | null = await findFfmpeg().catch(() => null);
const samples = join(earmarkFolder, "resources/samples");
const startMs = 85_000;
const endMs = 103_000;
const keysAtMs = endMs - startMs + 1_000;
const truthSchema = z.object({
  turns: z.array(
    z.object({ text: z.string(), words: z.array(z.object({ text: z.string(), startMs: z.number(), endMs: z.number() })) }),
  ),
});
/** The digits of the card number, by their true times in the part. */
const digits = truthSchema
  .parse(JSON.parse(readFileSync(join(samples, "truth/bluebird-energy-bill.json"), "utf8")))
  .turns.filter(({ text }) => text.startsWith("My card number is"))
  .flatMap(({ words }) => words.slice(4))
  .map((word) => ({ text: word.text, startMs: word.startMs - startMs, endMs: word.endMs - startMs }));

let folder = "";
let call = "";
let library: OpenedLibrary;
let id = "";
let view: ConversationView;
const rate = 16_000;

function run(...args: string[]): Buffer {
  const { status, stdout, stderr } = spawnSync(ffmpeg?.path ?? "", ["-nostdin", "-y", "-loglevel", "error", ...args], {
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(String(stderr));
  return stdout;
}

function samplesOf(path: string): Int16Array {
  const bytes = run("-i", path, "-f", "s16le", "pipe:1");
  return new Int16Array(bytes.buffer, bytes.byteOffset, Math.floor(bytes.length / 2));
}

/** The share of a stretch's power that is the beep's, on one channel of two. */
function beepIn(heard: Int16Array, fromMs: number, toMs: number, channel: number): number {
  let [power, re, im, count] = [0, 0, 0, 0];
  for (let at = Math.ceil((fromMs * rate) / 1_000); at < (toMs * rate) / 1_000; at += 1) {
    const sample = heard[2 * at + channel] ?? 0;
    power += sample * sample;
    re += sample * Math.cos((2 * Math.PI * beepHz * at) / rate);
    im += sample * Math.sin((2 * Math.PI * beepHz * at) / rate);
    count += 1;
  }
  return power === 0 ? 0 : (2 * (re * re + im * im)) / count / power;
}

async function played(): Promise<Int16Array> {
  view = await library.call("conversation.get", { id });
  const media = await library.backend.mediaFile(view.mediaId ?? "");
  expect(media?.mediaType).toBe("audio/flac");
  return samplesOf(media?.path ?? "");
}

beforeAll(async () => {
  if (ffmpeg === null) return;
  folder = await mkdtemp(join(tmpdir(), "earmark-muted-call-"));
  call = join(folder, "call.wav");
  const keys = [697, 1_209].map((hz) => `sine=f=${hz}:d=0.3:r=${rate}`);
  run(
    ...[
      "-ss",
      String(startMs / 1_000),
      "-t",
      String((endMs - startMs) / 1_000),
      "-i",
      join(samples, "bluebird-energy-bill.opus"),
    ],
    ...keys.flatMap((key) => ["-f", "lavfi", "-i", key]),
    ...[
      "-filter_complex",
      "[1][2]amix=inputs=2,adelay=1000,apad=pad_dur=1,pan=stereo|c1=c0[k];[0]aformat=sample_rates=16000:channel_layouts=stereo[s];[s][k]concat=n=2:v=0:a=1",
    ],
    ...["-ar", String(rate), "-c:a", "pcm_s16le", call],
  );
  library = await openLibrary({ secrets: forThisSession() });
  const types = [...defaultSealingPolicy.types, "card-number" as const];
  await library.call("settings.set", { sealing: { days: 30, types } });
  id = (await library.bring(call))?.conversationId ?? "";
  expect((await library.settled(id)).state).toBe("done");
  view = await library.call("conversation.get", { id });
});
afterAll(async () => {
  await library?.close();
  await rm(folder, { recursive: true, force: true });
});

describe.runIf(ffmpeg !== null)("a call in which a card number is read aloud", () => {
  it("is played with the number and the keys under a beep on both sides, and otherwise as it was", async () => {
    expect(digits).toHaveLength(16);
    const words = view.conversation.turns.flatMap((turn) => turn.words);
    expect(words.filter((word) => word.redaction === "card-number").length).toBeGreaterThan(5);
    const before = samplesOf(call);
    const after = await played();
    expect(after.length).toBe(before.length);
    for (const digit of digits) {
      for (const channel of [0, 1])
        expect([digit, beepIn(after, digit.startMs, digit.endMs, channel) > 0.99]).toEqual([digit, true]);
    }
    expect(beepIn(after, keysAtMs + 20, keysAtMs + 280, 1)).toBeGreaterThan(0.99);
    // To the bit, wherever nothing is masked.
    let alike = 0;
    for (let at = 0; at < before.length; at += 1) {
      const ms = (at / 2 / rate) * 1_000;
      if (view.muted.some((range) => ms > range.startMs - 6 && ms < range.endMs + 6)) continue;
      if (before[at] !== after[at]) throw new Error(`Other sound at ${Math.round(ms)} ms.`);
      alike += 1;
    }
    // Most of the call is still to be heard.
    expect(alike / before.length).toBeGreaterThan(0.4);
  });

  it("shows the waveform of what is heard, also from near", async () => {
    const [digit = { startMs: 0, endMs: 0 }] = digits;
    for (const bins of [4, 400]) {
      const shown = await library.call("conversation.peaks", { id, startMs: digit.startMs, endMs: digit.endMs, bins });
      for (const channel of shown.channels) {
        expect(Math.max(...channel)).toBeLessThanOrEqual(Math.ceil(beepPeak * 127));
        expect(Math.min(...channel)).toBeGreaterThanOrEqual(-Math.ceil(beepPeak * 127) - 1);
      }
    }
  });

  it("keeps no key that was pressed, in the database or an export", async () => {
    const sounds = view.conversation.sounds ?? [];
    expect(sounds.filter(({ kind }) => kind === "dtmf").length).toBeGreaterThan(0);
    for (const sound of sounds) expect(Object.keys(sound).sort()).toEqual(["channel", "confidence", "endMs", "kind", "startMs"]);
    const { text } = await library.call("conversation.export", { id, format: "json" });
    const exported = z
      .object({ conversation: z.object({ sounds: z.array(z.record(z.string(), z.unknown())) }) })
      .parse(JSON.parse(text));
    expect(exported.conversation.sounds).toEqual(sounds);
  });

  it("falls silent where a person hides more, and comes back when that is taken back", async () => {
    const unhidden = view.muted;
    const [word] = view.conversation.turns
      .flatMap((turn) => turn.words)
      .filter(
        (one) => one.redaction === undefined && !unhidden.some((range) => one.startMs < range.endMs && one.endMs > range.startMs),
      );
    if (word === undefined) throw new Error("There is no word to hide.");
    const mediaBefore = view.mediaId;
    const target = { kind: "words" as const, wordIds: [word.id] };
    await library.call("conversation.correct", { id, operation: { kind: "redact", target, label: "secret" } });
    await library.settled(id);
    const after = await played();
    expect(beepIn(after, word.startMs, word.endMs, 0)).toBeGreaterThan(0.99);
    // The address of before leads nowhere: nobody goes on hearing what is hidden.
    expect(view.mediaId).not.toBe(mediaBefore);
    expect(await library.backend.mediaFile(mediaBefore ?? "")).toBeNull();
    await library.call("conversation.undo", { id });
    await library.settled(id);
    await played();
    expect(view.muted).toEqual(unhidden);
    expect(library.filesIn("derived").filter((name) => name.startsWith("muted-")).length).toBeLessThanOrEqual(4);
  });

  it("holds no digit of the number when what is played is heard again", async () => {
    await played();
    const media = await library.backend.mediaFile(view.mediaId ?? "");
    const again = (await library.bring(media?.path ?? ""))?.conversationId ?? "";
    expect((await library.settled(again)).state).toBe("done");
    const heard = await library.call("conversation.get", { id: again });
    const words = heard.conversation.turns.flatMap((turn) => turn.words);
    // What is heard beside the number is heard again.
    expect(words.length).toBeGreaterThan(10);
    // A digit that were heard would be masked, or stand in the text.
    expect(words.filter((word) => word.redaction === "card-number")).toEqual([]);
    const within = words.filter((word) => digits.some((digit) => word.startMs < digit.endMs && word.endMs > digit.startMs));
    const spokenDigits = /^(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|double|triple|\d+)\W*$/iu;
    expect(within.filter(({ text }) => spokenDigits.test(text)).map(({ text }) => text)).toEqual([]);
  });

  it("is heard where a person has brought back what was hidden, and there alone, until it is hidden again", async () => {
    const { originals } = await library.call("original.list", { conversationId: id });
    const hidden = originals.filter(({ types }) => types.includes("card-number"));
    expect(hidden.length).toBeGreaterThan(0);
    const ids = hidden.map((one) => one.id);
    const mutedBefore = view.muted;
    await library.call("original.restore", { conversationId: id, ids, reason: "The bank asked" });
    await library.settled(id);
    const after = await played();
    expect(
      view.conversation.turns.flatMap((turn) => turn.words).filter(({ restored }) => restored !== undefined).length,
    ).toBeGreaterThan(5);
    const [first = { startMs: 0, endMs: 0 }] = hidden;
    expect(view.muted.some((range) => range.startMs < first.endMs && range.endMs > first.startMs)).toBe(false);
    expect(beepIn(after, first.startMs, first.endMs, 0)).toBeLessThan(0.5);
    // The keys stay under the beep: nobody brought them back.
    expect(beepIn(after, keysAtMs + 20, keysAtMs + 280, 1)).toBeGreaterThan(0.99);
    await library.call("original.cover", { conversationId: id, ids });
    await library.settled(id);
    const covered = await played();
    expect(view.muted).toEqual(mutedBefore);
    for (const digit of digits) expect(beepIn(covered, digit.startMs, digit.endMs, 0)).toBeGreaterThan(0.99);
  });
});
