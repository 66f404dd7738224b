import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findFfmpeg, inputArguments, runFfmpeg } from "./ffmpeg.ts";
import { ffmpegHere } from "./fixtures/sounds.ts";

const onPosix = process.platform !== "win32";
const ffmpeg = await ffmpegHere();

describe("the arguments for an input", () => {
  it("hold names that look like options or addresses to be files", () => {
    const args = inputArguments("-y.wav");
    expect(args.at(-2)).toBe("-i");
    expect(args.at(-1)).toMatch(/^file:[/A-Z].*-y\.wav$/u);
    expect(inputArguments("http://example.org/a.wav").at(-1)).toMatch(/^file:[/A-Z]/u);
  });

  it("allow no list that could name other files", () => {
    const formats = inputArguments("a").at(3)?.split(",") ?? [];
    expect(formats).toContain("wav");
    for (const list of [
      "hls",
      "applehttp",
      "concat",
      "dash",
      "imf",
      "sdp",
      "image2",
      "lavfi",
      "tty",
      "subfile",
      "webm_dash_manifest",
    ]) {
      expect(formats).not.toContain(list);
    }
  });
});

describe.runIf(onPosix)("running a program", () => {
  let folder = "";
  const script = async (name: string, body: string): Promise<{ path: string }> => {
    const path = join(folder, name);
    await writeFile(path, `#!/bin/sh\n${body}\n`);
    await chmod(path, 0o755);
    return { path };
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "earmark ffmpeg "));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("ends it within a second when somebody cancels", async () => {
    const slow = await script("slow", "trap '' TERM INT; echo begun; sleep 30; sleep 30");
    const controller = new AbortController();
    const began = Date.now();
    const run = runFfmpeg(slow, { args: [], limitMs: 60_000, signal: controller.signal, onOutput: () => controller.abort() });
    await expect(run).rejects.toMatchObject({ code: "cancelled" });
    expect(Date.now() - began).toBeLessThan(1_000);
  });

  it("does not start what is cancelled already", async () => {
    await expect(runFfmpeg({ path: "/nowhere" }, { args: [], limitMs: 1, signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "cancelled",
    });
  });

  it("ends it after its time, and when it falls silent", async () => {
    const slow = await script("silent", "echo begun; exec sleep 30");
    expect(await runFfmpeg(slow, { args: [], limitMs: 150 })).toMatchObject({ stopped: "time", exitCode: null });
    expect(await runFfmpeg(slow, { args: [], limitMs: 60_000, stallMs: 100 })).toMatchObject({ stopped: "time" });
  });

  it("does not count the reader's own slowness as silence", async () => {
    const quick = await script("quick", "echo begun; exit 0");
    const end = await runFfmpeg(quick, {
      args: [],
      limitMs: 60_000,
      stallMs: 100,
      onOutput: () => new Promise((done) => setTimeout(done, 250)),
    });
    expect(end).toMatchObject({ stopped: null, exitCode: 0 });
  });

  it("ends it when it writes more than is wanted, and keeps only so much of its messages", async () => {
    const loud = await script("loud", "yes loudly & exec yes complaint >&2");
    let bytes = 0;
    const end = await runFfmpeg(loud, {
      args: [],
      limitMs: 10_000,
      maxOutputBytes: 200_000,
      onOutput: (piece) => {
        bytes += piece.length;
      },
    });
    expect(end.stopped).toBe("output");
    expect(bytes).toBeLessThanOrEqual(200_000);
    expect(end.messages.length).toBeLessThan(400_000);
  });

  it("hands on what the reader throws, after ending the program", async () => {
    const loud = await script("loud-again", "exec yes");
    const run = runFfmpeg(loud, {
      args: [],
      limitMs: 10_000,
      onOutput: () => Promise.reject(Object.assign(new Error("full"), { code: "ENOSPC" })),
    });
    await expect(run).rejects.toMatchObject({ code: "ENOSPC" });
  });

  it("passes on no keys", async () => {
    const teller = await script("teller", "env");
    process.env["AWS_SECRET_ACCESS_KEY"] = "planted";
    let told = "";
    try {
      const onOutput = (piece: Uint8Array): void => {
        told += Buffer.from(piece).toString("utf8");
      };
      await runFfmpeg(teller, { args: [], limitMs: 10_000, onOutput });
    } finally {
      delete process.env["AWS_SECRET_ACCESS_KEY"];
    }
    expect(told).toContain("PATH=");
    expect(told).not.toContain("planted");
  });

  it("is found by its variable, else in the package, else on the PATH", async () => {
    const answers = "echo ffmpeg version 9.9-test Copyright";
    const named = await script("named", answers);
    const bundled = await script("bundled", answers);
    await script("ffmpeg", answers);
    const broken = await script("broken", "exit 1");
    const env = { PATH: `${join(folder, "nothing")}:${folder}` };
    expect(await findFfmpeg({ env: { ...env, EARMARK_FFMPEG: named.path } })).toEqual({
      path: named.path,
      source: "environment",
      version: "9.9-test",
    });
    expect(await findFfmpeg({ env, bundled: bundled.path })).toMatchObject({ source: "bundled" });
    expect(await findFfmpeg({ env, bundled: join(folder, "absent") })).toMatchObject({ source: "system" });
    expect(await findFfmpeg({ env, bundled: broken.path })).toMatchObject({ source: "system" });
    expect(await findFfmpeg({ env, bundled: null })).toMatchObject({ path: join(folder, "ffmpeg"), source: "system" });
    await expect(findFfmpeg({ env: { PATH: "" }, bundled: null })).rejects.toMatchObject({ code: "ffmpeg-missing" });
    await expect(findFfmpeg({ env: { ...env, EARMARK_FFMPEG: broken.path } })).rejects.toMatchObject({ code: "ffmpeg-missing" });
    await expect(runFfmpeg({ path: join(folder, "absent") }, { args: [], limitMs: 1_000 })).rejects.toMatchObject({
      code: "ffmpeg-missing",
    });
  });
});

it("finds an ffmpeg on this machine, or says that the tests of media did not run", () => {
  if (ffmpeg === null) process.stderr.write("No ffmpeg here: decoding, playback and probing were not tested.\n");
  expect(ffmpeg === null || ffmpeg.version !== "").toBe(true);
});
