import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { conversationDocumentSchema } from "../../app/conversation/conversation.ts";
import { findFfmpeg } from "../backend/media/ffmpeg.ts";

/* The command line as a process: what a script that calls it relies on. */

const program = join(import.meta.dirname, "earmark.ts");
const hasFfmpeg = await findFfmpeg().then(
  () => true,
  () => false,
);
let folder: string;
let temporary: string;

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function start(args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(process.execPath, [program, ...args], {
    cwd: folder,
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, EARMARK_LIBRARY: join(folder, "library é"), EARMARK_MODELS: "", TMPDIR: temporary, ...env },
  });
}

function end(child: ChildProcess, onError: (err: string) => void = () => undefined): Promise<Ended> {
  return new Promise((resolve, reject) => {
    let out = "";
    let err = "";
    child.stdout?.on("data", (piece) => {
      out += piece;
    });
    child.stderr?.on("data", (piece) => {
      err += piece;
      onError(err);
    });
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, out, err }));
  });
}

function earmark(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Ended> {
  return end(start(args, env));
}

/** A mono WAV of 8-bit samples at 8 kHz: bursts of sound, a second long, with pauses between them. */
function wav(seconds: number): Buffer {
  const rate = 8_000;
  const samples = Buffer.alloc(seconds * rate, 128);
  for (let index = 0; index < samples.length; index++) {
    const time = index / rate;
    if (Math.floor(time) % 2 === 0) samples[index] = 128 + Math.round(70 * Math.sin(2 * Math.PI * 220 * time));
  }
  const header = Buffer.alloc(44);
  header.write("RIFF", 0, "latin1");
  header.writeUInt32LE(36 + samples.length, 4);
  header.write("WAVEfmt ", 8, "latin1");
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate, 28);
  header.writeUInt16LE(1, 32);
  header.writeUInt16LE(8, 34);
  header.write("data", 36, "latin1");
  header.writeUInt32LE(samples.length, 40);
  return Buffer.concat([header, samples]);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "earmark cli é "));
  temporary = join(folder, "temporary");
  await mkdir(temporary);
  await writeFile(join(folder, "call one.wav"), wav(6));
});
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

describe("earmark", () => {
  it("explains itself and ends with 0", async () => {
    const { code, out } = await earmark(["--help"]);
    expect(code).toBe(0);
    expect(out).toContain("Exit codes: 0 done, 2 usage");
  });

  it("ends with 2 for what it does not understand, and for an id that is not there", async () => {
    const [wrong, absent] = await Promise.all([earmark(["analyze", "--speakers", "many", "x.wav"]), earmark(["show", "nobody"])]);
    expect(wrong).toMatchObject({ code: 2, out: "" });
    expect(wrong.err).toContain("whole number");
    expect(absent).toMatchObject({ code: 2, out: "", err: expect.stringContaining("There is no such thing in the library.") });
  });

  it("ends with 2 for a vocabulary of which a line cannot be used, and names the line", async () => {
    await writeFile(join(folder, "terms.csv"), "Earmark, ear mark | earmarks\na, b, c\n");
    const { code, out, err } = await earmark(["analyze", "--vocabulary", "terms.csv", "nothing.wav"]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain("Line 2 of terms.csv cannot be used: it has more than two columns.");
  });

  it("ends with 4 for a file that is not there, and goes on with the others", async () => {
    const { code, err } = await earmark(["analyze", "nothing.wav"]);
    expect(code).toBe(4);
    expect(err).toContain("nothing.wav: The file is not there.");
  });

  it("ends with 3 and how to get it when ffmpeg is missing", async () => {
    const { code, out, err } = await earmark(["analyze", "call one.wav"], { EARMARK_FFMPEG: join(folder, "no-ffmpeg") });
    expect({ code, out }).toEqual({ code: 3, out: "" });
    expect(err).toContain("apt-get install ffmpeg");
  });

  it.runIf(hasFfmpeg)("hears a recording in which nobody speaks, and leaves nothing behind", async () => {
    const { code, out, err } = await earmark(["analyze", "--json", "call one.wav"]);
    expect(code).toBe(0);
    const { conversation } = conversationDocumentSchema.parse(JSON.parse(out));
    expect(conversation.durationMs).toBe(6_000);
    expect(conversation.turns).toEqual([]);
    expect(err).toContain("call one.wav: done");
    // Not even what the runtime of the models would send to its maker.
    expect(await readdir(temporary)).toEqual([]);
    expect(existsSync(join(folder, "library é", "originals"))).toBe(false);
  });

  it.runIf(hasFfmpeg)("keeps what it imports, and lists, shows and exports it", async () => {
    const library = ["--library", join(folder, "kept é")];
    const imported = await earmark(["import", ...library, "call one.wav"]);
    expect(imported.code).toBe(0);
    const id = imported.out.split(" ")[0] ?? "";
    const listed = await earmark(["list", ...library, "--json"]);
    expect(JSON.parse(listed.out)).toMatchObject({ id, state: "done" });
    const shown = await earmark(["show", id, ...library]);
    expect(shown).toMatchObject({ code: 0, out: expect.stringContaining("0:06") });
    const written = await earmark(["export", id, ...library, "--format", "json"]);
    expect(written).toMatchObject({ code: 0, err: "" });
    expect(conversationDocumentSchema.parse(JSON.parse(written.out)).conversation.id).toBe(id);
  });

  it.runIf(hasFfmpeg && process.platform !== "win32")("ends with 130 within a second of Ctrl-C, and keeps nothing", async () => {
    await writeFile(join(folder, "long.wav"), wav(1_800));
    const child = start(["analyze", "long.wav"]);
    let cancelledAt = 0;
    const ended = await end(child, () => {
      if (cancelledAt > 0) return;
      cancelledAt = performance.now();
      child.kill("SIGINT");
    });
    expect(ended).toMatchObject({ code: 130, out: "" });
    expect(ended.err).toContain("Cancelled.");
    expect(performance.now() - cancelledAt).toBeLessThan(2_000);
    expect(await readdir(temporary)).toEqual([]);
  });
});
