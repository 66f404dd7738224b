import { stat } from "node:fs/promises";
import { basename } from "node:path";
import type { CallOutput, Handlers, ParsedInput } from "../../../app/contract/api.ts";
import { EarmarkError, toFailure } from "../../../app/contract/errors.ts";
import type { BucketPlan, IntakePlan, PlannedObject, WatchedPlan } from "../../../app/contract/intake-views.ts";
import { pathChooser } from "../../../app/formats/name-pattern.ts";
import { redactFileName } from "../../../app/insight/redaction-file-name.ts";
import { toInstant, toInstantOrNull } from "../store/instants.ts";
import type { ItemRow, SeenFile, SourceRow } from "../store/intake.ts";
import type { Store } from "../store/store.ts";
import { isFactsTable } from "./beside.ts";
import { type OpenBucket, openBucket } from "./bucket.ts";
import type { Intake } from "./intake.ts";
import { filesIn, listedFiles } from "./list-files.ts";
import { nameOf, readPlace, writePlace } from "./places.ts";
import { tryBucket, tryFolder } from "./try-source.ts";

/** What the answers about sources are made from. */
export interface IntakeHandlerWorld {
  readonly store: Store;
  readonly intake: Intake;
  readonly changed: () => void;
  /** Kept before a bucket is asked. */
  readonly asked: (plan: BucketPlan) => Promise<void>;
  readonly beforeClosing: <T>(work: () => Promise<T>) => Promise<T>;
  readonly signal: AbortSignal;
}

type IntakeCalls = Extract<keyof Handlers, `intake.${string}`>;

/** Files put on the list at a time: a page that asks meanwhile is answered in between. */
const chunk = 500;
const mostNames = 12;

/** One handler for each call about where conversations come from. */
export function intakeHandlers(world: IntakeHandlerWorld): Pick<Handlers, IntakeCalls> {
  const { store, intake, signal } = world;
  const table = store.intake;

  const view = (source: SourceRow): CallOutput<"intake.list">["sources"][number] => ({
    id: source.id,
    plan: source.plan,
    enabled: source.enabled,
    looking: intake.looking.has(source.id),
    createdAt: toInstant(source.createdAt),
    lookedAt: toInstantOrNull(source.lookedAt),
    failure: source.failure,
    counts: table.counts(source.number),
  });

  const pause = (paused: boolean): void => {
    store.settings.set({ intake: { ...store.settings.get().intake, paused } });
    intake.wake();
  };

  return {
    "intake.list": async () => ({
      sources: table.sources().map(view),
      hold: intake.hold(),
      paused: store.settings.get().intake.paused,
      ...intake.pace(),
    }),
    "intake.items": async ({ id, state, offset, limit }) => {
      const source = table.source(id);
      const counts = table.counts(source.number);
      const total = state === null ? Object.values(counts).reduce((sum, one) => sum + one, 0) : counts[state];
      return { items: table.items(source.number, state, offset, limit).map((item) => itemView(store, item)), total };
    },
    "intake.begin": (input) => world.beforeClosing(() => beginBatch(world, input)),
    "intake.save": async ({ id, plan }) => {
      if (id === null) {
        const added = table.addSource(plan);
        intake.wake();
        return { id: added.id };
      }
      if (table.source(id).plan.kind !== plan.kind) throw new EarmarkError("conflict", "A folder stays one, and a bucket too.");
      table.changeSource(id, { plan });
      intake.wake();
      return { id };
    },
    "intake.enable": async ({ id, enabled }) => {
      table.changeSource(id, { enabled });
      intake.wake();
      return {};
    },
    "intake.remove": async ({ id }) => {
      table.removeSource(id);
      intake.wake();
      return {};
    },
    "intake.look": async ({ id }) => ({ found: await world.beforeClosing(() => intake.look(table.source(id))) }),
    "intake.test": async ({ plan }) => ({ trials: await world.beforeClosing(() => trySource(world, plan)) }),
    "intake.dryRun": ({ plan, limit }) => world.beforeClosing(() => dryRun(world, plan, limit)),
    "intake.retry": async ({ id, item }) => {
      table.retry(table.source(id).number, item);
      intake.wake();
      return {};
    },
    "intake.cancel": async ({ id, item }) => {
      table.cancel(table.source(id).number, item);
      intake.wake();
      return {};
    },
    "intake.pause": async () => {
      pause(true);
      return {};
    },
    "intake.resume": async () => {
      pause(false);
      return {};
    },
    "intake.names": async () => ({
      names: [...new Set([...waitingNames(store), ...table.lastNames(mostNames)])].slice(0, mostNames),
    }),
  };

  async function trySource(own: IntakeHandlerWorld, plan: WatchedPlan) {
    if (plan.kind === "folder") return tryFolder(plan, signal);
    await own.asked(plan);
    return tryBucket(plan, signal);
  }
}

function itemView(store: Store, item: ItemRow): CallOutput<"intake.items">["items"][number] {
  const place = readPlace(item.place);
  const kept = item.conversationId === null ? null : store.conversations.get(item.conversationId);
  return {
    id: item.number,
    name: place === null ? (kept?.source.name ?? "") : redactFileName(nameOf(place)),
    bytes: item.bytes,
    state: item.state,
    failure: item.failure,
    conversationId: kept === null ? null : item.conversationId,
    retryAt: toInstantOrNull(item.retryAt),
    endedAt: toInstantOrNull(item.endedAt),
  };
}

function waitingNames(store: Store): string[] {
  return store.intake.sources().flatMap((source) =>
    store.intake
      .items(source.number, "waiting", 0, mostNames)
      .flatMap(({ place }) => readPlace(place) ?? [])
      .map((place) => redactFileName(nameOf(place))),
  );
}

/** Puts what was given on the list, in one source of its own. Nothing of it is taken in before all of it is there. */
async function beginBatch(
  { store, intake, signal }: IntakeHandlerWorld,
  { paths, recursive, include, exclude, speech }: ParsedInput<"intake.begin">,
): Promise<CallOutput<"intake.begin">> {
  const chooses = pathChooser(include, exclude);
  const given = Object.fromEntries(Object.entries(speech).filter(([, value]) => value !== undefined));
  const first = paths[0] ?? "";
  const plan: IntakePlan = { kind: "batch", name: redactFileName(basename(first)).slice(0, 300), speech: given };
  const source = store.intake.addSource(plan);
  // Off until the list is whole: whoever cancels meanwhile has nothing half taken in.
  store.intake.changeSource(source.id, { enabled: false });
  const refused: CallOutput<"intake.begin">["refused"] = [];
  let files = 0;
  let waiting: SeenFile[] = [];
  const put = (): void => {
    files += store.intake.add(source.number, waiting);
    waiting = [];
  };
  const take = async (path: string, bytes: number, changedMs: number): Promise<void> => {
    if (isFactsTable(path)) return;
    try {
      waiting.push(...(await listedFiles({ path, bytes, changedMs }, chooses, signal)));
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      refused.push({ name: redactFileName(basename(path)), failure: toFailure(thrown) });
    }
    if (waiting.length >= chunk) put();
  };
  try {
    for (const path of paths) {
      const facts = await stat(path).catch(() => null);
      if (facts?.isDirectory() === true) {
        const told = (below: string, failure: (typeof refused)[number]["failure"]): void => {
          refused.push({ name: redactFileName(basename(below)), failure });
        };
        try {
          for await (const file of filesIn(path, { recursive, chooses }, signal, told)) {
            await take(file.path, file.bytes, file.changedMs);
          }
        } catch (thrown) {
          if (signal.aborted) throw thrown;
          told(path, toFailure(thrown));
        }
      } else if (facts === null) {
        const missing = new EarmarkError("file-missing", "The file is not there.", { name: basename(path) });
        refused.push({ name: redactFileName(basename(path)), failure: toFailure(missing) });
      } else await take(path, facts.size, facts.mtimeMs);
    }
    put();
  } catch (thrown) {
    // Half a list would be taken for the whole of it.
    if (!signal.aborted) store.intake.removeSource(source.id);
    throw thrown;
  }
  if (files === 0) store.intake.removeSource(source.id);
  else store.intake.changeSource(source.id, { enabled: true });
  intake.wake();
  return { id: source.id, files, refused };
}

/** What would come out of a bucket. What came before by any source of the same bucket is told apart. */
async function dryRun(
  { store, asked, signal }: IntakeHandlerWorld,
  plan: BucketPlan,
  limit: number,
): Promise<CallOutput<"intake.dryRun">> {
  await asked(plan);
  const same = store.intake.sources().filter((source) => source.plan.kind === "bucket" && source.plan.bucket === plan.bucket);
  const objects: PlannedObject[] = [];
  let [total, bytes, known] = [0, 0, 0];
  const bucket: OpenBucket = await openBucket(plan);
  try {
    for await (const page of bucket.list(signal)) {
      for (const { key, bytes: size, etag, at, contactId } of page) {
        const place = writePlace({ kind: "object", key, contactId });
        const came = same.some((source) => store.intake.knows(source.number, place, etag));
        if (objects.length < limit) objects.push({ key: redactFileName(key), bytes: size, at, contactId, known: came });
        if (came) known++;
        else {
          total++;
          bytes += size;
        }
      }
    }
  } finally {
    bucket.close();
  }
  return { objects, total, bytes, known };
}
