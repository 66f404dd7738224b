import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { type InferenceContainer, startInferenceContainer } from "../../e2e/aws/inference-container.ts";
import { type S3Double, startS3Double } from "../../e2e/aws/s3-double.ts";
import { httpContainer, type SageMakerDouble, startSageMakerDouble } from "../../e2e/aws/sagemaker-double.ts";
import { type Ffmpeg, findFfmpeg } from "./media/ffmpeg.ts";
import { type OpenedLibrary, openLibrary } from "./pipeline/opened-library.test-data.ts";
import { builtInModels, earmarkFolder } from "./surroundings.ts";

/*
 * A call in which a card number is read aloud, heard behind SageMaker: the sound has to go there, and nothing else does.
 * The way there is the real SDK over real sockets, and the container is the real one, run here.
 */

const ffmpeg: Ffmpeg | null = await findFfmpeg().catch(() => null);
const number = "4012888888881881";
const truthSchema = z.object({ turns: z.array(z.object({ text: z.string(), words: z.array(z.object({ text: z.string() })) })) });
const truth: unknown = JSON.parse(readFileSync(join(earmarkFolder, "resources/samples/truth/bluebird-energy-bill.json"), "utf8"));
/** The digits of the card number as they are read aloud. */
const digits = truthSchema
  .parse(truth)
  .turns.filter(({ text }) => text.startsWith("My card number is"))
  .flatMap(({ words }) => words.slice(4).map(({ text }) => text.toLowerCase().replaceAll(/\W/gu, "")));
let library: OpenedLibrary;
let s3: S3Double;
let sageMaker: SageMakerDouble;
let container: InferenceContainer;
const kept = { ...process.env };
const printed: string[] = [];

beforeAll(async () => {
  if (ffmpeg === null) return;
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: "AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY: "s", AWS_EC2_METADATA_DISABLED: "true" });
  s3 = await startS3Double(["calls"]);
  sageMaker = await startSageMakerDouble(s3, "calls");
  container = await startInferenceContainer(builtInModels, s3.url);
  sageMaker.endpoints.set("earmark", httpContainer(container.url));
  await container.ready(20_000);
  library = await openLibrary();
});
afterAll(async () => {
  await library?.close();
  await container?.close();
  await sageMaker?.close();
  await s3?.close();
  for (const name of Object.keys(process.env)) if (!(name in kept)) delete process.env[name];
});

describe.runIf(ffmpeg !== null)("a call that is heard behind SageMaker", () => {
  it("leaves nothing but its sound there: no name, no word, and no digit in a record or a log", async () => {
    const { offload } = await library.call("settings.get", {});
    const elsewhere = { use: "sagemaker", mode: "asynchronous", endpoint: "earmark", bucket: "calls" } as const;
    await library.call("settings.set", {
      offload: { ...offload, ...elsewhere, region: "eu-central-1", runtimeUrl: sageMaker.url, s3Url: s3.url },
    });
    const spies = [process.stdout, process.stderr].map((stream) =>
      vi.spyOn(stream, "write").mockImplementation((text) => {
        printed.push(String(text));
        return true;
      }),
    );
    // Whoever named the file wrote the number into its name too.
    const path = join(library.folder, `Ottoline Braithwaite ${number}.wav`);
    const sample = join(earmarkFolder, "resources/samples/bluebird-energy-bill.opus");
    spawnSync(ffmpeg?.path ?? "", ["-nostdin", "-y", "-loglevel", "error", "-ss", "85", "-t", "18", "-i", sample, path]);
    const id = (await library.bring(path))?.conversationId ?? "";
    const job = await library.settled(id);
    for (const spy of spies) spy.mockRestore();
    expect(job.state).toBe("done");
    const { conversation } = await library.call("conversation.get", { id });
    expect(conversation.redactions?.map(({ type }) => type)).toContain("card-number");

    const spoken = conversation.turns
      .flatMap((turn) => turn.words)
      .filter(({ redaction, text }) => redaction === undefined && text.length > 6);
    expect(spoken.length).toBeGreaterThan(3);
    const secrets = [number, "Ottoline", "Braithwaite", ...spoken.map(({ text }) => text)];
    const seen = JSON.stringify([...s3.seen, ...sageMaker.seen]);
    expect([s3.seen.length > 0, sageMaker.seen.length > 0]).toEqual([true, true]);
    expect(secrets.filter((secret) => seen.includes(secret))).toEqual([]);
    // What lies in the bucket besides the sound, and what the container says of its work.
    for (const [place, bytes] of s3.objects) expect([place, secrets.filter((one) => bytes.includes(one))]).toEqual([place, []]);
    for (const log of [container.log.join("\n"), printed.join("")])
      expect(secrets.filter((one) => log.includes(one))).toEqual([]);

    const { records } = await library.call("conversation.egress", { id });
    expect(records.length).toBeGreaterThan(0);
    const record = readFileSync(join(library.folder, "library", "egress.jsonl"), "utf8");
    expect(secrets.filter((one) => record.includes(one))).toEqual([]);
    for (const { bytes, sha256, operation } of records)
      if (operation === "PutObject") expect([bytes > 0, /^[0-9a-f]{64}$/u.test(sha256 ?? "")]).toEqual([true, true]);
  });

  it("keeps the number in no file of the library, though the container has heard it", () => {
    expect(digits).toHaveLength(16);
    const found = readdirSync(join(library.folder, "library"), { recursive: true, withFileTypes: true }).flatMap((entry) => {
      const path = join(entry.parentPath, entry.name);
      if (!entry.isFile() || path.includes(`${sep}originals${sep}`)) return [];
      const bytes = readFileSync(path);
      // Four of its digits in a row, as a text has them.
      const rows = digits.slice(3).map((_, at) => digits.slice(at, at + 4).join(" "));
      return [number, ...rows].filter((one) => bytes.includes(one));
    });
    expect(found).toEqual([]);
  });
});
