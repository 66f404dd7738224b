import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import type { CallOutput, Handlers, ImportSource } from "../../app/contract/api.ts";
import { EarmarkError, fromFailure, toFailure } from "../../app/contract/errors.ts";
import type { EventName, EventPayload } from "../../app/contract/events.ts";
import type { BucketPlan } from "../../app/contract/intake-views.ts";
import type { ConversationView, Settings } from "../../app/contract/views.ts";
import type { SpeechOptions } from "../../app/conversation/speech.ts";
import type { BackendOptions } from "./backend.ts";
import { categoryHandlers } from "./category-handlers.ts";
import { conformityHandlers } from "./conformity-handlers.ts";
import { deskHandlers } from "./desk-handlers.ts";
import { runDoctor } from "./doctor.ts";
import { type EditingWorld, editingHandlers, editingView, personName } from "./editing-handlers.ts";
import { exportHandlers } from "./export-handlers.ts";
import { lacksRecording } from "./ingest/add-recording.ts";
import { filesBelow, type ImportWishes, type ImportWorld, type Source } from "./ingest/import.ts";
import { importHandlers, importSources } from "./ingest/import-handlers.ts";
import type { Intake } from "./ingest/intake.ts";
import { intakeHandlers } from "./ingest/intake-handlers.ts";
import type { OneAtATime } from "./ingest/one-at-a-time.ts";
import type { WaitingUpload } from "./ingest/originals.ts";
import { markUnsettled } from "./ingest/unsettled.ts";
import { concealedKinds } from "./journey/compared.ts";
import { journeyHandlers } from "./journey/journey-handlers.ts";
import type { JourneyKeeper } from "./journey/journey-keeper.ts";
import { languageHandlers, readAgain } from "./language/language-handlers.ts";
import { finishDeletion } from "./ledger/finish-deletions.ts";
import { filesOf } from "./ledger/going-files.ts";
import type { Ledger } from "./ledger/ledger.ts";
import { ledgerHandlers } from "./ledger/ledger-handlers.ts";
import { leftBehindHandlers } from "./left-behind-handlers.ts";
import { libraryHandlers } from "./library-handlers.ts";
import type { LibraryPaths } from "./library-paths.ts";
import type { Clips } from "./media/clips.ts";
import type { Ffmpeg } from "./media/ffmpeg.ts";
import { readPeaks } from "./media/peaks.ts";
import { originalHandlers } from "./original-handlers.ts";
import type { Originals } from "./originals.ts";
import { storedSentiments } from "./pipeline/categories-stage.ts";
import type { Categoriser } from "./pipeline/categoriser.ts";
import { insightChoice, readInsight } from "./pipeline/insight-stage.ts";
import { peaksToShow } from "./pipeline/mute-stage.ts";
import type { PartialTranscripts } from "./pipeline/partial-transcripts.ts";
import type { Concurrency, Queue } from "./pipeline/queue.ts";
import { conversationOf } from "./pipeline/revision.ts";
import { questionHandlers } from "./question-handlers.ts";
import { reportHandlers } from "./report/report-handlers.ts";
import { engineHandlers, providerView } from "./speech/engine-handlers.ts";
import { tryExecutionProviders } from "./speech/execution-providers.ts";
import type { ModelStore } from "./speech/models.ts";
import type { ProviderChooser } from "./speech/provider-choice.ts";
import type { ChoosingEngine } from "./speech/sagemaker/offload.ts";
import type { OffloadMemory } from "./speech/sagemaker/offload-memory.ts";
import type { GoingFiles } from "./store/conversations.ts";
import type { Store } from "./store/store.ts";
import { toStoreError } from "./store/store-error.ts";
import { parseJson } from "./store/stored-json.ts";
import { followVoiceSetting, proposedNames } from "./voices/agent-voices.ts";
import type { EvaluationWriter } from "./writer/write-evaluations.ts";
import type { ConversationWriter } from "./writer/write-writings.ts";
import { writerHandlers } from "./writer/writer-handlers.ts";
import { writingHandlers } from "./writer/writing-handlers.ts";

/** What the handlers answer from. */
export interface HandlerWorld {
  readonly options: BackendOptions;
  readonly paths: LibraryPaths;
  readonly store: Store;
  readonly queue: Queue;
  readonly models: ModelStore;
  readonly emit: <N extends EventName>(name: N, payload: EventPayload<N>) => void;
  /** Files that pages sent in, by id, until they are imported. */
  readonly uploads: Map<string, WaitingUpload>;
  readonly findFfmpeg: () => Promise<Ffmpeg>;
  /** Files on their way out of Earmark. */
  readonly clips: Clips;
  readonly concurrencyFor: (settings: Settings) => Concurrency;
  readonly engine: ChoosingEngine;
  readonly partials: PartialTranscripts;
  readonly choices: OffloadMemory;
  readonly providers: ProviderChooser;
  readonly categoriser: Categoriser;
  readonly journeys: JourneyKeeper;
  readonly originals: Originals;
  readonly ledger: Ledger;
  readonly evaluationWriter: EvaluationWriter;
  readonly conversationWriter: ConversationWriter;
  readonly oneAtATime: OneAtATime;
  readonly intake: Intake;
  /** Records that a bucket is asked. */
  readonly askBucket: (plan: BucketPlan) => Promise<void>;
  /** Work that the library stays open for: it hears of the closing by `signal`. */
  readonly beforeClosing: <T>(work: () => Promise<T>) => Promise<T>;
  /** Aborted when Earmark closes. */
  readonly signal: AbortSignal;
}

const sampleSchema = z.object({
  samples: z
    .array(
      z.object({
        file: z.string().regex(/^[\w.-]+$/u),
        title: z.string(),
        startedAt: z.iso.datetime().optional(),
        timeZone: z.string().optional(),
      }),
    )
    .min(1),
});

/**
 * One handler for each call of the contract. Each rejects with an `EarmarkError` where a person can do something about
 * what went wrong, SQLite's own errors included, and with `cancelled` once Earmark is closing.
 */
export function createHandlers(world: HandlerWorld): Handlers {
  const guarded = Object.entries(createBareHandlers(world)).map(([name, handler]) => {
    const answer = handler as (input: unknown) => Promise<unknown>;
    return [
      name,
      async (input: unknown): Promise<unknown> => {
        if (world.signal.aborted) throw new EarmarkError("cancelled", "Earmark is closing.");
        try {
          return await answer(input);
        } catch (thrown) {
          throw toStoreError(thrown);
        }
      },
    ] as const;
  });
  // Every handler under its own name, as it was.
  return Object.fromEntries(guarded) as unknown as Handlers;
}

function createBareHandlers(world: HandlerWorld): Handlers {
  const { options, store, queue, models, emit, uploads } = world;

  const view = (id: string): ConversationView => {
    const conversation = conversationOf(store, id);
    if (conversation === null) throw new EarmarkError("not-found", "This conversation is not in the library.", { id });
    const media = store.media.get(id);
    return {
      conversation: world.originals.shown(conversation),
      mediaId: media?.audible == null ? null : media.mediaId,
      peakChannels: media?.peaks?.channels ?? 0,
      recording:
        media?.audio == null
          ? null
          : {
              layout: media.audio.layout,
              silentChannels: [...media.audio.silentChannels],
              truncated: media.audio.truncated ?? false,
            },
      lacksRecording: lacksRecording({ store }, id),
      partial: world.partials.get(id),
      ...editingView(store, id),
      proposedNames: proposedNames(store, id, conversation.participants),
      insight: readInsight(store, id),
      job: queue.jobOf(id),
    };
  };

  const editing: EditingWorld = {
    store,
    emit,
    view,
    concealed: (id, text) => world.originals.concealed(id, text),
    muteAgain: (id) => queue.rerun(id, "mute"),
    readAgain: (id) => readAgain(queue, id),
  };

  const sourcesOf = async (source: ImportSource): Promise<Source[]> => {
    switch (source.kind) {
      case "path":
        return filesBelow(source.path, world.signal);
      case "upload": {
        const upload = uploads.get(source.uploadId);
        if (upload === undefined) {
          const failure = toFailure(new EarmarkError("not-found", "This upload is not waiting any more."));
          return [{ kind: "refused", name: "", failure }];
        }
        uploads.delete(source.uploadId);
        return [{ kind: "upload", upload }];
      }
    }
  };

  const ingest: ImportWorld = { store, paths: world.paths, queue, oneAtATime: world.oneAtATime };
  const importAll = async (sources: readonly Source[], wishes: ImportWishes): Promise<CallOutput<"import.begin">["results"]> => {
    const results = await importSources(ingest, sources, wishes, world.signal, (result) => {
      if (result.conversationId !== null && !result.known) emit("library.changed", {});
    });
    return results.map(({ name, conversationId, known, failure }) => ({ name, conversationId, known, failure }));
  };

  /** What an import asks of the speech engine. Whatever it does not name follows the settings, also later. */
  const speechWishes = (
    asked: {
      readonly [name in
        | "separation"
        | "speakers"
        | "speakerRange"
        | "language"
        | "languages"
        | "engine"
        | "translate"
        | "vocabulary"
        | "beams"]?: SpeechOptions[name] | undefined;
    },
  ): Partial<SpeechOptions> => Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));

  return {
    "app.state": async () => ({
      version: options.version,
      capabilities: {
        nativeFileDialog: options.pickers !== undefined,
        nativeFolderDialog: options.pickers !== undefined,
        windows: options.desk !== undefined,
        systemNotices: options.desk !== undefined,
        fileDrag: options.desk !== undefined,
      },
      conversations: store.conversations.count(),
      samplesAvailable: (await readSamples(options.resourcesPath)).length > 0,
      libraryPath: world.paths.root,
      notices: store.notices.list(),
    }),
    "notice.dismiss": async ({ id }) => {
      store.notices.dismiss(id);
      return {};
    },

    "library.list": async (query) => {
      const { rows, ...rest } = store.library.list(query, personName(store));
      // The database learns of progress when a stage ends; the queue knows it now.
      return {
        rows: rows.map((row) =>
          row.state === "running" ? { ...row, progress: queue.jobOf(row.id)?.progress ?? row.progress } : row,
        ),
        ...rest,
      };
    },

    ...libraryHandlers({ store, emit, paths: world.paths }),
    ...ledgerHandlers(world),

    "import.begin": async ({ sources, ...asked }) => {
      const wishes: ImportWishes = { speech: speechWishes(asked) };
      return world.beforeClosing(async () => {
        const found = (await Promise.all(sources.map(sourcesOf))).flat();
        return { results: await importAll(found, wishes) };
      });
    },
    ...intakeHandlers({ ...world, changed: () => emit("intake.changed", {}), asked: world.askBucket }),
    ...importHandlers({
      world: ingest,
      uploads,
      signal: world.signal,
      sourcesOf,
      beforeClosing: world.beforeClosing,
      changed(id) {
        emit("conversation.changed", { id });
        emit("library.changed", {});
      },
    }),
    "import.pick": async () => {
      if (options.pickers === undefined) throw new EarmarkError("not-allowed", "This shell has no dialog for files.");
      return { paths: await options.pickers.pickFiles() };
    },
    "import.samples": async () => {
      const samples = await readSamples(options.resourcesPath);
      if (samples.length === 0)
        throw new EarmarkError("file-missing", "The sample conversations are not part of this installation.");
      const conversationIds: string[] = [];
      for (const { file, title, startedAt, timeZone } of samples) {
        const sample: Source = { kind: "path", path: join(options.resourcesPath, "samples", file) };
        const sampleWishes: ImportWishes = {
          title,
          ...(startedAt === undefined ? {} : { startedAt }),
          ...(timeZone === undefined ? {} : { timeZone }),
        };
        const [result] = await world.beforeClosing(() => importAll([sample], sampleWishes));
        if (result?.failure) throw fromFailure(result.failure);
        if (result?.conversationId) conversationIds.push(result.conversationId);
      }
      return { conversationIds };
    },

    "conversation.get": async ({ id }) => {
      await world.originals.ready(id);
      return view(id);
    },
    "conversation.peaks": async ({ id, startMs, endMs, bins }) => {
      const media = store.media.get(id);
      const shown = media === null ? null : peaksToShow(media, startMs, endMs);
      if (shown === null) throw new EarmarkError("not-found", "There is no waveform for this conversation.", { id });
      return readPeaks(shown.path, startMs, endMs, bins, shown.samples);
    },
    ...editingHandlers(editing),
    ...leftBehindHandlers(editing),
    ...originalHandlers({ ...editing, originals: world.originals }),
    "conversation.rename": async ({ id, title }) => {
      store.conversations.rename(id, title);
      emit("conversation.changed", { id });
      emit("library.changed", {});
      return {};
    },
    "conversation.delete": async ({ ids }) => {
      const { paths } = world;
      for (const id of ids) world.conversationWriter.cancel(id);
      const contents = ids.flatMap((id) => store.conversations.get(id)?.source.sha256 ?? []);
      await Promise.all(ids.map((id) => queue.release(id)));
      // On a full disk not even a mark can be set, and removing is what helps then.
      await markUnsettled(paths, contents).catch(() => undefined);
      const going = new Map<string, GoingFiles>();
      for (const id of ids) {
        const sha256 = store.conversations.get(id)?.source.sha256;
        if (sha256 !== undefined) going.set(id, await filesOf(paths, sha256));
      }
      const removed = store.conversations.remove(ids, going);
      // A page that has it open reads it again, and finds that it is gone.
      for (const { id } of removed) emit("conversation.changed", { id });
      emit("library.changed", {});
      let left: unknown = null;
      for (const { id, sha256 } of removed) {
        await world
          .oneAtATime(sha256, () => finishDeletion({ id, sha256, files: going.get(id)?.files ?? 0 }, { store, paths }))
          .catch((thrown: unknown) => {
            // A file that is held open keeps its mark, and goes at the next opening.
            left = thrown;
          });
      }
      if (left !== null) throw left;
      return {};
    },

    "queue.list": ({ limit }) => Promise.resolve({ jobs: queue.list(limit), paused: queue.paused }),
    "queue.cancel": async ({ id }) => {
      await queue.cancel(id);
      return {};
    },
    "queue.retry": async ({ id }) => {
      queue.retry(id);
      return {};
    },
    "queue.pause": async () => {
      queue.pause();
      return {};
    },
    "queue.resume": async () => {
      queue.resume();
      return {};
    },
    "queue.prioritise": async ({ conversationId }) => {
      queue.prioritise(conversationId);
      return {};
    },
    "queue.analyseAgain": async ({ conversationId }) => {
      queue.analyseAgain(conversationId);
      return {};
    },

    "models.list": async () => ({ models: await models.list(), folder: models.folder }),
    "models.fetch": async ({ id, precision }) => {
      const model = (await models.list()).find((one) => one.id === id);
      if (model === undefined) throw new EarmarkError("not-found", "Earmark knows no such model.", { model: id });
      if (precision !== undefined && !model.variants?.some((one) => one.precision === precision)) {
        throw new EarmarkError("not-allowed", "The model does not come in this precision.", { model: id, precision });
      }
      // The answer does not wait for gigabytes: progress and failure come as `model.changed`.
      models.fetch(id, { signal: world.signal }, precision ?? null).catch(() => undefined);
      return {};
    },
    "models.cancel": async ({ id }) => {
      models.cancelFetch(id);
      return {};
    },
    "models.add": async ({ path }) => {
      const folder = path ?? (await options.pickers?.pickFolder()) ?? null;
      if (folder === null) {
        if (options.pickers !== undefined) return { added: [] };
        throw new EarmarkError("input-invalid", "Name the folder that holds the models.");
      }
      return { added: await models.add(folder, { signal: world.signal }) };
    },
    "models.verify": async ({ id }) => ({ model: await models.verify(id, world.signal) }),
    "models.remove": async ({ id }) => {
      await models.remove(id);
      return {};
    },

    "settings.get": async () => store.settings.get(),
    "settings.set": async (changes) => {
      const countedBefore = insightChoice(store.settings.get().language);
      const settings = store.settings.set(changes);
      if (!isDeepStrictEqual(insightChoice(settings.language), countedBefore)) store.conversations.dropFigures();
      followVoiceSetting(store);
      // What may not be readable any more is forgotten at once; the hashes go on joining.
      if (changes.journeys !== undefined || changes.redaction !== undefined) {
        store.journeys.identities.conceal(concealedKinds(settings));
        world.journeys.sweep();
      }
      // Who turns the writer off wants nothing more to leave.
      if (changes.writer?.engine === "none") world.conversationWriter.cancel(null);
      if (changes.sealing !== undefined) await world.originals.purge();
      queue.setConcurrency(world.concurrencyFor(settings));
      world.intake.wake();
      emit("settings.changed", {});
      return settings;
    },
    ...engineHandlers(world),
    ...categoryHandlers({
      store,
      categoriser: world.categoriser,
      sentimentsOf: storedSentiments(store),
      changed: () => emit("library.changed", {}),
    }),
    ...conformityHandlers({
      store,
      sentimentsOf: storedSentiments(store),
      emit,
      sweep: () => world.categoriser.sweep(),
      writer: world.evaluationWriter,
    }),
    ...writingHandlers(world),
    ...questionHandlers(world),
    ...journeyHandlers({ store, clock: { now: () => (options.clock ?? Date).now() }, journeys: world.journeys, emit }),
    ...reportHandlers({ ...world, sentimentsOf: storedSentiments(store) }),
    ...languageHandlers(world),
    ...writerHandlers(world),
    ...deskHandlers(world),
    ...exportHandlers(world),
    "doctor.run": async () => ({
      lines: await runDoctor({
        libraryPath: world.paths.root,
        startProcess: options.startProcess,
        findFfmpeg: world.findFfmpeg,
        models: () => models.list(),
        provider: () => providerView(world),
        offload: store.settings.get().offload,
        tryProviders: () =>
          tryExecutionProviders(options.startProcess, {
            signal: world.signal,
            ...(options.workerScript === undefined ? {} : { script: options.workerScript }),
          }),
      }),
    }),
  };
}

/** The samples that came with Earmark; none when this installation has none, or a list of them that is none. */
async function readSamples(resourcesPath: string): Promise<z.infer<typeof sampleSchema>["samples"]> {
  const text = await readFile(join(resourcesPath, "samples", "samples.json"), "utf8").catch(() => null);
  return sampleSchema.safeParse(parseJson(text)).data?.samples ?? [];
}
