import { randomUUID } from "node:crypto";
import { EarmarkError, throwIfCancelled } from "../../../../app/contract/errors.ts";
import type { Clock } from "../../../../app/ports.ts";
import { type AttemptRule, orCancelled, pause, withAttempts } from "./attempts.ts";
import { type AwsClients, type AwsConnection, openAwsClients } from "./aws-clients.ts";
import { type AwsCall, awsFailure, containerRefusal } from "./aws-failure.ts";
import { type Content, createObjects, measureContent, type ObjectEncryption, type Objects, sha256Of } from "./bucket.ts";
import type { EgressRecord, RecordEgress } from "./egress.ts";
import type { InvocationMemory, RememberedInvocation } from "./invocation-memory.ts";

/** How long is waited, and how often tried. All times in milliseconds. */
export interface RemoteWaits {
  /** Attempts of one call, and the waits between. */
  readonly rule: AttemptRule;
  /** The first look for an asynchronous answer comes after this; the waits grow by half each time. */
  readonly firstPollMs: number;
  readonly longestPollMs: number;
  /** How long an asynchronous answer may take from its invocation; after that the endpoint counts as stuck. */
  readonly answerMs: number;
  /** After an abort, how long until what was sent is removed: Earmark may be closing, and then goes on with it later. */
  readonly regretMs: number;
}

/** Waits that suit AWS. SageMaker keeps an asynchronous request for six hours. */
export const defaultWaits: RemoteWaits = {
  rule: { attempts: 5, firstMs: 500, longestMs: 20_000 },
  firstPollMs: 2_000,
  longestPollMs: 30_000,
  answerMs: 6 * 60 * 60_000,
  regretMs: 1_500,
};

/** What remote calls need. */
export interface RemoteCallsOptions {
  readonly connection: AwsConnection;
  /** The bucket that recordings pass through; null where there is none, and only small ones can be heard in real time. */
  readonly bucket: string | null;
  /** What every key begins with, `earmark/`; may be empty. */
  readonly prefix: string;
  readonly encryption: ObjectEncryption;
  /** Account id that has to own the bucket; null when that is not checked. */
  readonly expectedOwner: string | null;
  readonly memory: InvocationMemory;
  readonly onEgress: RecordEgress;
  readonly clock: Clock;
  /** 0 to 1, for the spread of waits. */
  readonly random: () => number;
  readonly waits: RemoteWaits;
  /** Size of a part of a large upload in bytes; as `ObjectOptions` unless told. */
  readonly partBytes?: number;
}

/** Uploads a thing under a name below the job's own prefix, and answers with its URI. */
export type Upload = (name: string, content: Content, mediaType: string) => Promise<string>;

/** One piece of work that an asynchronous endpoint does. */
export interface AsyncWork {
  readonly key: string;
  readonly endpoint: string;
  readonly conversationId: string | null;
  readonly signal: AbortSignal;
  /** Progress of sending and waiting, 0 to 1. */
  readonly onProgress: (share: number) => void;
  /** How long the endpoint is likely to take, for progress. */
  readonly likelyMs: number;
  /** What AWS may take to process it at most, in seconds: 1 to 3,600. */
  readonly invocationSeconds: number;
  /** Uploads what the request needs, and answers with the URI of the request and of what the endpoint will write. */
  prepare(upload: Upload, prefix: string): Promise<{ readonly input: string; readonly written: readonly string[] }>;
}

/** The answer of an asynchronous endpoint. */
export interface AsyncAnswer {
  /** What the endpoint answered; of a failure, what AWS wrote about it. */
  readonly bytes: Uint8Array;
  readonly failed: boolean;
  readonly invocation: RememberedInvocation;
}

const mostAnswerBytes = 256 * 1_048_576;
/** How long removing what was sent may take in the background, and how long closing waits for it. */
const farewellMs = 10_000;
const closePatienceMs = 3_000;

/**
 * Calls of endpoints, with everything around them: uploads that are remembered before they are begun, egress records,
 * attempts, waiting for answers, going on after a restart, and removing what was sent. Opened when first used.
 */
export class RemoteCalls {
  private readonly options: RemoteCallsOptions;
  private opened: Promise<{ clients: AwsClients; objects: Objects }> | undefined;
  private readonly regrets = new Map<string, NodeJS.Timeout>();
  private readonly farewells = new Set<Promise<void>>();
  private closed = false;

  constructor(options: RemoteCallsOptions) {
    this.options = options;
  }

  private open(): Promise<{ clients: AwsClients; objects: Objects }> {
    const { connection, encryption, expectedOwner, waits, random, partBytes } = this.options;
    const parts = partBytes === undefined ? {} : { partBytes };
    this.opened ??= openAwsClients(connection).then((clients) => ({
      clients,
      objects: createObjects(clients, { encryption, expectedOwner, rule: waits.rule, random, ...parts }),
    }));
    return this.opened;
  }

  /** Opened, with credentials at hand: nothing is put on record as sent that could not have been. */
  private async ready(call: AwsCall, signal: AbortSignal): Promise<{ clients: AwsClients; objects: Objects }> {
    const opened = await orCancelled(this.open(), signal);
    const { config } = call.service === "s3" ? opened.clients.s3 : opened.clients.runtime;
    try {
      await orCancelled(Promise.all([config.region(), config.credentials()]), signal);
    } catch (thrown) {
      throw awsFailure(thrown, call);
    }
    return opened;
  }

  private async record(
    record: Pick<EgressRecord, "service" | "operation" | "destination" | "bytes" | "sha256" | "conversationId">,
  ) {
    const at = new Date(this.options.clock.now()).toISOString();
    await this.options.onEgress({ at, region: this.options.connection.region, ...record });
  }

  /** Whether there is a bucket to upload to. */
  get hasBucket(): boolean {
    return this.options.bucket !== null;
  }

  /** Invokes a real-time endpoint. A container that is busy or starting is tried again; its other refusals are answers. */
  async invoke(
    endpoint: string,
    body: Uint8Array,
    mediaType: string,
    conversationId: string | null,
    signal: AbortSignal,
  ): Promise<{ readonly bytes: Uint8Array; readonly failed: boolean }> {
    const operation = "InvokeEndpoint";
    const { clients } = await this.ready({ service: "sagemaker-runtime", operation }, signal);
    await this.record({
      service: "sagemaker-runtime",
      operation,
      destination: endpoint,
      bytes: body.byteLength,
      sha256: sha256Of(body),
      conversationId,
    });
    const command = { EndpointName: endpoint, Body: body, ContentType: mediaType, Accept: mediaType };
    const attempt = async (): Promise<{ bytes: Uint8Array; failed: boolean }> => {
      try {
        const answer = await clients.runtime.send(new clients.commands.InvokeEndpointCommand(command), { abortSignal: signal });
        return { bytes: answer.Body ?? new Uint8Array(), failed: false };
      } catch (thrown) {
        const refusal = containerRefusal(thrown);
        if (refusal === null) throw awsFailure(thrown, { service: "sagemaker-runtime", operation });
        if (refusal.status === 429 || refusal.status === 503) {
          throw new EarmarkError(
            "aws-throttled",
            "The endpoint is busy.",
            { operation, status: refusal.status },
            { cause: thrown },
          );
        }
        return { bytes: Buffer.from(refusal.text, "utf8"), failed: true };
      }
    };
    return withAttempts(attempt, this.options.waits.rule, signal, this.options.random);
  }

  /**
   * Uploads for one piece of work and does something with it, then removes what was uploaded, whatever came of it. For
   * real-time calls of what is too large for a request.
   */
  async withUploads<T>(
    work: Pick<AsyncWork, "key" | "endpoint" | "conversationId" | "signal">,
    use: (upload: Upload) => Promise<T>,
  ): Promise<T> {
    const invocation = this.begin(work);
    try {
      return await use(this.uploader(invocation, work));
    } finally {
      await this.discardSoon(invocation, work.conversationId);
    }
  }

  /**
   * Has an asynchronous endpoint do a piece of work, or goes on waiting for one that was sent before a restart. What was
   * uploaded is removed when the answer is there; the answer itself stays until `release`. Rejects with
   * `engine-stalled` when no answer comes, and with the codes of `awsFailure`.
   */
  async invokeAsync(work: AsyncWork): Promise<AsyncAnswer> {
    clearTimeout(this.regrets.get(work.key));
    this.regrets.delete(work.key);
    const before = await this.options.memory.recall(work.key);
    const invocation = (await this.goOnWith(before, work)) ?? (await this.send(work));
    try {
      const answer = await this.wait(invocation, work);
      await this.removeUploads(invocation, work.conversationId, work.signal);
      return answer;
    } catch (thrown) {
      if (work.signal.aborted) this.regret(work.key, work.conversationId);
      // An endpoint that is stuck or refused is asked anew next time; a line that is down leaves the work where it is.
      else if (thrown instanceof EarmarkError && thrown.code === "engine-stalled") {
        await this.discardSoon(invocation, work.conversationId);
      }
      throw thrown;
    }
  }

  /** Whether work of this key was sent to the endpoint and can be gone on with. */
  async remembers(key: string, endpoint: string): Promise<boolean> {
    const invocation = await this.options.memory.recall(key);
    return invocation !== null && invocation.endpoint === endpoint && invocation.outputLocation !== null && !invocation.abandoned;
  }

  /** Reads an object that an endpoint has written; null when it is not there. */
  async read(uri: string, signal: AbortSignal): Promise<Uint8Array | null> {
    const { objects } = await orCancelled(this.open(), signal);
    return objects.get(uri, mostAnswerBytes, signal);
  }

  /**
   * Lets go of a piece of work whose answer has been used. Resolved means that it is not gone on with any more; its
   * objects are removed in the background.
   */
  async release(key: string, conversationId: string | null): Promise<void> {
    const invocation = await this.options.memory.recall(key);
    if (invocation !== null) await this.discardSoon(invocation, conversationId);
  }

  /** After an abort: removes what was sent, unless Earmark closes within moments and wants to go on with it later. */
  regret(key: string, conversationId: string | null): void {
    if (this.closed) return;
    clearTimeout(this.regrets.get(key));
    const timer = setTimeout(() => {
      this.regrets.delete(key);
      this.later(() => this.release(key, conversationId));
    }, this.options.waits.regretMs);
    this.regrets.set(key, timer);
  }

  /** Removes what was remembered longer ago than this, and what nobody waits for. Answers with how many pieces of work. */
  async tidy(olderThanMs: number, signal: AbortSignal): Promise<number> {
    let removed = 0;
    for (const invocation of await this.options.memory.all()) {
      throwIfCancelled(signal);
      const age = this.options.clock.now() - Date.parse(invocation.startedAt);
      if (!invocation.abandoned && age < olderThanMs) continue;
      await this.remove(await this.abandon(invocation), null, signal);
      removed += 1;
    }
    return removed;
  }

  /** Leaves what was sent to be gone on with, waits for removals that have begun, and closes the connections. */
  async close(): Promise<void> {
    this.closed = true;
    for (const timer of this.regrets.values()) clearTimeout(timer);
    this.regrets.clear();
    const done = new AbortController();
    const patience = pause(closePatienceMs, done.signal).catch(() => undefined);
    await Promise.race([Promise.all(this.farewells), patience]);
    done.abort();
    const opened = await this.opened?.catch(() => undefined);
    opened?.clients.close();
  }

  private begin({ key, endpoint }: Pick<AsyncWork, "key" | "endpoint">): RememberedInvocation {
    return {
      key,
      endpoint,
      inferenceId: randomUUID(),
      startedAt: new Date(this.options.clock.now()).toISOString(),
      uploaded: [],
      multipart: [],
      written: [],
      outputLocation: null,
      failureLocation: null,
      answered: false,
      abandoned: false,
    };
  }

  private uploader(invocation: RememberedInvocation, work: Pick<AsyncWork, "conversationId" | "signal">): Upload {
    const { bucket, prefix, memory } = this.options;
    return async (name, content, mediaType) => {
      if (bucket === null) throw new EarmarkError("aws-not-found", "No bucket is set for recordings to pass through.");
      const { objects } = await this.ready({ service: "s3", operation: "PutObject" }, work.signal);
      const uri = `s3://${bucket}/${prefix}${invocation.inferenceId}/${name}`;
      // Remembered before it is sent: after a kill in the middle it can still be removed.
      invocation.uploaded.push(uri);
      await memory.remember(invocation);
      await this.record({
        service: "s3",
        operation: "PutObject",
        destination: uri,
        ...measureContent(content),
        conversationId: work.conversationId,
      });
      await objects.put(uri, content, mediaType, work.signal, async (begun) => {
        invocation.multipart.push(begun);
        await memory.remember(invocation);
      });
      invocation.multipart = invocation.multipart.filter((one) => one.uri !== uri);
      return uri;
    };
  }

  private async goOnWith(before: RememberedInvocation | null, work: AsyncWork): Promise<RememberedInvocation | null> {
    if (before === null) return null;
    const age = this.options.clock.now() - Date.parse(before.startedAt);
    const alive = !before.abandoned && before.outputLocation !== null && age < this.options.waits.answerMs;
    if (alive && before.endpoint === work.endpoint) return before;
    await this.discardSoon(before, work.conversationId);
    return null;
  }

  private async send(work: AsyncWork): Promise<RememberedInvocation> {
    const { memory, waits, random } = this.options;
    const invocation = this.begin(work);
    try {
      const upload = this.uploader(invocation, work);
      const { input, written } = await work.prepare(upload, `${this.options.prefix}${invocation.inferenceId}/`);
      invocation.written.push(...written);
      const operation = "InvokeEndpointAsync";
      const { clients } = await this.ready({ service: "sagemaker-runtime", operation }, work.signal);
      await this.record({
        service: "sagemaker-runtime",
        operation,
        destination: work.endpoint,
        bytes: 0,
        sha256: null,
        conversationId: work.conversationId,
      });
      const command = {
        EndpointName: work.endpoint,
        InputLocation: input,
        ContentType: "application/json",
        InferenceId: invocation.inferenceId,
        RequestTTLSeconds: Math.max(60, Math.min(21_600, Math.round(waits.answerMs / 1_000))),
        InvocationTimeoutSeconds: work.invocationSeconds,
      };
      const sent = await withAttempts(
        () =>
          clients.runtime
            .send(new clients.commands.InvokeEndpointAsyncCommand(command), { abortSignal: work.signal })
            .catch((thrown: unknown) => {
              throw awsFailure(thrown, { service: "sagemaker-runtime", operation });
            }),
        waits.rule,
        work.signal,
        random,
      );
      if (sent.OutputLocation === undefined) {
        throw new EarmarkError("engine-failed", "The endpoint does not say where its answer will be.");
      }
      invocation.outputLocation = sent.OutputLocation;
      invocation.failureLocation = sent.FailureLocation ?? null;
      await memory.remember(invocation);
      return invocation;
    } catch (thrown) {
      // Nothing runs yet that could be gone on with.
      await this.discardSoon(invocation, work.conversationId);
      throw thrown;
    }
  }

  private async wait(invocation: RememberedInvocation, work: AsyncWork): Promise<AsyncAnswer> {
    const { clock, random, waits } = this.options;
    const { outputLocation, failureLocation } = invocation;
    if (outputLocation === null) throw new EarmarkError("engine-failed", "Nothing has been invoked.");
    const started = Date.parse(invocation.startedAt);
    for (let wait = waits.firstPollMs; ; wait = Math.min(waits.longestPollMs, wait * 1.5)) {
      const bytes = await this.read(outputLocation, work.signal);
      if (bytes !== null) return this.answered({ bytes, failed: false, invocation });
      const failure = failureLocation === null ? null : await this.read(failureLocation, work.signal);
      if (failure !== null) return this.answered({ bytes: failure, failed: true, invocation });
      const elapsed = clock.now() - started;
      if (elapsed > waits.answerMs) {
        throw new EarmarkError("engine-stalled", "The endpoint gave no answer.", { waitedMs: elapsed });
      }
      // Half of the likely time is half of the way, and the end is never quite reached.
      work.onProgress(elapsed / (elapsed + work.likelyMs));
      await pause(wait * (0.75 + random() / 2), work.signal);
    }
  }

  private answered(answer: AsyncAnswer): AsyncAnswer {
    answer.invocation.answered = true;
    return answer;
  }

  private async removeUploads(invocation: RememberedInvocation, conversationId: string | null, signal: AbortSignal) {
    const { objects } = await this.open();
    for (const uri of [...invocation.uploaded]) {
      try {
        await this.record({ service: "s3", operation: "DeleteObject", destination: uri, bytes: 0, sha256: null, conversationId });
        await objects.remove(uri, signal);
      } catch (thrown) {
        throwIfCancelled(signal);
        // The answer is there and counts; what is left is remembered, and `tidy` tries again.
        if (!(thrown instanceof EarmarkError)) throw thrown;
        continue;
      }
      invocation.uploaded.splice(invocation.uploaded.indexOf(uri), 1);
    }
    await this.options.memory.remember(invocation);
  }

  /**
   * Remembers an invocation as one that nobody waits for, under its own id, so that a new attempt at the same work does
   * not take it up, and does not overwrite what is still to be removed.
   */
  private async abandon(invocation: RememberedInvocation): Promise<RememberedInvocation> {
    const key = sha256Of(Buffer.from(invocation.inferenceId, "utf8"));
    const abandoned = { ...invocation, key, abandoned: true };
    if (placesOf(invocation).length > 0) await this.options.memory.remember(abandoned);
    if (invocation.key !== key) await this.options.memory.forget(invocation.key);
    return abandoned;
  }

  /**
   * Removes everything of an abandoned invocation and forgets it. What cannot be removed yet stays remembered: an
   * asynchronous invocation cannot be taken back, and its answer may come when nobody waits for it any more.
   */
  private async remove(
    invocation: RememberedInvocation,
    conversationId: string | null,
    signal = AbortSignal.timeout(farewellMs),
  ): Promise<void> {
    const places = placesOf(invocation);
    if (places.length === 0) return;
    const { objects } = await this.open();
    for (const upload of invocation.multipart) await objects.takeBack(upload, signal);
    for (const uri of places) {
      await this.record({ service: "s3", operation: "DeleteObject", destination: uri, bytes: 0, sha256: null, conversationId });
      await objects.remove(uri, signal);
    }
    const age = this.options.clock.now() - Date.parse(invocation.startedAt);
    const stillComing = invocation.outputLocation !== null && !invocation.answered && age < this.options.waits.answerMs;
    if (!stillComing) await this.options.memory.forget(invocation.key);
  }

  private async discardSoon(invocation: RememberedInvocation, conversationId: string | null): Promise<void> {
    const abandoned = await this.abandon(invocation);
    this.later(() => this.remove(abandoned, conversationId));
  }

  private later(act: () => Promise<void>): void {
    if (this.closed) return;
    // What could not be removed now is remembered, and `tidy` tries again.
    const farewell = act().catch(() => undefined);
    this.farewells.add(farewell);
    void farewell.then(() => this.farewells.delete(farewell));
  }
}

/** Every object of an invocation: what was uploaded and what the endpoint writes. */
function placesOf({ uploaded, written, outputLocation, failureLocation }: RememberedInvocation): string[] {
  return [...uploaded, ...written, ...[outputLocation, failureLocation].filter((uri) => uri !== null)];
}
