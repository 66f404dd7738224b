import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { StageName } from "../../../app/contract/views.ts";
import { type Ffmpeg, findFfmpeg } from "../media/ffmpeg.ts";
import type { StartProcess } from "../process.ts";
import { forkProcess } from "../speech/start-process.ts";
import { earmarkFolder } from "../surroundings.ts";
import { forkWith, type OpenedLibrary, openLibrary } from "./opened-library.test-data.ts";

/*
 * What works on a call is ended in every stage, by a kill, by a cancellation, for want of memory: the program that reads
 * media in `probe`, `decode`, `playback` and `mute`, the speech process in `diarize` and `recognise`. Earmark itself is
 * killed in every stage in backend.engine.test.ts.
 */

const ffmpeg: Ffmpeg | null = await findFfmpeg().catch(() => null);
const sample = join(earmarkFolder, "resources/samples/city-telecom-fault.mp3");
const onWindows = process.platform === "win32";

let library: OpenedLibrary | undefined;
let folder = "";
let call = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "earmark-interrupted-"));
  call = join(folder, "call.mp3");
  // Speech for some seconds, then keys: so that there is something to mute.
  spawnSync(ffmpeg?.path ?? "", [
    ...["-nostdin", "-y", "-loglevel", "error", "-t", "14", "-i", sample],
    ...["-f", "lavfi", "-i", "sine=f=770:d=3:r=16000", "-f", "lavfi", "-i", "sine=f=1336:d=3:r=16000"],
    ...[
      "-filter_complex",
      "[1][2]amix=inputs=2,aformat=channel_layouts=mono[k];[0]aformat=sample_rates=16000:channel_layouts=mono[s];[s][k]concat=n=2:v=0:a=1",
    ],
    call,
  ]);
  return () => rm(folder, { recursive: true, force: true });
});
afterEach(async () => {
  await library?.close();
  library = undefined;
  delete process.env["EARMARK_FFMPEG"];
});

/** What of its arguments tells for which stage ffmpeg was started. */
const signOf: Readonly<Partial<Record<StageName, string>>> = {
  probe: "-probe-",
  decode: "s16le",
  playback: "libopus",
  mute: "filter_complex",
};

/**
 * An ffmpeg that does something else for one stage, as long as a file says so: `kill` ends itself and takes one off the
 * count in the file, `hang` never ends.
 */
async function ffmpegThat(does: "kill" | "hang", stage: StageName): Promise<string> {
  const order = join(folder, "order");
  const script = join(folder, "ffmpeg.sh");
  const sign = signOf[stage] ?? "";
  const wanted =
    stage === "probe"
      ? `case "$*" in *-version*|*s16le*|*opus*|*filter_complex*) other=1;; esac`
      : stage === "playback"
        ? `case "$*" in *filter_complex*) other=1;; *${sign}*) ;; *) other=1;; esac`
        : `case "$*" in *${sign}*) ;; *) other=1;; esac`;
  const deed =
    does === "hang"
      ? "exec sleep 120"
      : `left=$(cat "${order}"); left=$((left - 1)); if [ "$left" -le 0 ]; then rm -f "${order}"; else echo "$left" > "${order}"; fi; kill -9 $$`;
  writeFileSync(
    script,
    `#!/bin/sh\nother=\n${wanted}\nif [ -z "$other" ] && [ -e "${order}" ]; then ${deed}; fi\nexec "${ffmpeg?.path}" "$@"\n`,
  );
  await chmod(script, 0o755);
  process.env["EARMARK_FFMPEG"] = script;
  return order;
}

async function begun(): Promise<{ here: OpenedLibrary; id: string }> {
  const here = library;
  if (here === undefined) throw new Error("No library is open.");
  const result = await here.bring(call);
  expect(result?.failure ?? null).toBeNull();
  return { here, id: result?.conversationId ?? "" };
}

/** What every stage of a call ends with that was heard whole. */
async function isWhole(here: OpenedLibrary, id: string): Promise<void> {
  const { conversation, mediaId } = await here.call("conversation.get", { id });
  expect(conversation.turns.flatMap((turn) => turn.words).length).toBeGreaterThan(10);
  expect(conversation.sounds?.some(({ kind }) => kind === "dtmf")).toBe(true);
  const media = await here.backend.mediaFile(mediaId ?? "");
  expect(media?.path).toMatch(/muted-/u);
  expect(here.filesIn("derived").filter((name) => name.startsWith("."))).toEqual([]);
}

const readingStages = ["probe", "decode", "playback", "mute"] as const;

describe.runIf(ffmpeg !== null && !onWindows)("the program that reads media", () => {
  for (const stage of readingStages) {
    it(`killed once in ${stage} is started again, and the call is heard`, async () => {
      const order = await ffmpegThat("kill", stage);
      library = await openLibrary();
      writeFileSync(order, "1");
      const { here, id } = await begun();
      expect(await here.settled(id)).toMatchObject({ state: "done" });
      expect(existsSync(order)).toBe(false);
      await isWhole(here, id);
    });

    it(`killed again and again in ${stage} ends in a reason, and goes on there when told`, async () => {
      const order = await ffmpegThat("kill", stage);
      library = await openLibrary();
      writeFileSync(order, "1000");
      const { here, id } = await begun();
      const job = await here.settled(id);
      expect(job).toMatchObject({ state: "failed", failure: { code: "media-decode-failed" } });
      expect(job.stages.find((one) => one.failure !== null)?.name).toBe(stage);
      expect(Number(readFileSync(order, "utf8"))).toBe(998);
      await rm(order);
      await here.call("queue.retry", { id: job.id });
      const again = await here.settled(id);
      expect(again.state).toBe("done");
      // What was done stays done.
      for (const one of again.stages.slice(
        0,
        again.stages.findIndex(({ name }) => name === stage),
      )) {
        expect([one.name, one.attempt]).toEqual([one.name, 1]);
      }
      await isWhole(here, id);
    });

    it(`that hangs in ${stage} lets go when cancelled`, async () => {
      const order = await ffmpegThat("hang", stage);
      library = await openLibrary();
      writeFileSync(order, "x");
      const { here, id } = await begun();
      const { id: job } = await here.reached(id, stage);
      const started = performance.now();
      await here.call("queue.cancel", { id: job });
      expect((await here.jobOf(id)).state).toBe("cancelled");
      // Generous: it is a second on a machine that does nothing else.
      expect(performance.now() - started).toBeLessThan(3_000);
      expect(here.filesIn("derived").filter((name) => name.startsWith("."))).toEqual([]);
      await rm(order);
      await here.call("queue.retry", { id: job });
      expect((await here.settled(id)).state).toBe("done");
      await isWhole(here, id);
    });
  }
});

/** Starts the speech process as ever, and kills it as soon as it is asked for a stage, as often as told. */
function killing(kind: "diarize" | "recognise", times: number): { start: StartProcess; killed: () => number } {
  let killed = 0;
  const start: StartProcess = (script, args) => {
    const channel = forkProcess(script, args);
    return {
      ...channel,
      send(message) {
        channel.send(message);
        if ((message as { kind?: string }).kind !== kind || killed >= times || channel.pid === undefined) return;
        killed += 1;
        process.kill(channel.pid, "SIGKILL");
      },
    };
  };
  return { start, killed: () => killed };
}

describe.runIf(ffmpeg !== null)("the speech process", () => {
  for (const stage of ["diarize", "recognise"] as const) {
    it(`killed once in ${stage} is started again, and the call is heard`, async () => {
      const { start, killed } = killing(stage, 1);
      library = await openLibrary({ startProcess: start });
      const { here, id } = await begun();
      const job = await here.settled(id);
      expect([job.state, killed()]).toEqual(["done", 1]);
      expect(job.stages.find((one) => one.name === stage)?.attempt).toBe(2);
      expect(job.stages.filter((one) => one.name !== stage).every((one) => one.attempt === 1)).toBe(true);
      await isWhole(here, id);
    });

    it(`at work in ${stage} lets go when cancelled, and goes on when told`, async () => {
      library = await openLibrary();
      const { here, id } = await begun();
      const { id: job } = await here.reached(id, stage);
      const started = performance.now();
      await here.call("queue.cancel", { id: job });
      expect(performance.now() - started).toBeLessThan(3_000);
      expect((await here.jobOf(id)).state).toBe("cancelled");
      await here.call("queue.retry", { id: job });
      expect((await here.settled(id)).state).toBe("done");
      await isWhole(here, id);
    });
  }

  it("killed for good in recognise leaves who spoke when, and mutes the keys all the same", async () => {
    library = await openLibrary({ startProcess: killing("recognise", 99).start });
    const { here, id } = await begun();
    const job = await here.settled(id);
    expect(job).toMatchObject({ state: "failed", failure: { code: "engine-crashed-twice" } });
    const { conversation, mediaId } = await here.call("conversation.get", { id });
    expect(conversation.turns.length).toBeGreaterThan(0);
    expect((await here.backend.mediaFile(mediaId ?? ""))?.path).toMatch(/muted-/u);
  });

  it("without memory for its work ends in a reason, and the queue goes on", async () => {
    let small = true;
    // A heap in which not even the engine can be loaded.
    const starved = forkWith(["--max-old-space-size=6"]);
    library = await openLibrary({ startProcess: (script, args) => (small ? starved(script, args) : forkProcess(script, args)) });
    const { here, id } = await begun();
    const job = await here.settled(id);
    expect(job.state).toBe("failed");
    expect(["engine-crashed-twice", "engine-out-of-memory"]).toContain(job.failure?.code);
    // What was made before is there to be heard, and the next call is taken up.
    expect((await here.call("conversation.get", { id })).peakChannels).toBe(1);
    small = false;
    await here.call("queue.retry", { id: job.id });
    expect((await here.settled(id)).state).toBe("done");
    await isWhole(here, id);
  });
});

describe.runIf(ffmpeg !== null)("two at once", () => {
  it("are both heard, as each alone", async () => {
    library = await openLibrary();
    await library.call("settings.set", { concurrency: 2 });
    const other = join(folder, "other.wav");
    spawnSync(ffmpeg?.path ?? "", ["-nostdin", "-y", "-loglevel", "error", "-t", "14", "-i", sample, other]);
    const { results } = await library.call("import.begin", {
      sources: [call, other].map((path) => ({ kind: "path" as const, path })),
    });
    const ids = results.map((result) => result.conversationId ?? "");
    for (const id of ids) expect((await library.settled(id)).state).toBe("done");
    await isWhole(library, ids[0] ?? "");
    const textOf = async (id: string) =>
      (await library?.call("conversation.get", { id }))?.conversation.turns.map((turn) => turn.text).join(" ") ?? "";
    // The same words: the second has the first's sound, but for the keys.
    expect((await textOf(ids[1] ?? "")).slice(0, 60)).toBe((await textOf(ids[0] ?? "")).slice(0, 60));
  });

  it("on one library are refused with a code, and the first goes on", async () => {
    library = await openLibrary();
    const { here, id } = await begun();
    await expect(openLibrary({}, here.folder)).rejects.toMatchObject({ code: "library-locked" });
    expect((await here.settled(id)).state).toBe("done");
  });
});
