import { readFile } from "node:fs/promises";
import { basename, relative } from "node:path";
import { Readable } from "node:stream";
import { EarmarkError, toFailure } from "../../../app/contract/errors.ts";
import type { BucketPlan, IntakePlan } from "../../../app/contract/intake-views.ts";
import type { SpeechOptions } from "../../../app/conversation/speech.ts";
import { readName } from "../../../app/formats/name-rules.ts";
import type { SidecarFacts } from "../../../app/formats/sidecar.ts";
import type { ItemRow, SourceRow } from "../store/intake.ts";
import { addRecording, lacksRecording } from "./add-recording.ts";
import { type FactsBeside, isFactsText } from "./beside.ts";
import { type OpenBucket, openBucket } from "./bucket.ts";
import { type ImportResult, type ImportWishes, type ImportWorld, importOne, type Source } from "./import.ts";
import { receiveUpload } from "./originals.ts";
import { nameOf, type Place, readPlace } from "./places.ts";
import { openZip, type ZipArchive } from "./zip.ts";

/** Takes single files of sources in, and keeps open what several of them come out of. */
export interface TakingIn {
  /**
   * Never rejects: what goes wrong is the result's failure. Null for a file that speaks of others and is no conversation;
   * `later` for a recording whose transcript has still to come: the two become one conversation.
   */
  take(source: SourceRow, item: ItemRow, signal: AbortSignal): Promise<ImportResult | "later" | null>;
  close(): void;
}

/** What taking in works with. */
export interface TakingInWorld extends ImportWorld {
  readonly beside: FactsBeside;
  /** Where objects are fetched to. */
  readonly fetched: string;
}

/** Archives and buckets that are kept open at a time. */
const mostOpen = 4;

/** Begins with nothing open. */
export function createTakingIn(world: TakingInWorld): TakingIn {
  const archives = createHolders<ZipArchive>((path, signal) => openZip(path, signal));
  const buckets = createHolders<OpenBucket>((plan) => openBucket(JSON.parse(plan) as BucketPlan));

  const sourceOf = async (row: SourceRow, item: ItemRow, place: Place, signal: AbortSignal): Promise<Source> => {
    switch (place.kind) {
      case "file":
        return { kind: "path", path: place.path };
      case "member": {
        const archive = await archives.open(place.archive, signal);
        const bytes = Readable.toWeb(await archive.stream(place.name)) as ReadableStream<Uint8Array>;
        return { kind: "upload", upload: await receiveUpload(world.paths, nameOf(place), bytes, signal) };
      }
      case "object": {
        if (row.plan.kind !== "bucket") throw new EarmarkError("internal", "An object of no bucket.");
        const bucket = await buckets.open(JSON.stringify(row.plan), signal);
        const object = { key: place.key, etag: item.fingerprint, bytes: item.bytes };
        return { kind: "upload", upload: await bucket.fetch(object, world.fetched, signal) };
      }
    }
  };

  return {
    async take(source, item, signal) {
      const place = readPlace(item.place);
      if (place === null) {
        const failure = toFailure(new EarmarkError("file-missing", "Nobody knows any more where this file was."));
        return { name: "", conversationId: null, known: false, failure };
      }
      const transcript =
        item.written || item.pairHash === null ? null : world.store.intake.transcriptOf(source.number, item.pairHash);
      if (transcript?.state === "waiting" || transcript?.state === "running") return "later";
      try {
        const facts = place.kind === "file" ? await factsOf(world, place.path) : null;
        if (facts === "facts") return null;
        const wishes = wishesFrom(world, source.plan, place, facts);
        const file = await sourceOf(source, item, place, signal);
        const conversationId = transcript?.conversationId ?? null;
        if (conversationId !== null && lacksRecording(world, conversationId)) {
          await addRecording(world, conversationId, file, signal);
          return { name: nameOf(place), conversationId, known: false, failure: null };
        }
        return await importOne(world, file, wishes, signal);
      } catch (thrown) {
        return { name: nameOf(place), conversationId: null, known: false, failure: toFailure(thrown) };
      }
    },
    close() {
      archives.close();
      buckets.close();
    },
  };
}

/** What stands beside a file on the disk; `facts` where it is itself what stands beside others. */
async function factsOf({ beside, store }: TakingInWorld, path: string): Promise<SidecarFacts | "facts" | null> {
  if (/\.json$/iu.test(path) && isFactsText(await readFile(path, "utf8").catch(() => ""))) return "facts";
  return beside.of(path, store.settings.get().intake.names.timeZone);
}

/** The path that a name's patterns are held against: below the folder, archive or prefix that it came from. */
export function pathBelow(plan: IntakePlan, place: Place): string {
  switch (place.kind) {
    case "file":
      return plan.kind === "folder" ? relative(plan.path, place.path) : basename(place.path);
    case "member":
      return place.name;
    case "object":
      return plan.kind === "bucket" && place.key.startsWith(plan.prefix) ? place.key.slice(plan.prefix.length) : place.key;
  }
}

function wishesFrom({ store }: TakingInWorld, plan: IntakePlan, place: Place, facts: SidecarFacts | null): ImportWishes {
  const named = readName(pathBelow(plan, place), store.settings.get().intake.names);
  const contactId = facts?.contactId ?? (place.kind === "object" ? place.contactId : null) ?? named.contactId;
  const startedAt = facts?.startedAt ?? null;
  const asked: Partial<SpeechOptions> =
    plan.kind === "batch" ? Object.fromEntries(Object.entries(plan.speech).filter(([, value]) => value !== undefined)) : {};
  return {
    ...(facts?.title == null ? {} : { title: facts.title }),
    ...(startedAt === null ? {} : { startedAt, ...(facts?.timeZone == null ? {} : { timeZone: facts.timeZone }) }),
    named: {
      ...named,
      queue: facts?.queue ?? named.queue,
      direction: facts?.direction ?? named.direction,
      agent: facts?.agent ?? named.agent,
      customer: facts?.customer ?? named.customer,
      contactId,
    },
    identities: [
      { kind: "contact" as const, written: contactId },
      { kind: "customer" as const, written: facts?.customer ?? named.customer },
      { kind: "phone" as const, written: facts?.phone ?? null },
      { kind: "email" as const, written: facts?.email ?? null },
    ].flatMap(({ kind, written }) => (written === null ? [] : [{ kind, written }])),
    speech: { ...(facts?.language == null ? {} : { language: facts.language }), ...asked },
    unpacked: place.kind === "member",
  };
}

interface Holders<T> {
  open(key: string, signal: AbortSignal): Promise<T>;
  close(): void;
}

/** Keeps the last few things open that were asked for. One is closed once nobody has asked for it for a while. */
function createHolders<T extends { close(): void }>(begin: (key: string, signal: AbortSignal) => Promise<T>): Holders<T> {
  const held = new Map<string, Promise<T>>();
  const drop = (key: string): void => {
    const one = held.get(key);
    held.delete(key);
    // Whoever reads from it now ends first: what is closed lets go when its last stream does.
    one?.then((opened) => opened.close()).catch(() => undefined);
  };
  return {
    open(key, signal) {
      const known = held.get(key);
      if (known !== undefined) {
        held.delete(key);
        held.set(key, known);
        return known;
      }
      const opening = begin(key, signal);
      opening.catch(() => held.delete(key));
      held.set(key, opening);
      for (const old of held.keys()) {
        if (held.size <= mostOpen) break;
        drop(old);
      }
      return opening;
    },
    close() {
      for (const key of [...held.keys()]) drop(key);
    },
  };
}
