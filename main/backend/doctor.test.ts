import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import type { ProviderView } from "../../app/contract/engine-views.ts";
import { EarmarkError } from "../../app/contract/errors.ts";
import { type DoctorLine, doctorLineSchema, type ModelView, settingsSchema } from "../../app/contract/views.ts";
import { type DoctorOptions, runDoctor } from "./doctor.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "earmark doctor é "));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function options(changes: Partial<DoctorOptions> = {}): DoctorOptions {
  return {
    libraryPath: join(folder, "library"),
    startProcess: () => {
      throw new Error("No process is started here.");
    },
    findFfmpeg: () => Promise.resolve({ path: "/somewhere/ffmpeg", source: "system", version: "7.1" }),
    models: () => Promise.resolve([]),
    tryProviders: () => Promise.resolve([]),
    env: {},
    home: folder,
    ...changes,
  };
}

async function lineOf(topic: DoctorLine["topic"], changes: Partial<DoctorOptions>): Promise<DoctorLine | undefined> {
  return (await runDoctor(options(changes))).find((line) => line.topic === topic);
}

async function writeAws(name: "credentials" | "config", text: string): Promise<void> {
  await mkdir(join(folder, ".aws"), { recursive: true });
  await writeFile(join(folder, ".aws", name), text);
}

const model: ModelView = {
  id: "some-model",
  name: "Some model",
  task: "transcription",
  licence: "MIT",
  source: null,
  bytes: 1,
  limited: false,
  state: "installed",
  progress: null,
  failure: null,
};

describe("the state report", () => {
  it("follows its schema and looks at everything", async () => {
    const lines = await runDoctor(
      options({
        shells: { electron: null, chromium: "/somewhere/chromium" },
        tryProviders: () => Promise.resolve([{ provider: "cpu", bundled: true, ran: true, ms: 90, reason: null }]),
      }),
    );
    expect(z.array(doctorLineSchema).parse(lines)).toEqual(lines);
    const topics = ["node", "electron", "chromium", "ffmpeg", "execution-provider", "model", "aws", "library", "disk"];
    expect([...new Set(lines.map((line) => line.topic))]).toEqual(topics);
  });

  it("says of a provider only what came of trying it", async () => {
    const lines = await runDoctor(
      options({
        tryProviders: () =>
          Promise.resolve([
            { provider: "cpu", bundled: true, ran: false, ms: null, reason: "It crashed." },
            { provider: "cuda", bundled: false, ran: false, ms: null, reason: "No library.\nAt some length." },
          ]),
      }),
    );
    expect(lines.filter((line) => line.topic === "execution-provider")).toEqual([
      { topic: "execution-provider", label: "cpu", state: "wrong", detail: "It crashed." },
      { topic: "execution-provider", label: "cuda", state: "absent", detail: "No library." },
    ]);
  });

  it("goes on when one look fails", async () => {
    const lines = await runDoctor(options({ models: () => Promise.reject(new Error("unreadable")) }));
    expect(lines.find((line) => line.topic === "model")).toMatchObject({ state: "wrong" });
    expect(lines.find((line) => line.topic === "disk")).toBeDefined();
  });

  it("names a missing ffmpeg as absent", async () => {
    const findFfmpeg = () => Promise.reject(new EarmarkError("ffmpeg-missing", "There is no ffmpeg."));
    expect(await lineOf("ffmpeg", { findFfmpeg })).toMatchObject({ state: "absent", detail: "There is no ffmpeg." });
  });

  it("lists installed models, and the tasks that have none", async () => {
    const lines = (await runDoctor(options({ models: () => Promise.resolve([model]) }))).filter((line) => line.topic === "model");
    expect(lines.map((line) => `${line.label} ${line.state}`)).toEqual([
      "some-model ok",
      "segmentation absent",
      "embedding absent",
      "activity absent",
    ]);
  });

  it("says that the library will be made, is there, or is no folder", async () => {
    expect(await lineOf("library", {})).toMatchObject({ state: "absent" });
    expect(await lineOf("library", { libraryPath: folder })).toMatchObject({ state: "ok", detail: folder });
    await writeFile(join(folder, "file"), "");
    expect(await lineOf("library", { libraryPath: join(folder, "file") })).toMatchObject({ state: "wrong" });
  });

  it("measures the disk of a library that is still to be made", async () => {
    expect((await lineOf("disk", {}))?.detail).toMatch(/^\d+\.\d GB/u);
  });
});

describe("AWS credentials", () => {
  it("are absent where there are none", async () => {
    expect(await lineOf("aws", {})).toMatchObject({ state: "absent" });
  });

  it("are found in the environment, without their value", async () => {
    const env = { AWS_ACCESS_KEY_ID: "AKIASECRET", AWS_SECRET_ACCESS_KEY: "verysecret" };
    const line = await lineOf("aws", { env });
    expect(line).toMatchObject({ state: "ok", detail: "Present, in the environment (AWS_ACCESS_KEY_ID)" });
    expect(JSON.stringify(line)).not.toContain("SECRET");
  });

  it("are found in the profile that is asked for, and in no other", async () => {
    await writeAws("credentials", "[other]\naws_access_key_id = A\n\n[work]\naws_access_key_id = B\naws_secret_access_key = C\n");
    expect(await lineOf("aws", {})).toMatchObject({ state: "absent" });
    expect(await lineOf("aws", { env: { AWS_PROFILE: "work" } })).toMatchObject({ detail: expect.stringContaining('"work"') });
  });

  it("are found as a single sign-on of the configuration file", async () => {
    await writeAws(
      "config",
      "[default]\nregion = eu-west-1\n[profile work]\nsso_session = corp\n[sso-session corp]\nsso_region = x\n",
    );
    expect(await lineOf("aws", {})).toMatchObject({ state: "absent" });
    expect(await lineOf("aws", { env: { AWS_PROFILE: "work" } })).toMatchObject({
      detail: 'Present, by single sign-on, profile "work"',
    });
  });

  it("says what hears here and why, and when another had to take its place", async () => {
    const view: ProviderView = { setting: "auto", offered: ["auto"], provider: "cpu", reason: "", chosenAt: null, trials: [] };
    const hearing = async (changes: Partial<ProviderView>): Promise<DoctorLine | undefined> =>
      (await runDoctor(options({ provider: () => ({ ...view, ...changes }) }))).find(({ label }) => label === "Hearing runs on");
    expect(await hearing({ provider: null })).toMatchObject({ state: "ok", detail: expect.stringContaining("first call") });
    expect(await hearing({ reason: "No graphics processor ran a small graph." })).toMatchObject({
      state: "ok",
      detail: "cpu. No graphics processor ran a small graph.",
    });
    expect(await hearing({ setting: "webgpu", provider: "webgpu" })).toMatchObject({ state: "ok", detail: "webgpu, as set" });
    expect(await hearing({ setting: "webgpu", reason: "webgpu failed: engine-crashed." })).toMatchObject({
      state: "wrong",
      detail: "cpu instead of webgpu. webgpu failed: engine-crashed.",
    });
  });

  it("says how hearing elsewhere is set, and sends nothing for it", async () => {
    const line = async (offload: object): Promise<DoctorLine | undefined> =>
      (await runDoctor(options({ offload: settingsSchema.parse({ offload }).offload }))).find(
        ({ label }) => label === "Hearing on SageMaker",
      );
    expect(await line({})).toMatchObject({ state: "absent", detail: "Not set up; everything is heard on this machine" });
    expect(await line({ use: "sagemaker" })).toMatchObject({ state: "wrong", detail: "Asked for, and no endpoint is named" });
    expect(await line({ endpoint: "calls" })).toMatchObject({ state: "wrong", detail: "calls needs a bucket, and none is set" });
    expect(await line({ endpoint: "calls", bucket: "kept-calls", use: "auto" })).toMatchObject({
      state: "ok",
      detail: "calls by way of kept-calls: used when more than 60 min of sound wait",
    });
    const both = { contract: "conversation-intelligence", diarizationEndpoint: "d", transcriptionEndpoint: "t", bucket: "b12" };
    expect(await line(both)).toMatchObject({ state: "ok", detail: expect.stringContaining("d and t by way of b12") });
  });
});
