import { spawnSync } from "node:child_process";
import { createReadStream, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { appendFile, chmod, copyFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exportFormats } from "../../../app/contract/api.ts";
import { errorCodes } from "../../../app/contract/errors.ts";
import type { ConversationView, JobView } from "../../../app/contract/views.ts";
import { type Ffmpeg, findFfmpeg } from "../media/ffmpeg.ts";
import { earmarkFolder } from "../surroundings.ts";
import { type OpenedLibrary, openLibrary } from "./opened-library.test-data.ts";

/*
 * Whatever is brought: real files, made here, on the way that a page's import takes. Each ends in a conversation that
 * can be looked at, or in a code with nothing of it left in the library.
 */

const ffmpeg: Ffmpeg | null = await findFfmpeg().catch(() => null);
const sample = join(earmarkFolder, "resources/samples/city-telecom-fault.mp3");

let library: OpenedLibrary;
let folder = "";

/** Runs ffmpeg with its own arguments, in the folder of the test. */
function make(name: string, ...args: string[]): string {
  const path = join(folder, name);
  const { status, stderr } = spawnSync(ffmpeg?.path ?? "", ["-nostdin", "-y", "-loglevel", "error", ...args, `file:${path}`], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${name} was not made: ${stderr}`);
  return path;
}

/** The first seconds of a sample call. */
const speech = (seconds: number): string[] => ["-t", String(seconds), "-i", sample];
const made = (graph: string): string[] => ["-f", "lavfi", "-i", graph];

/** A file cut after a share of its bytes. */
function cut(path: string, share: number, name: string): string {
  const bytes = readFileSync(path);
  const target = join(folder, name);
  writeFileSync(target, bytes.subarray(0, Math.floor(bytes.length * share)));
  return target;
}

function written(name: string, bytes: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

/** The head of a WAV file, mono, 16 kHz, 16 bit, that says how many bytes of sound follow. */
function wavHead(dataBytes: number): Buffer {
  const head = Buffer.alloc(44);
  head.write("RIFF", 0, "latin1");
  head.writeUInt32LE(36 + dataBytes, 4);
  head.write("WAVEfmt ", 8, "latin1");
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(16_000, 24);
  head.writeUInt32LE(32_000, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write("data", 36, "latin1");
  head.writeUInt32LE(dataBytes, 40);
  return head;
}

interface Case {
  readonly name: string;
  readonly make: () => string;
  /** Refused at the door, failed on the way, or heard to the end. */
  readonly ends: "refused" | "failed" | "done";
  readonly codes?: readonly string[];
  readonly look?: (view: ConversationView, job: JobView) => void;
}

const turnsOf = (view: ConversationView) => view.conversation.turns;

const cases: readonly Case[] = [
  { name: "an empty file", make: () => written("empty.wav", ""), ends: "refused", codes: ["file-empty"] },
  { name: "a head without sound", make: () => written("head.wav", wavHead(0)), ends: "failed", codes: ["media-decode-failed"] },
  { name: "half a head", make: () => written("half-head.wav", wavHead(0).subarray(0, 20)), ends: "failed" },
  {
    name: "a head that promises more sound than there is",
    make: () => written("promise.wav", Buffer.concat([wavHead(32_000_000), Buffer.alloc(32_000, 3)])),
    ends: "done",
    look: (view) => expect(view.conversation.durationMs).toBe(1_000),
  },
  {
    name: "one sample",
    make: () => written("one.wav", Buffer.concat([wavHead(2), Buffer.from([1, 40])])),
    ends: "done",
    look: (view) => expect(turnsOf(view)).toEqual([]),
  },
  {
    name: "silence alone",
    make: () => make("silence.wav", ...made("anullsrc=r=8000:cl=mono"), "-t", "30"),
    ends: "done",
    look: (view) => {
      expect(turnsOf(view)).toEqual([]);
      expect(view.recording?.silentChannels).toEqual([0]);
    },
  },
  {
    name: "noise alone",
    make: () => make("noise.wav", ...made("anoisesrc=r=16000:a=0.3:d=20:seed=7")),
    ends: "done",
    look: (view) => expect(turnsOf(view).every((turn) => turn.words.every((word) => word.endMs <= 20_000))).toBe(true),
  },
  {
    name: "clipped speech",
    make: () => make("clipped.wav", ...speech(12), "-af", "volume=40dB", "-c:a", "pcm_s16le"),
    ends: "done",
    look: (view) => expect(turnsOf(view).length).toBeGreaterThan(0),
  },
  {
    name: "eight channels, two of which speak",
    make: () =>
      make(
        "eight.wav",
        ...[
          "-filter_complex",
          `amovie=${sample.replaceAll(/([:\\'])/gu, "\\$1")},atrim=0:10,aformat=channel_layouts=mono,asplit=2[a][b];[b]adelay=11000[c];[a]apad=whole_dur=21[d];[d][c]amerge=inputs=2,pan=octagonal|c0=c0|c5=c1`,
        ],
        ...["-c:a", "pcm_s16le"],
      ),
    ends: "done",
    look: (view) => {
      expect(view.peakChannels).toBe(8);
      expect(view.recording?.silentChannels).toEqual([1, 2, 3, 4, 6, 7]);
      expect(new Set(turnsOf(view).map((turn) => turn.participantId)).size).toBe(2);
    },
  },
  {
    name: "96 kHz, 24 bit",
    make: () => make("studio.wav", ...speech(6), "-ar", "96000", "-c:a", "pcm_s24le"),
    ends: "done",
    look: (view) => expect(turnsOf(view).length).toBeGreaterThan(0),
  },
  ...(["wav", "mp3", "flac", "ogg"] as const).map(
    (ending): Case => ({
      name: `a cut ${ending.toUpperCase()}`,
      make: () => cut(make(`whole.${ending}`, ...speech(20)), 0.6, `cut.${ending}`),
      ends: "done",
      look: (view) => {
        expect(view.conversation.durationMs).toBeGreaterThan(6_000);
        expect(view.conversation.durationMs).toBeLessThan(16_000);
        expect(turnsOf(view).length).toBeGreaterThan(0);
        // Of an MP3 without a table and an Ogg nobody knows that more was meant to come.
        if (ending === "wav" || ending === "flac") expect(view.recording?.truncated).toBe(true);
      },
    }),
  ),
  {
    name: "a cut M4A whose table of contents was at its end",
    make: () => cut(make("whole.m4a", ...speech(20), "-c:a", "aac"), 0.6, "cut.m4a"),
    ends: "failed",
    codes: ["media-truncated"],
  },
  {
    name: "a cut M4A whose table of contents is at its beginning",
    make: () => cut(make("fast.m4a", ...speech(20), "-c:a", "aac", "-movflags", "+faststart"), 0.7, "cut-fast.m4a"),
    ends: "done",
    look: (view) => {
      expect(view.recording?.truncated).toBe(true);
      expect(turnsOf(view).length).toBeGreaterThan(0);
    },
  },
  { name: "an MP3 called WAV", make: () => make("lie.wav", ...speech(5), "-f", "mp3"), ends: "done" },
  { name: "a WAV called MP3", make: () => make("lie.mp3", ...speech(5), "-f", "wav"), ends: "done" },
  {
    name: "a picture called WAV",
    make: () => make("picture.wav", ...made("color=red:s=64x64"), "-frames:v", "1", "-f", "image2", "-c:v", "png"),
    ends: "failed",
    codes: ["format-unknown"],
  },
  {
    name: "prose called WAV",
    make: () => written("prose.wav", "Dear sir,\nplease find enclosed\n"),
    ends: "refused",
    codes: ["format-unknown"],
  },
  {
    name: "bytes without any meaning",
    make: () => written("bytes.mp3", Buffer.from(Array.from({ length: 9_000 }, (_, at) => (at * 7_919 + 13) % 251))),
    ends: "failed",
  },
  {
    name: "a film without sound",
    make: () => make("mute.mp4", ...made("testsrc=s=64x64:d=1")),
    ends: "failed",
    codes: ["media-no-audio"],
  },
  ...(["mp3", "m4a"] as const).map(
    (ending): Case => ({
      name: `an ${ending.toUpperCase()} with the picture of a cover`,
      make: () =>
        make(
          `cover.${ending}`,
          ...[...speech(5), ...made("color=blue:s=300x300:d=1"), "-map", "0:a", "-map", "1:v", "-frames:v", "1"],
          ...["-c:v", "mjpeg", "-disposition:v", "attached_pic"],
          ...(ending === "m4a" ? ["-c:a", "aac"] : []),
        ),
      ends: "done",
      look: (view) => expect(view.conversation.durationMs).toBeGreaterThan(4_500),
    }),
  ),
  {
    name: "an M4A of no length",
    make: () => make("zero.m4a", ...made("anullsrc=r=16000:cl=mono"), "-t", "0", "-c:a", "aac"),
    ends: "failed",
  },
  ...[
    ["names in other letters", "Ärger – звонок 电话 ☎ عربي.wav"],
    ["a very long name", `${"é".repeat(120)}.wav`],
    ["a name of two lines", "first\nsecond.wav"],
    ["a name with percent signs", "%d%s%2e%00.wav"],
    ["a name that begins as an option does", "-i.wav"],
    ["a name with quotes and a dollar", `a"b'c$(d) ;e.wav`],
    ["a name with a protocol", "http:x.wav"],
  ].map(
    ([name = "", file = ""]): Case => ({
      name,
      make: () => make(file, ...speech(2), "-metadata", `comment=${file.length} ${Math.random()}`),
      ends: "done",
      look: (view) => {
        expect(view.conversation.source.name).toBe(file);
        expect(view.conversation.title.length).toBeGreaterThan(0);
      },
    }),
  ),
  {
    name: "a link to a recording",
    make: () => {
      const link = join(folder, "link.wav");
      symlinkSync(make("linked.wav", ...speech(3)), link);
      return link;
    },
    ends: "done",
  },
  {
    name: "a link that leads nowhere",
    make: () => {
      const link = join(folder, "nowhere.wav");
      symlinkSync(join(folder, "gone.wav"), link);
      return link;
    },
    ends: "refused",
    codes: ["file-missing"],
  },
  {
    name: "a link to itself",
    make: () => {
      const link = join(folder, "circle.wav");
      symlinkSync(link, link);
      return link;
    },
    ends: "refused",
    codes: ["file-unreadable"],
  },
  {
    name: "an empty folder called call.wav",
    make: () => {
      const path = join(folder, "call.wav");
      mkdirSync(path);
      return path;
    },
    ends: "refused",
    codes: ["file-empty"],
  },
];

beforeAll(async () => {
  library = await openLibrary();
  folder = join(library.folder, "files");
  mkdirSync(folder);
});
afterAll(() => library.close());

/** Nothing of a refused file may stay: no row, no copy, no mark. */
async function leftNothing(before: { total: number; originals: number }): Promise<void> {
  expect((await library.call("library.list", {})).total).toBe(before.total);
  expect(library.filesIn("originals")).toHaveLength(before.originals);
  expect(library.filesIn("incoming")).toEqual([]);
}

async function counts(): Promise<{ total: number; originals: number }> {
  return { total: (await library.call("library.list", {})).total, originals: library.filesIn("originals").length };
}

it("knows whether ffmpeg is here", () => {
  if (ffmpeg === null) process.stderr.write("There is no ffmpeg: nothing was brought in.\n");
  expect(ffmpeg === null || ffmpeg.version !== "").toBe(true);
});

describe.runIf(ffmpeg !== null)("whatever is brought", () => {
  for (const one of cases) {
    it(`ends in a result or a reason: ${one.name}`, async () => {
      const path = one.make();
      const before = await counts();
      const result = await library.bring(path);
      if (one.ends === "refused") {
        expect(result?.conversationId ?? null).toBeNull();
        expect(errorCodes).toContain(result?.failure?.code);
        if (one.codes !== undefined) expect(one.codes).toContain(result?.failure?.code);
        await leftNothing(before);
        return;
      }
      expect(result?.failure ?? null).toBeNull();
      expect(result?.known).toBe(false);
      const id = result?.conversationId ?? "";
      const job = await library.settled(id);
      expect([job.state, job.failure?.code ?? null]).toEqual([one.ends, job.failure?.code ?? null]);
      const view = await library.call("conversation.get", { id });
      if (one.ends === "failed") {
        expect(errorCodes).toContain(job.failure?.code);
        // A fault of ours is no reason that a person can do something about.
        expect(job.failure?.code).not.toBe("internal");
        if (one.codes !== undefined) expect(one.codes).toContain(job.failure?.code);
      } else {
        expect(job.stages.every((stage) => stage.state === "done")).toBe(true);
        expect(view.mediaId).not.toBeNull();
        for (const turn of turnsOf(view)) {
          expect(turn.endMs).toBeGreaterThanOrEqual(turn.startMs);
          expect(turn.endMs).toBeLessThanOrEqual(view.conversation.durationMs);
        }
        for (const format of exportFormats) {
          expect((await library.call("conversation.export", { id, format })).text).toBeTypeOf("string");
        }
      }
      one.look?.(view, job);
      expect(library.filesIn("incoming")).toEqual([]);
      // What ended either way can be removed without a trace.
      await library.call("conversation.delete", { ids: [id] });
      await leftNothing(before);
    });
  }

  it("ends in a reason: a file that may not be read", async () => {
    const before = await counts();
    let path = make("secret.wav", ...speech(2));
    await chmod(path, 0o000);
    // Whoever may read everything is refused by a file that nobody can read from its beginning.
    if (process.getuid?.() === 0) path = "/proc/self/mem";
    const result = await library.bring(path);
    expect(result).toMatchObject({ conversationId: null, failure: { code: "file-unreadable" } });
    await leftNothing(before);
  });

  it("ends in a reason: a file that is still growing, and takes it once it has stopped", async () => {
    const before = await counts();
    const path = join(folder, "growing.wav");
    await copyFile(make("grown.wav", ...speech(2)), path);
    let growing = true;
    const writer = (async () => {
      while (growing) {
        await appendFile(path, Buffer.alloc(320));
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })();
    const result = await library.bring(path);
    growing = false;
    await writer;
    expect(result).toMatchObject({ conversationId: null, failure: { code: "file-unreadable", details: { changing: true } } });
    await leftNothing(before);
    const again = await library.bring(path);
    expect((await library.settled(again?.conversationId ?? "")).state).toBe("done");
    await library.call("conversation.delete", { ids: [again?.conversationId ?? ""] });
  });

  it("ends in a reason: an upload of nothing, and one under a name that is a path", async () => {
    const before = await counts();
    const nothing = await library.backend.receiveUpload("x.wav", new Blob([]).stream(), new AbortController().signal);
    const { results } = await library.call("import.begin", { sources: [{ kind: "upload", uploadId: nothing.uploadId }] });
    expect(results[0]?.failure?.code).toBe("file-empty");
    await leftNothing(before);
    const bytes = readFileSync(make("sent.wav", ...speech(2)));
    const sent = await library.backend.receiveUpload("../../evil.wav", new Blob([bytes]).stream(), new AbortController().signal);
    const taken = await library.call("import.begin", { sources: [{ kind: "upload", uploadId: sent.uploadId }] });
    expect(taken.results[0]).toMatchObject({ name: "evil.wav", failure: null });
    const id = taken.results[0]?.conversationId ?? "";
    expect((await library.settled(id)).state).toBe("done");
    await library.call("conversation.delete", { ids: [id] });
  });

  it("hears a long call of stretches of speech between long silences, each of them", async () => {
    // Four hours took the same way once by hand, with the demo voice on two busy cores: 359 s, at most 210 MB in Earmark,
    // 505 MB in the speech process and 56 MB in ffmpeg. Here it is twelve minutes.
    const path = make(
      "long.wav",
      ...[
        "-filter_complex",
        `amovie=${sample.replaceAll(/([:\\'])/gu, "\\$1")},atrim=0:6,aformat=sample_rates=8000:channel_layouts=mono,apad=whole_dur=180,atrim=0:180,aloop=loop=-1:size=1440000`,
      ],
      ...["-t", "720", "-c:a", "pcm_s16le"],
    );
    const result = await library.bring(path);
    const id = result?.conversationId ?? "";
    expect((await library.settled(id)).state).toBe("done");
    const { conversation } = await library.call("conversation.get", { id });
    expect(Math.abs(conversation.durationMs - 720_000)).toBeLessThan(100);
    for (const at of [0, 180_000, 360_000, 540_000]) {
      expect(conversation.turns.some((turn) => turn.startMs >= at - 200 && turn.endMs <= at + 8_000)).toBe(true);
    }
    expect(conversation.measures.silences.length).toBeGreaterThanOrEqual(4);
    await library.call("conversation.delete", { ids: [id] });
  });

  it("serves what it took in byte by byte as it came", async () => {
    const path = make("same.wav", ...speech(3));
    const result = await library.bring(path);
    const id = result?.conversationId ?? "";
    await library.settled(id);
    const { mediaId } = await library.call("conversation.get", { id });
    const media = await library.backend.mediaFile(mediaId ?? "");
    const chunks: Buffer[] = [];
    for await (const chunk of createReadStream(media?.path ?? "")) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).equals(readFileSync(path))).toBe(true);
    await rm(path);
    await library.call("conversation.delete", { ids: [id] });
  });
});
