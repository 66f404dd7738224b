import { setImmediate as breathe } from "node:timers/promises";
import type { CallOutput } from "../../../app/contract/api.ts";
import { EarmarkError, toFailure } from "../../../app/contract/errors.ts";
import type { BucketPlan, IntakeSettings } from "../../../app/contract/intake-views.ts";
import type { Clock } from "../../../app/ports.ts";
import { mayPass } from "../speech/sagemaker/aws-failure.ts";
import type { ItemEnd, ItemRow, SourceRow } from "../store/intake.ts";
import type { Store } from "../store/store.ts";
import { type OpenBucket, partName, removeFetched } from "./bucket.ts";
import type { ImportResult } from "./import.ts";
import { type DiskFile, diskFingerprint } from "./list-files.ts";
import { readPlace, seenFile, writePlace } from "./places.ts";
import type { TakingIn } from "./take-in.ts";
import { createFolderWatch, type FolderWatch, failedFolder, moveOut, processedFolder } from "./watched-folder.ts";

/** How fast recordings are taken in: none of it holds for what is written already. */
export interface Pace {
  /** In a minute; null without a limit. */
  readonly perMinute: number | null;
  /** At work at a time. */
  readonly most: number;
}

/** Why nothing is taken in although something waits; null when something is. */
export type Hold = CallOutput<"intake.list">["hold"];

/** What the intake works with. */
export interface IntakeOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly taking: TakingIn;
  readonly openBucket: (plan: BucketPlan) => Promise<OpenBucket>;
  /** Where objects are fetched to. */
  readonly fetched: string;
  /** What holds as long as nobody has set otherwise. */
  readonly usualPace: () => Pace;
  /** Told when sources, or how their files stand, changed; at most twice a second. */
  readonly changed: () => void;
  /** A conversation came. */
  readonly imported: () => void;
  /** Kept before a bucket is asked. */
  readonly asked: (plan: BucketPlan) => Promise<void>;
}

/** Takes in what sources hold, at the pace that is set, over restarts. */
export interface Intake {
  /** Begins to look and to take in. */
  start(): void;
  /** Looks at a source at once; answers how many files are new. Rejects with why it cannot be looked at. */
  look(source: SourceRow): Promise<number>;
  readonly looking: ReadonlySet<string>;
  /** Something was put on the list, or the settings changed. */
  wake(): void;
  hold(): Hold;
  pace(): Pace;
  close(): Promise<void>;
}

/** Written files taken in at a time: copying waits for the disk most of the while. */
const writtenAtOnce = 12;
const recordingsAtOnce = 2;
/** Chats that may wait for the queue before more are taken in: enough that it never runs dry. */
const mostChatsWaiting = 400;
/** A failure that may pass is tried so often, after so many milliseconds, doubled each time. */
const mostAttempts = 4;
const retryFirstMs = 5_000;
/** A recording is thought of again after so long, while its transcript is on its way (ms). */
const laterMs = 500;
/** How often sources are thought of, and pages told (ms). */
const tickMs = 1_000;
const tellMs = 500;
const minuteMs = 60_000;

/** The pace as it holds: what is set, else what is usual. */
export function paceOf({ perMinute, most }: Pick<IntakeSettings, "perMinute" | "most">, usual: Pace): Pace {
  return { perMinute: perMinute ?? usual.perMinute, most: most ?? usual.most };
}

/** Whether a time lies in the quiet hours, by this machine's clock. They may go over midnight. */
export function isQuiet(quiet: IntakeSettings["quiet"], now: Date): boolean {
  if (quiet === null || quiet.from === quiet.until) return false;
  const time = `${String(now.getHours()).padStart(2, "0")}:${String(now.getMinutes()).padStart(2, "0")}`;
  return quiet.from < quiet.until ? time >= quiet.from && time < quiet.until : time >= quiet.from || time < quiet.until;
}

/** Makes the intake of a library. What it has to do lies in the store; a kill at any moment leaves a file on the list or taken in. */
export function createIntake(options: IntakeOptions): Intake {
  const { store, clock, taking } = options;
  const { intake } = store;
  const ended = new AbortController();
  const watches = new Map<string, FolderWatch>();
  const looking = new Set<string>();
  const underWay = new Set<Promise<void>>();
  const begun: number[] = [];
  let running = { written: 0, recordings: 0 };
  let ticking: NodeJS.Timeout | undefined;
  let told: NodeJS.Timeout | undefined;
  let pumping = false;
  let again = false;

  intake.putBack();
  // A list that was broken off while it was being made would be taken for the whole of it; nobody was answered that it is.
  for (const { id, plan, enabled } of intake.sources()) if (plan.kind === "batch" && !enabled) intake.removeSource(id);

  const tell = (): void => {
    told ??= setTimeout(() => {
      told = undefined;
      options.changed();
    }, tellMs).unref();
  };
  const follow = (work: Promise<void>): void => {
    const own = work.catch(() => undefined).finally(() => underWay.delete(own));
    underWay.add(own);
  };

  // ── Taking in ──────────────────────────────────────────────────────────────────────────────────────────────────────

  const pace = (): Pace => paceOf(store.settings.get().intake, options.usualPace());

  /** How many recordings may be begun now, and what keeps it from being more. */
  const room = (): { free: number; hold: Hold } => {
    const { perMinute, most } = pace();
    const now = clock.now();
    while (begun[0] !== undefined && now - begun[0] >= minuteMs) begun.shift();
    const byJobs = most - intake.openJobs("call") - running.recordings;
    const byDrip = perMinute === null ? Number.POSITIVE_INFINITY : perMinute - begun.length;
    const free = Math.min(byJobs, byDrip, recordingsAtOnce - running.recordings);
    return { free: Math.max(0, free), hold: byJobs <= 0 ? "jobs" : byDrip <= 0 ? "drip" : null };
  };
  const stopped = (): Hold => {
    const settings = store.settings.get().intake;
    if (settings.paused) return "paused";
    return isQuiet(settings.quiet, new Date(clock.now())) ? "quiet-hours" : null;
  };

  const pump = async (): Promise<void> => {
    if (pumping) {
      again = true;
      return;
    }
    pumping = true;
    try {
      do {
        again = false;
        if (ended.signal.aborted || stopped() !== null) break;
        intake.takeUpDue(clock.now());
        const { order } = store.settings.get().intake;
        const chatRoom = Math.min(writtenAtOnce - running.written, mostChatsWaiting - intake.openJobs("chat"));
        const items = [
          ...(chatRoom > 0 ? intake.next(order, true, chatRoom) : []),
          ...(room().free > 0 ? intake.next(order, false, room().free) : []),
        ];
        if (items.length === 0) break;
        const sources = new Map(intake.sources().map((source) => [source.number, source]));
        intake.begin(items.map(({ number }) => number));
        for (const item of items) {
          const source = sources.get(item.sourceNumber);
          if (source !== undefined) launch(source, item);
        }
        // A turn for everybody else: ten thousand files must not hold the page up.
        await breathe();
      } while (again);
    } finally {
      pumping = false;
    }
  };

  const launch = (source: SourceRow, item: ItemRow): void => {
    const kind = item.written ? "written" : "recordings";
    running = { ...running, [kind]: running[kind] + 1 };
    if (!item.written) begun.push(clock.now());
    follow(
      taking.take(source, item, ended.signal).then((result) => {
        running = { ...running, [kind]: running[kind] - 1 };
        if (result === "later") putOff(item);
        else {
          settle(source, item, result);
          if (result !== null && result.conversationId !== null && !result.known) options.imported();
        }
        tell();
        void pump();
      }),
    );
  };

  const putOff = ({ number }: ItemRow): void => {
    if (ended.signal.aborted) return;
    const retryAt = clock.now() + laterMs;
    const end = { state: "waiting", failure: null, conversationId: null, retryAt, unmoved: false } as const;
    follow(store.together(() => intake.end(number, end)));
  };

  /** Writes what became of a file. One that Earmark's closing broke off stays on the list. */
  const settle = (source: SourceRow, item: ItemRow, result: ImportResult | null): void => {
    if (ended.signal.aborted) return;
    const failure = result?.failure ?? null;
    const attempts = item.attempts + 1;
    const error = failure === null ? null : new EarmarkError(failure.code, failure.message, failure.details);
    const passing = error !== null && (mayPass(error) || failure?.details["changing"] === true);
    const again = passing && attempts < mostAttempts;
    const state = again ? "waiting" : failure !== null ? "failed" : result === null || result.known ? "known" : "done";
    const plan = source.plan;
    const moves = plan.kind === "folder" && (failure === null ? plan.processed : plan.failed) === "move" && !again;
    const end: ItemEnd = {
      state,
      failure,
      conversationId: result?.conversationId ?? null,
      retryAt: again ? clock.now() + retryFirstMs * 2 ** (attempts - 1) : null,
      unmoved: moves,
    };
    const kept = store.together(() => intake.end(item.number, end));
    const moved = { ...item, state: failure === null ? ("done" as const) : ("failed" as const) };
    follow(moves && plan.kind === "folder" ? kept.then(() => move(plan.path, moved)) : kept);
  };

  const move = async (root: string, item: ItemRow): Promise<void> => {
    const place = readPlace(item.place);
    if (place?.kind === "file") await moveOut(root, place.path, item.state === "failed" ? failedFolder : processedFolder);
    // An archive stays: others of its files may still have to come.
    if (!ended.signal.aborted) intake.moved(item.number);
  };

  // ── Looking ────────────────────────────────────────────────────────────────────────────────────────────────────────

  const lookAtFolder = async (source: SourceRow): Promise<number> => {
    if (source.plan.kind !== "folder") return 0;
    const watch = watches.get(source.id) ?? createFolderWatch();
    watches.set(source.id, watch);
    const knows = (file: DiskFile): boolean =>
      intake.knows(source.number, writePlace({ kind: "file", path: file.path }), diskFingerprint(file));
    const { files } = await watch.look(source.plan, knows, clock.now(), ended.signal);
    return ended.signal.aborted ? 0 : intake.add(source.number, files);
  };
  const lookAtBucket = async (source: SourceRow): Promise<number> => {
    if (source.plan.kind !== "bucket") return 0;
    await options.asked(source.plan);
    const bucket = await options.openBucket(source.plan);
    try {
      let added = 0;
      for await (const objects of bucket.list(ended.signal)) {
        const files = objects.map(({ key, bytes, etag, contactId }) => seenFile({ kind: "object", key, contactId }, bytes, etag));
        if (!ended.signal.aborted) added += intake.add(source.number, files);
        void pump();
      }
      return added;
    } finally {
      bucket.close();
    }
  };

  const look = async (source: SourceRow): Promise<number> => {
    if (looking.has(source.id)) return 0;
    looking.add(source.id);
    tell();
    try {
      const added = source.plan.kind === "folder" ? await lookAtFolder(source) : await lookAtBucket(source);
      if (!ended.signal.aborted) intake.looked(source.number, null);
      return added;
    } catch (thrown) {
      if (!ended.signal.aborted) intake.looked(source.number, toFailure(thrown));
      throw thrown;
    } finally {
      looking.delete(source.id);
      tell();
      void pump();
    }
  };

  const isDue = ({ plan, enabled, lookedAt }: SourceRow): boolean => {
    if (!enabled || plan.kind === "batch") return false;
    const everyMs = plan.kind === "folder" ? plan.everySeconds * 1_000 : (plan.everyMinutes ?? 0) * minuteMs;
    return everyMs > 0 && (lookedAt === null || clock.now() - lookedAt >= everyMs);
  };

  const tick = (): void => {
    if (ended.signal.aborted) return;
    for (const source of intake.sources()) {
      // A failure stands with the source; the next look may find it gone.
      if (isDue(source) && !looking.has(source.id)) follow(look(source).then(() => undefined));
    }
    void pump();
  };

  return {
    start() {
      for (const item of intake.unmoved(10_000)) {
        const source = intake.sources().find(({ number }) => number === item.sourceNumber);
        if (source?.plan.kind === "folder") follow(move(source.plan.path, item));
      }
      const wanted = new Set(
        intake.sources().flatMap((source) => {
          if (source.plan.kind !== "bucket") return [];
          const { bucket } = source.plan;
          return intake.items(source.number, "waiting", 0, 100_000).flatMap(({ place, fingerprint }) => {
            const found = readPlace(place);
            return found?.kind === "object" ? [partName(bucket, found.key, fingerprint)] : [];
          });
        }),
      );
      follow(removeFetched(options.fetched, wanted));
      ticking = setInterval(tick, tickMs).unref();
      tick();
    },
    look,
    looking,
    wake() {
      tell();
      void pump();
    },
    hold() {
      const reason = stopped();
      if (reason !== null) return reason;
      const waits = (written: boolean): boolean => intake.next("oldest", written, 1).length > 0;
      return running.recordings === 0 && running.written === 0 && !waits(true) && waits(false) ? room().hold : null;
    },
    pace,
    async close() {
      ended.abort();
      clearInterval(ticking);
      clearTimeout(told);
      await Promise.allSettled([...underWay]);
      taking.close();
    },
  };
}
