import { randomUUID } from "node:crypto";
import type { OffloadTrial } from "../../../../app/contract/engine-views.ts";
import { EarmarkError } from "../../../../app/contract/errors.ts";
import type { Clock } from "../../../../app/ports.ts";
import { trialSteps } from "../../trial-steps.ts";
import { type AwsClients, openAwsClients } from "./aws-clients.ts";
import { awsFailure, containerRefusal } from "./aws-failure.ts";
import { createObjects, sha256Of } from "./bucket.ts";
import type { EgressRecord, RecordEgress } from "./egress.ts";
import { hearingSchemaName } from "./hearing-contract.ts";
import type { InvocationMemory } from "./invocation-memory.ts";
import { encryptionOf, endpointOf, type OffloadSettings } from "./offload.ts";

/** What trying needs. */
export interface TryOffloadOptions {
  readonly settings: OffloadSettings;
  readonly onEgress: RecordEgress;
  /** Remembers what an asynchronous endpoint will write, so that it is removed later. */
  readonly memory: InvocationMemory;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** What is sent: a request without a recording, which Earmark's container refuses in its own words. */
const nothing = Buffer.from("{}", "utf8");
const mediaType = "application/json";
/** One call each: whoever waits before a button wants to know now. */
const once = { attempts: 2, firstMs: 200, longestMs: 200 };

/**
 * Tries the settings with one real call each: who one is (STS), an object written to the bucket and removed, each endpoint
 * asked something that holds no sound. A step that fails comes back with its coded reason; those that rest on it are
 * skipped. Everything sent is put on record first. Rejects with `cancelled` alone.
 */
export async function tryOffload(options: TryOffloadOptions): Promise<OffloadTrial[]> {
  const { settings, signal } = options;
  const { profile, region, runtimeUrl, s3Url, bucket, prefix } = settings;
  const { trials, step, skip } = trialSteps<OffloadTrial["step"]>(signal);

  const endpoint = endpointOf(settings);
  const needsBucket =
    endpoint !== null && (endpoint.contract === "conversation-intelligence" || endpoint.mode === "asynchronous");
  await step("settings", () => {
    if (endpoint === null) throw new EarmarkError("aws-not-found", "No endpoint is named.");
    if (needsBucket && bucket === null) throw new EarmarkError("aws-not-found", "An asynchronous endpoint needs a bucket.");
    return Promise.resolve("Complete.");
  });

  const clients = await openAwsClients({ profile, region, runtimeUrl, s3Url });
  try {
    let place = region ?? "";
    const known = await step("identity", async () => {
      const call = { service: "sts", operation: "GetCallerIdentity" } as const;
      try {
        place = await clients.runtime.config.region();
        await clients.runtime.config.credentials();
        await record(options, { ...call, destination: "sts", bytes: 0, sha256: null });
        const { Account = "", Arn = "" } = await clients.identity(signal);
        return `${Arn || `Account ${Account}`}, ${place}`;
      } catch (thrown) {
        throw awsFailure(thrown, call);
      }
    });
    if (!known) {
      return skip("Not tried without credentials.", "bucket", "endpoint");
    }
    const objects = createObjects(clients, {
      encryption: encryptionOf(settings),
      expectedOwner: settings.expectedOwner,
      rule: once,
      random: Math.random,
    });
    const put = async (uri: string): Promise<void> => {
      await record(options, { service: "s3", operation: "PutObject", destination: uri, ...measured });
      await objects.put(uri, { kind: "memory", data: nothing }, mediaType, signal);
    };
    const remove = async (uri: string): Promise<void> => {
      await record(options, { service: "s3", operation: "DeleteObject", destination: uri, bytes: 0, sha256: null });
      await objects.remove(uri, signal);
    };
    const uri = `s3://${bucket ?? ""}/${prefix}trial-${randomUUID()}.json`;
    const stored =
      bucket === null
        ? false
        : await step("bucket", async () => {
            await put(uri);
            await remove(uri);
            return `${bucket}: an object was written and removed.`;
          });
    if (bucket === null) skip("None is set.", "bucket");
    if (endpoint === null) {
      return skip("None is named.", "endpoint");
    }
    if (endpoint.contract === "earmark" && endpoint.mode === "real-time") {
      await step("endpoint", () => askRealTime(clients, endpoint.name, options));
      return trials;
    }
    const names =
      endpoint.contract === "earmark"
        ? ([["endpoint", endpoint.name]] as const)
        : ([
            ["endpoint", endpoint.diarization],
            ["second-endpoint", endpoint.transcription],
          ] as const);
    for (const [name, endpointName] of names) {
      if (!stored) skip("Not tried without the bucket.", name);
      else await step(name, () => askAsynchronous(clients, endpointName, { uri, put, remove }, options));
    }
    return trials;
  } finally {
    clients.close();
  }
}

const measured = { bytes: nothing.byteLength, sha256: sha256Of(nothing) };

async function record(
  { onEgress, clock, settings }: TryOffloadOptions,
  what: Pick<EgressRecord, "service" | "operation" | "destination" | "bytes" | "sha256">,
): Promise<void> {
  const at = new Date(clock.now()).toISOString();
  await onEgress({ at, region: settings.region, conversationId: null, ...what });
}

async function askRealTime(clients: AwsClients, name: string, options: TryOffloadOptions): Promise<string> {
  const call = { service: "sagemaker-runtime", operation: "InvokeEndpoint" } as const;
  await record(options, { ...call, destination: name, ...measured });
  const command = { EndpointName: name, Body: nothing, ContentType: mediaType, Accept: mediaType };
  let text: string;
  try {
    const { Body } = await clients.runtime.send(new clients.commands.InvokeEndpointCommand(command), {
      abortSignal: options.signal,
    });
    text = Buffer.from(Body ?? new Uint8Array()).toString("utf8");
  } catch (thrown) {
    const refusal = containerRefusal(thrown);
    if (refusal === null) throw awsFailure(thrown, call);
    if (refusal.status === 429) return `${name}: Earmark's container answered; it is hearing another recording.`;
    text = refusal.text;
  }
  if (!text.includes(hearingSchemaName)) {
    throw new EarmarkError("engine-failed", `${name} answered, and is not Earmark's container.`);
  }
  return `${name}: Earmark's container answered.`;
}

async function askAsynchronous(
  clients: AwsClients,
  name: string,
  object: {
    readonly uri: string;
    readonly put: (uri: string) => Promise<void>;
    readonly remove: (uri: string) => Promise<void>;
  },
  options: TryOffloadOptions,
): Promise<string> {
  const call = { service: "sagemaker-runtime", operation: "InvokeEndpointAsync" } as const;
  await object.put(object.uri);
  try {
    await record(options, { ...call, destination: name, bytes: 0, sha256: null });
    const inferenceId = randomUUID();
    const sent = await clients.runtime
      .send(
        new clients.commands.InvokeEndpointAsyncCommand({
          EndpointName: name,
          InputLocation: object.uri,
          ContentType: mediaType,
          InferenceId: inferenceId,
          // Whether it is taken is all that is asked: an instance that starts later need not look at it.
          RequestTTLSeconds: 60,
          InvocationTimeoutSeconds: 60,
        }),
        { abortSignal: options.signal },
      )
      .catch((thrown: unknown) => {
        throw awsFailure(thrown, call);
      });
    await options.memory.remember({
      key: sha256Of(Buffer.from(inferenceId, "utf8")),
      endpoint: name,
      inferenceId,
      startedAt: new Date(options.clock.now()).toISOString(),
      uploaded: [],
      written: [],
      outputLocation: sent.OutputLocation ?? null,
      failureLocation: sent.FailureLocation ?? null,
      multipart: [],
      answered: false,
      abandoned: true,
    });
    return `${name}: it takes requests.`;
  } finally {
    await object.remove(object.uri);
  }
}
