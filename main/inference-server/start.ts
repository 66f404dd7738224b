import { createWriteStream, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { EarmarkError, type Failure, toFailure } from "../../app/contract/errors.ts";
import { findFfmpeg } from "../backend/media/ffmpeg.ts";
import { createLocalSpeechEngine, inspectGraphs } from "../backend/speech/client.ts";
import { createModelStore } from "../backend/speech/models.ts";
import { openAwsClients } from "../backend/speech/sagemaker/aws-clients.ts";
import { awsFailure, isAbsentObject } from "../backend/speech/sagemaker/aws-failure.ts";
import { readObjectUri } from "../backend/speech/sagemaker/bucket.ts";
import { forkProcess } from "../backend/speech/start-process.ts";
import { createRequestHearer } from "./hear-request.ts";
import { createInferenceServer, type Readiness } from "./server.ts";
import { warmUp } from "./warm-up.ts";

/*
 * The program in the container behind a SageMaker endpoint. It hears with the same engine as the desktop, keeps nothing,
 * and logs codes and times, never words.
 *
 *   SM_MODEL_DIR              where SageMaker has unpacked the models; /opt/ml/model
 *   SAGEMAKER_BIND_TO_PORT    8080
 *   EARMARK_PROVIDERS         execution providers in the order to try, separated by commas: cuda,cpu
 *   AWS_REGION, AWS_ENDPOINT_URL_S3 and the role's credentials, as AWS's SDK reads them
 */

/** SageMaker ends a container 30 s after it asked it to end. */
const patienceMs = 25_000;
/** The longest wait a timer knows: the loaded models are never let go. */
const foreverMs = 2_147_483_647;

const folder = await mkdtemp(join(tmpdir(), "earmark-inference-"));
const modelFolder = process.env["SM_MODEL_DIR"] ?? "/opt/ml/model";
const port = Number(process.env["SAGEMAKER_BIND_TO_PORT"] ?? "8080");
const providers = (process.env["EARMARK_PROVIDERS"] ?? "").split(",").filter((name) => name !== "");

function log(line: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify({ at: new Date().toISOString(), ...line })}\n`);
}
const logFailure = ({ code, message }: Failure): void => log({ failure: code, message });

function version(): string {
  const told: unknown = JSON.parse(readFileSync(join(import.meta.dirname, "..", "..", "package.json"), "utf8"));
  return typeof told === "object" && told !== null && "version" in told ? String(told.version) : "0";
}

const models = createModelStore({ folder: join(folder, "models"), further: [modelFolder], inspect: inspectGraphs(forkProcess) });
const engine = createLocalSpeechEngine({
  startProcess: forkProcess,
  models,
  limits: { idleMs: foreverMs },
  threads: Math.max(1, availableParallelism()),
  ...(providers.length === 0 ? {} : { providers }),
});

let clients: ReturnType<typeof openAwsClients> | undefined;
async function fetchObject(uri: string, path: string, signal: AbortSignal): Promise<void> {
  // The role's credentials and AWS_ENDPOINT_URL_S3 are the SDK's own concern.
  clients ??= openAwsClients({ profile: null, region: null, runtimeUrl: null, s3Url: null });
  const { s3, commands } = await clients;
  const { bucket, key } = readObjectUri(uri);
  try {
    const got = await s3.send(new commands.GetObjectCommand({ Bucket: bucket, Key: key }), { abortSignal: signal });
    await pipeline(got.Body as Readable, createWriteStream(path), { signal });
  } catch (thrown) {
    if (isAbsentObject(thrown))
      throw new EarmarkError("file-missing", "The recording is not in the bucket.", {}, { cause: thrown });
    throw awsFailure(thrown, { service: "s3", operation: "GetObject" });
  }
}

let state: Readiness = { ready: false, reason: "The models are being loaded.", models: [] };
const ended = new AbortController();

async function begin(): Promise<void> {
  try {
    const loaded = await warmUp(engine, models, folder, ended.signal);
    const { provider, refused } = engine.state();
    state = { ready: true, reason: "", models: loaded };
    log({ ready: loaded, provider, refused });
  } catch (thrown) {
    const failure = toFailure(thrown);
    state = { ready: false, reason: `${failure.code}: ${failure.message}`, models: [] };
    logFailure(failure);
  }
}

const hear = createRequestHearer({
  engine,
  ffmpeg: await findFfmpeg(),
  fetchObject,
  workFolder: folder,
  version: version(),
});
const inference = createInferenceServer({
  hear: async (request, signal) => {
    const started = performance.now();
    const heard = await hear(request, signal);
    log({
      heardMs: heard.transcript.durationMs,
      tookMs: Math.round(performance.now() - started),
      turns: heard.transcript.turns.length,
    });
    return heard;
  },
  readiness: () => state,
  onFailure: logFailure,
});

let ending = false;
async function end(): Promise<void> {
  if (ending) return;
  ending = true;
  state = { ready: false, reason: "The container is ending.", models: [] };
  await inference.close(patienceMs);
  ended.abort();
  await engine.close();
  (await clients)?.close();
  await rm(folder, { recursive: true, force: true });
  process.exit(0);
}
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void end());

inference.server.listen(port, () => {
  const address = inference.server.address();
  log({ listening: typeof address === "object" && address !== null ? address.port : port });
});
void begin();
