import { rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join, relative, sep } from "node:path";
import type { Handlers } from "../../app/contract/api.ts";
import { EarmarkError } from "../../app/contract/errors.ts";
import type { EventName, EventPayload } from "../../app/contract/events.ts";
import type { BucketPlan } from "../../app/contract/intake-views.ts";
import type { EventMessage } from "../../app/contract/transport.ts";
import type { JobView, Settings } from "../../app/contract/views.ts";
import type { SpeechOptions } from "../../app/conversation/speech.ts";
import type { Clock } from "../../app/ports.ts";
import { chooseModel } from "../../native-models/catalogue.ts";
import { readReadyMade } from "./category-handlers.ts";
import { readReadyMadeChecklists } from "./checklist-handlers.ts";
import type { Desk } from "./desk-handlers.ts";
import { createHandlers } from "./handlers.ts";
import { createFactsBeside } from "./ingest/beside.ts";
import { openBucket } from "./ingest/bucket.ts";
import { createIntake, type Pace } from "./ingest/intake.ts";
import { createOneAtATime } from "./ingest/one-at-a-time.ts";
import { receiveUpload, type WaitingUpload } from "./ingest/originals.ts";
import { createTakingIn } from "./ingest/take-in.ts";
import { settleIncoming } from "./ingest/unsettled.ts";
import { identityKey } from "./journey/identity-key.ts";
import { createJourneyKeeper } from "./journey/journey-keeper.ts";
import { createChoosingLanguage } from "./language/choose.ts";
import { readAgain } from "./language/language-handlers.ts";
import { createTermFiles } from "./language/term-files.ts";
import { watchTerms } from "./language/watch-terms.ts";
import { finishDeletions } from "./ledger/finish-deletions.ts";
import { openLedger } from "./ledger/ledger.ts";
import { createLedgerEgress } from "./ledger/record-egress.ts";
import { tellChanges } from "./ledger/tell-changes.ts";
import { indexTurns } from "./library-handlers.ts";
import { type LibraryPaths, libraryPaths } from "./library-paths.ts";
import { openClips } from "./media/clips.ts";
import { type Ffmpeg, findFfmpeg } from "./media/ffmpeg.ts";
import { openOriginals } from "./originals.ts";
import { storedSentiments } from "./pipeline/categories-stage.ts";
import { createCategoriser } from "./pipeline/categoriser.ts";
import { bringEvaluations } from "./pipeline/evaluator.ts";
import { createFigureKeeper } from "./pipeline/figures.ts";
import { createPartialTranscripts } from "./pipeline/partial-transcripts.ts";
import { type Concurrency, createQueue } from "./pipeline/queue.ts";
import { createStages } from "./pipeline/stages.ts";
import type { StartProcess } from "./process.ts";
import type { SecretKeeper } from "./secret-keeper.ts";
import { createLocalSpeechEngine, inspectGraphs } from "./speech/client.ts";
import { timeEncoder, tryExecutionProviders } from "./speech/execution-providers.ts";
import { createModelStore } from "./speech/models.ts";
import { createProviderChooser } from "./speech/provider-choice.ts";
import { withProviderFallback } from "./speech/provider-fallback.ts";
import { createFolderMemory } from "./speech/sagemaker/invocation-memory.ts";
import { createChoosingEngine } from "./speech/sagemaker/offload.ts";
import { openOffloadMemory, soundWaiting } from "./speech/sagemaker/offload-memory.ts";
import { openStore, type Store } from "./store/store.ts";
import { readReadyMadePrompts } from "./writer/prompts.ts";
import { createEvaluationWriter } from "./writer/write-evaluations.ts";
import { createReadyWriter } from "./writer/write-when-ready.ts";
import { createConversationWriter } from "./writer/write-writings.ts";

/** A file that a page sent in, waiting to be imported. */
export interface Upload {
  readonly uploadId: string;
  readonly name: string;
  readonly bytes: number;
}

/** Dialogs of the system that a shell may have. */
export interface Pickers {
  /** Files to import; empty when the person cancels. */
  pickFiles(): Promise<string[]>;
  /** A folder; null when the person cancels. */
  pickFolder(): Promise<string | null>;
}

/** What Earmark needs to know of the place it runs in. */
export interface BackendOptions {
  /** The library's folder; made when it is not there. */
  readonly libraryPath: string;
  /** Folders of models besides the library's own. They are only read. */
  readonly modelFolders: readonly string[];
  /**
   * The folder of models that came with Earmark, if any. It is looked into last: a model of the same id in the library,
   * or in a folder that a person has named, is taken instead.
   */
  readonly builtInModels?: string;
  /** The `resources` folder: samples, licences. */
  readonly resourcesPath: string;
  readonly version: string;
  /** How the shell starts a process of ours. */
  readonly startProcess: StartProcess;
  /** The bundled speech process of a packaged Earmark; its source runs where nothing is bundled. */
  readonly workerScript?: URL;
  readonly clock?: Clock;
  /** How long a file that a page has sent waits to be imported, in milliseconds; six hours unless told. */
  readonly uploadWaitsMs?: number;
  /** Absent where the shell has no dialogs of its own. */
  readonly pickers?: Pickers;
  /** Absent where the shell has no windows of its own. */
  readonly desk?: Desk;
  /** Keeps the keys of what was hidden; absent where what is hidden is hidden for good. */
  readonly secrets?: SecretKeeper;
  /** What the ledger's key is encrypted with where there is no keychain; `EARMARK_LEDGER_PASSPHRASE` unless told. */
  readonly ledgerPassphrase?: string;
}

/**
 * Earmark without a shell: handlers for every call of the contract, events, media by id. Both shells, and the command
 * line, put the same one behind their doors.
 */
export interface Backend {
  readonly handlers: Handlers;
  /** Events for open pages; answers with its undo. */
  subscribe(listener: (message: EventMessage) => void): () => void;
  /** The file to play for a media id; null for an unknown one. Looked up in the database, never by path. */
  mediaFile(mediaId: string): Promise<{ path: string; mediaType: string } | null>;
  /** Takes the bytes of a file that a page sends, into the library's `incoming` folder. Rejects with `disk-full`, `cancelled`. */
  receiveUpload(name: string, bytes: ReadableStream<Uint8Array>, signal: AbortSignal): Promise<Upload>;
  /** Stops the queue at the next safe point, ends the speech process, closes the database. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * Opens a library and starts working on what waits in it. Rejects with `library-locked`, `library-newer`,
 * `library-unwritable`; a corrupt library is set aside and an empty one opened, which `app.state` tells.
 */
export async function openBackend(options: BackendOptions): Promise<Backend> {
  const clock: Clock = options.clock ?? { now: () => Date.now() };
  const paths = libraryPaths(options.libraryPath);
  const store = openStore(paths, { clock, version: options.version });
  try {
    await settleIncoming(paths, store.conversations);
    return await openOver(store, paths, clock, options);
  } catch (thrown) {
    // Whoever tries again finds the library free.
    store.close();
    const refused = thrown instanceof Error && "code" in thrown && unwritableCodes.has(String(thrown.code));
    throw refused ? new EarmarkError("library-unwritable", "The library cannot be written.", {}, { cause: thrown }) : thrown;
  }
}

const unwritableCodes: ReadonlySet<string> = new Set(["EACCES", "EPERM", "EROFS", "EEXIST", "ENOTDIR"]);

async function openOver(store: Store, paths: LibraryPaths, clock: Clock, options: BackendOptions): Promise<Backend> {
  const listeners = new Set<(message: EventMessage) => void>();
  /** The conversation whose job has just got on without having ended; null while nothing is told of one. */
  let atWork: string | null = null;
  const emit = <N extends EventName>(name: N, payload: EventPayload<N>): void => {
    for (const listener of listeners) {
      try {
        listener({ name, payload } as EventMessage);
      } catch {
        // A page that is on its way out must not stop the queue, nor the other pages from hearing.
      }
    }
    // Whatever changed of its words may change its categories; where nothing did, looking is all that happens.
    if (name === "conversation.changed") {
      const { id } = payload as EventPayload<"conversation.changed">;
      // The job that is at work on it brings all of this itself, and tells when it has ended.
      if (id === atWork) return;
      categoriser.look(id);
      journeys.look(id);
    }
    // A category is called otherwise, or sentiment is counted otherwise.
    if (name === "library.changed" || name === "settings.changed") figures.bring();
  };
  const ended = new AbortController();
  // Before anything else writes: what is done from here on is signed by the library's own key.
  const ledger = await openLedger({
    store,
    root: paths.root,
    secrets: options.secrets ?? null,
    passphrase: options.ledgerPassphrase ?? process.env["EARMARK_LEDGER_PASSPHRASE"] ?? "",
    clock,
  });
  await finishDeletions({ store, paths });
  const recordEgress = createLedgerEgress(store, join(paths.root, "egress.jsonl"));
  const categoriser = createCategoriser({
    store,
    sentimentsOf: storedSentiments(store),
    afterwards(conversationId) {
      const changed = bringEvaluations(store, conversationId, storedSentiments(store));
      if (changed) emit("evaluation.changed", { conversationId });
      return changed;
    },
    changed(conversationIds) {
      emit("library.changed", {});
      // What they are about may be another now.
      for (const id of conversationIds) journeys.look(id);
    },
    signal: ended.signal,
  });
  // A keychain that is locked now may be open the next time: until then nobody is joined with anybody.
  const hashingKey = await identityKey(options.secrets ?? null, join(paths.root, "identity.key")).catch(() => null);
  if (hashingKey !== null) store.journeys.identities.hashWith(hashingKey);
  const journeys = createJourneyKeeper({
    store,
    clock,
    changed(conversationIds) {
      emit("journey.changed", {});
      // A checklist may ask about the others of its customer.
      for (const id of conversationIds) categoriser.look(id);
    },
    signal: hashingKey === null ? AbortSignal.abort() : ended.signal,
  });
  const figures = createFigureKeeper({ store, changed: () => emit("library.changed", {}), signal: ended.signal });
  // What was being asked when Earmark ended is not asked further by itself.
  store.questions.stop("interrupted");
  store.categories.putReadyMade(await readReadyMade(options.resourcesPath));
  store.checklists.putReadyMade(await readReadyMadeChecklists(options.resourcesPath));
  store.prompts.putReadyMade(await readReadyMadePrompts(options.resourcesPath));

  const models = createModelStore({
    folder: paths.models,
    further: [...options.modelFolders, ...(options.builtInModels === undefined ? [] : [options.builtInModels])],
    inspect: inspectGraphs(options.startProcess, options.workerScript),
    precision: () => store.settings.get().speech.precision ?? null,
    hub: () => {
      const { modelMirror } = store.settings.get();
      return modelMirror === null ? {} : { baseUrl: modelMirror };
    },
  });
  const ownScript = options.workerScript === undefined ? {} : { script: options.workerScript };
  const providers = createProviderChooser({
    setting: () => store.settings.get().executionProvider,
    tryAll: (names, signal) => tryExecutionProviders(options.startProcess, { names, signal, ...ownScript }),
    timeEncoder: (path, provider, signal) => timeEncoder(options.startProcess, path, provider, { signal, ...ownScript }),
    path: join(paths.root, "execution-provider.json"),
    clock,
  });
  const localEngine = withProviderFallback(
    createLocalSpeechEngine({
      startProcess: options.startProcess,
      models,
      providers: (model, signal) => providers.order(model, signal),
      ...ownScript,
    }),
    providers,
  );

  let ffmpeg: Promise<Ffmpeg> | undefined;
  const findFfmpegOnce = (): Promise<Ffmpeg> => {
    ffmpeg ??= findFfmpeg().catch((thrown: unknown) => {
      // It may be installed by the next time somebody asks.
      ffmpeg = undefined;
      throw thrown;
    });
    return ffmpeg;
  };

  const clips = await openClips(join(paths.root, "clips"), findFfmpegOnce, ended.signal);
  const choices = await openOffloadMemory(join(paths.root, "offload", "engine.json"));
  const engine = createChoosingEngine({
    local: localEngine,
    settings: () => store.settings.get().offload,
    ffmpeg: findFfmpegOnce,
    memory: createFolderMemory(join(paths.root, "offload")),
    choices,
    backlogMs: (besides) => soundWaiting(store, queue, choices, besides),
    accelerated: () => providers.first() !== "cpu",
    onEgress: recordEgress,
    conversationOf: ({ channels }) => conversationOfSound(store, paths, channels[0]?.path ?? ""),
  });

  let installed: Promise<readonly string[]> = Promise.resolve([]);
  const lookAtModels = (): void => {
    installed = models
      .list()
      .then((views) => views.filter((view) => view.state === "installed").map((view) => view.id))
      // A folder of models that cannot be read is a library without models, not one that cannot be opened.
      .catch(() => []);
  };
  const modelFingerprint = async (
    { transcriptionModel, engine: asked }: SpeechOptions,
    conversationId: string,
  ): Promise<string[]> => {
    const elsewhere = await engine.fingerprint(conversationId, asked ?? null);
    if (elsewhere !== null) return elsewhere;
    const present = await installed;
    return (["activity", "segmentation", "embedding", "transcription"] as const).flatMap((task) => {
      const chosen = chooseModel(task, present, task === "transcription" ? transcriptionModel : null);
      if (chosen === null) return [];
      // In another precision it hears other words; as nobody chose, it is named as it always was.
      const precision = chosen.variants === undefined ? null : (store.settings.get().speech.precision ?? null);
      return [precision === null ? chosen.id : `${chosen.id} ${precision}`];
    });
  };

  const partials = createPartialTranscripts(
    (id, told) => emit("conversation.partial", { id, ...told }),
    undefined,
    () => store.settings.get().redaction,
  );
  const language = createChoosingLanguage({
    settings: () => store.settings.get().language,
    onEgress: recordEgress,
    clock,
  });
  const terms = createTermFiles();
  const originals = openOriginals({
    store,
    clock,
    secrets: options.secrets ?? null,
    changed: (id, mute) => {
      if (mute) queue.rerun(id, "mute");
      emit("conversation.changed", { id });
      emit("library.changed", {});
    },
  });
  const shown = new Map<string, string>();
  const queue = createQueue({
    store,
    clock,
    stages: createStages({
      store,
      paths,
      engine,
      voicePrinter: localEngine,
      ffmpeg: findFfmpegOnce,
      modelFingerprint,
      partials,
      language,
      terms,
      seal: (...asked) => originals.seal(...asked),
    }),
    concurrency: concurrencyFor(store.settings.get()),
    onChange: (job) => {
      emit("job.changed", { job });
      // A stage that ended has changed what the page shows; mere progress has not.
      const states = statesOf(job);
      if (shown.get(job.id) === states) return;
      shown.set(job.id, states);
      if (job.endedAt !== null) {
        shown.delete(job.id);
        intake.wake();
        choices.settle(job.conversationId).catch(() => undefined);
        if (job.state === "done") readyWriter.ready(job.conversationId);
      }
      atWork = job.endedAt === null ? job.conversationId : null;
      emit("conversation.changed", { id: job.conversationId });
      atWork = null;
      emit("library.changed", {});
    },
  });

  const oneAtATime = createOneAtATime();
  const fetched = join(paths.root, "fetched");
  const askBucket = async ({ bucket, prefix, region }: BucketPlan): Promise<void> =>
    recordEgress({
      at: new Date(clock.now()).toISOString(),
      service: "s3",
      operation: "ListObjectsV2",
      region,
      destination: `s3://${bucket}/${prefix}`,
      bytes: 0,
      sha256: null,
      conversationId: null,
    });
  const intake = createIntake({
    store,
    clock,
    taking: createTakingIn({ store, paths, queue, oneAtATime, beside: createFactsBeside(), fetched }),
    openBucket: (plan) => openBucket(plan),
    fetched,
    usualPace: () => usualPace(store.settings.get()),
    changed: () => emit("intake.changed", {}),
    imported: () => emit("library.changed", {}),
    asked: askBucket,
  });

  const stopListening = models.onChange((model) => {
    emit("model.changed", { model });
    if (model.state !== "fetching") lookAtModels();
  });
  lookAtModels();
  const stopWatching = watchTerms(
    () => store.settings.get().language.terms,
    () => {
      // Reading again asks nobody while this machine reads; Comprehend is asked by a person alone ("analyse again").
      if (store.settings.get().language.engine !== "local") return;
      for (const { conversationId } of queue.list(mostReadAgain)) readAgain(queue, conversationId);
    },
  );
  // Not before whoever opened this has had its turn to listen.
  const starting = setImmediate(() => {
    queue.start();
    intake.start();
    figures.bring();
    journeys.bring();
    readyWriter.start();
    void beforeClosing(() => indexTurns({ store, emit }, ended.signal));
    purge();
  });
  /** What is over is forgotten at the start, and again while Earmark is open for days. */
  const purge = (): void => {
    // A keychain that is locked now may be open the next time: what it holds the key of is removed all the same.
    beforeClosing(() => originals.purge()).catch(() => undefined);
  };
  const stopTelling = tellChanges(store.ledger, () => emit("ledger.changed", {}));
  const purging = setInterval(purge, purgeEveryMs).unref();

  const uploads = new Map<string, WaitingUpload>();
  const underWay = new Set<Promise<unknown>>();
  const beforeClosing = async <T>(work: () => Promise<T>): Promise<T> => {
    const done = work();
    underWay.add(done);
    try {
      return await done;
    } finally {
      underWay.delete(done);
    }
  };
  const sentimentsOf = storedSentiments(store);
  const writing = { store, options, paths, signal: ended.signal, emit, beforeClosing };
  const evaluationWriter = createEvaluationWriter({
    ...writing,
    sentimentsOf,
    changed: (conversationId) => emit("evaluation.changed", { conversationId }),
  });
  const conversationWriter = createConversationWriter(writing);
  const readyWriter = createReadyWriter({
    ...writing,
    ...{ conversationWriter, evaluationWriter, sentimentsOf },
    changed: (conversationId) => emit("writing.changed", { conversationId }),
  });
  let closing: Promise<void> | undefined;

  return {
    handlers: createHandlers({
      options,
      paths,
      store,
      queue,
      models,
      emit,
      uploads,
      findFfmpeg: findFfmpegOnce,
      clips,
      concurrencyFor,
      engine,
      choices,
      providers,
      partials,
      categoriser,
      journeys,
      originals,
      ledger,
      evaluationWriter,
      conversationWriter,
      oneAtATime,
      intake,
      askBucket,
      beforeClosing,
      signal: ended.signal,
    }),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    mediaFile: (mediaId) => Promise.resolve(clips.fileOf(mediaId) ?? store.media.byMediaId(mediaId)?.audible ?? null),
    async receiveUpload(name, bytes, signal) {
      const upload = await beforeClosing(() => receiveUpload(paths, name, bytes, AbortSignal.any([signal, ended.signal])));
      uploads.set(upload.uploadId, upload);
      // A page that went away before it asked for the import left this behind.
      setTimeout(() => {
        if (uploads.delete(upload.uploadId)) rm(upload.path, { force: true }).catch(() => undefined);
      }, options.uploadWaitsMs ?? uploadWaitsMs).unref();
      return { uploadId: upload.uploadId, name: upload.name, bytes: upload.bytes };
    },
    close() {
      closing ??= (async () => {
        ended.abort();
        clearImmediate(starting);
        clearInterval(purging);
        stopListening();
        stopTelling();
        stopWatching();
        language.close();
        try {
          await intake.close();
          await queue.close();
          await categoriser.settled();
          await readyWriter.settled();
          await figures.settled();
          await journeys.settled();
          await Promise.all([
            engine.close(),
            models.close(),
            clips.close(),
            ...[...underWay].map((work) => work.catch(() => undefined)),
          ]);
        } finally {
          // Whatever could not end in order: the library is free for the next one.
          ledger.close();
          store.close();
          listeners.clear();
        }
      })();
      return closing;
    },
  };
}

/** Most conversations that are read again when the string map changes, the latest first. */
const mostReadAgain = 10_000;

/** How often is looked for what the policy does not let be kept any more, in milliseconds. */
const purgeEveryMs = 60 * 60 * 1000;

/** How long a file that a page has sent waits to be imported, in milliseconds: longer than any import takes to begin. */
const uploadWaitsMs = 6 * 60 * 60 * 1000;

/** The conversation that decoded sound belongs to: it lies in a folder named by the recording's hash. */
function conversationOfSound(store: Store, paths: LibraryPaths, path: string): string | null {
  const [sha256 = ""] = relative(paths.derived, path).split(sep);
  return store.conversations.bySha256(sha256)?.id ?? null;
}

function statesOf(job: JobView): string {
  return job.stages.map((stage) => stage.state).join(" ") + job.state;
}

/** How fast recordings are taken in bulk: as many as an endpoint and its bill bear, or as many as this machine hears. */
function usualPace({ offload }: Settings): Pace {
  return offload.use === "local" ? { perMinute: null, most: availableParallelism() } : { perMinute: 50, most: 250 };
}

/** Stages at a time: media work overlaps with hearing, and one recording is heard at a time unless a person asks for more. */
function concurrencyFor({ concurrency, offload }: Settings): Concurrency {
  const jobs = concurrency ?? 1;
  return {
    // Hearing elsewhere leaves this machine free: the endpoint's own limit counts.
    speech: { local: jobs, sagemaker: offload.concurrency, auto: jobs + offload.concurrency }[offload.use],
    io: Math.max(jobs, Math.min(4, availableParallelism())),
    // They take turns on one processor; that several are begun lets them wait for the disk together.
    cpu: 6,
  };
}
