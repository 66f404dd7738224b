import type { Dirent } from "node:fs";
import { readdir, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { EarmarkError, type Failure, throwIfCancelled, toFailure } from "../../../app/contract/errors.ts";
import type { SpeechOptions } from "../../../app/conversation/speech.ts";
import { type NameReading, readName } from "../../../app/formats/name-rules.ts";
import { redactFileName } from "../../../app/insight/redaction-file-name.ts";
import { keepTold, type ToldIdentity } from "../journey/compared.ts";
import type { LibraryPaths } from "../library-paths.ts";
import type { Queue } from "../pipeline/queue.ts";
import { callStages, chatStages } from "../pipeline/stages.ts";
import type { Store } from "../store/store.ts";
import { addRecording } from "./add-recording.ts";
import type { OneAtATime } from "./one-at-a-time.ts";
import { copyIn, type IncomingFile, moveIn, originalPath, type WaitingUpload, whole } from "./originals.ts";
import { type Contents, lookInto } from "./take-apart.ts";
import { titleOf } from "./title.ts";
import { markSettled, markUnsettled, removeFiles } from "./unsettled.ts";

/** Where one import comes from; or what it would have come from, and why it does not. */
export type Source =
  | { readonly kind: "path"; readonly path: string }
  | { readonly kind: "upload"; readonly upload: WaitingUpload }
  | { readonly kind: "refused"; readonly name: string; readonly failure: Failure };

/** What is said about an import beforehand. */
export interface ImportWishes {
  readonly title?: string;
  /** ISO 8601 UTC. */
  readonly startedAt?: string;
  readonly timeZone?: string;
  readonly speech?: Partial<SpeechOptions>;
  /** What its name and the files beside it say; left out, its name is read by the patterns that are set. */
  readonly named?: NameReading;
  /** What is told of its customer, as it is written there. */
  readonly identities?: readonly ToldIdentity[];
  /** It came out of an archive: another one in it is not opened, because that may go on for ever. */
  readonly unpacked?: boolean;
}

/** What became of one file. */
export interface ImportResult {
  readonly name: string;
  readonly conversationId: string | null;
  /** Its content was in the library before; nothing was added. */
  readonly known: boolean;
  readonly failure: Failure | null;
  /** What became of each conversation of a file that held several; left out where it was one. */
  readonly parts?: readonly ImportResult[];
}

/** What importing works with. */
export interface ImportWorld {
  readonly store: Store;
  readonly paths: LibraryPaths;
  readonly queue: Queue;
  /** By content hash: two imports of one content, or an import and a removal, take turns. */
  readonly oneAtATime: OneAtATime;
}

/**
 * Files below a folder in the order of their names, hidden ones and links left out; a file is itself. A folder that
 * cannot be read, or one with nothing in it, is one refused source, and does not stop the others.
 */
export async function filesBelow(path: string, signal: AbortSignal): Promise<Source[]> {
  const facts = await stat(path).catch(() => null);
  // What cannot be looked at is left to the import of it, which says why.
  if (facts === null || !facts.isDirectory()) return [{ kind: "path", path }];
  const found = await below(path, signal);
  if (found.length > 0) return found;
  const name = basename(path);
  return [
    {
      kind: "refused",
      name,
      failure: toFailure(new EarmarkError("file-empty", `There is nothing in the folder ${name}.`, { name })),
    },
  ];
}

async function below(folder: string, signal: AbortSignal): Promise<Source[]> {
  throwIfCancelled(signal);
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (cause) {
    const name = basename(folder);
    const failure = new EarmarkError("file-unreadable", `The folder ${name} cannot be read.`, { name }, { cause });
    return [{ kind: "refused", name, failure: toFailure(failure) }];
  }
  const found: Source[] = [];
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith(".")) continue;
    const path = join(folder, entry.name);
    // A link is neither, so none is followed: not out of the folder, and not round in a circle.
    if (entry.isDirectory()) found.push(...(await below(path, signal)));
    else if (entry.isFile()) found.push({ kind: "path", path });
  }
  return found;
}

/**
 * Takes one file into the library and queues it. A file whose content is there already answers with the conversation it
 * is. Never rejects: what goes wrong is the result's failure, so that one file of many does not stop the others.
 */
export async function importOne(
  world: ImportWorld,
  source: Source,
  wishes: ImportWishes,
  signal: AbortSignal,
): Promise<ImportResult> {
  const nothing = { conversationId: null, known: false };
  if (source.kind === "refused") return { name: source.name, ...nothing, failure: source.failure };
  const name = source.kind === "path" ? basename(source.path) : source.upload.name;
  let incoming: IncomingFile | undefined;
  try {
    throwIfCancelled(signal);
    incoming = source.kind === "path" ? await copyIn(world.paths, source.path, signal) : source.upload;
    const file = whole(incoming);
    const mappings = world.store.settings.get().columnMappings;
    const isKnown = world.store.conversations.bySha256(file.sha256) !== null;
    const { written, parts, recording } = isKnown
      ? nothingNew
      : await lookInto(world.paths, file, { mappings, unpacked: wishes.unpacked ?? false }, signal);
    if (parts !== null) return await importParts(world, name, parts, wishes, signal);
    const taken = await world.oneAtATime(file.sha256, () => takeIn(world, file, written, wishes, signal));
    if (recording !== null) await addRecording(world, taken.conversationId, { kind: "upload", upload: recording }, signal);
    return { name, ...taken, failure: null };
  } catch (thrown) {
    return { name, ...nothing, failure: toFailure(thrown) };
  } finally {
    const left = incoming ?? (source.kind === "upload" ? source.upload : undefined);
    if (left !== undefined) await rm(left.path, { force: true }).catch(() => undefined);
  }
}

/** A file that is in the library is not looked into once more. */
const nothingNew: Contents = { written: false, parts: null, recording: null };

/** Takes in each conversation of a file that holds several. The whole has failed where one of them has. */
async function importParts(
  world: ImportWorld,
  name: string,
  parts: readonly WaitingUpload[],
  { title: _, ...wishes }: ImportWishes,
  signal: AbortSignal,
): Promise<ImportResult> {
  const results: ImportResult[] = [];
  for (const upload of parts) {
    const result = await importOne(world, { kind: "upload", upload }, { ...wishes, unpacked: true }, signal);
    results.push(...(result.parts ?? [result]));
  }
  return {
    name,
    conversationId: results.find(({ conversationId }) => conversationId !== null)?.conversationId ?? null,
    known: results.every(({ known }) => known),
    failure: results.find(({ failure }) => failure !== null)?.failure ?? null,
    parts: results,
  };
}

/** From `incoming` to a conversation: the one that has this content, else a new one. */
async function takeIn(
  world: ImportWorld,
  file: IncomingFile,
  written: boolean,
  wishes: ImportWishes,
  signal: AbortSignal,
): Promise<Pick<ImportResult, "known"> & { conversationId: string }> {
  const { store, paths } = world;
  const known = store.conversations.bySha256(file.sha256);
  if (known !== null) {
    const original = store.media.get(known.id)?.original ?? join(paths.root, ...originalPath(file.sha256, file.name).split("/"));
    // Somebody has taken it out of the library's folder; here it is again.
    if (!(await isFile(original))) {
      await moveIn(paths, file, original);
      store.media.put(known.id, { original });
    }
    return { conversationId: known.id, known: true };
  }
  throwIfCancelled(signal);
  await markUnsettled(paths, [file.sha256]);
  try {
    const target = join(paths.root, ...originalPath(file.sha256, file.name).split("/"));
    await moveIn(paths, file, target);
    return { conversationId: await addToLibrary(world, file, target, written, wishes), known: false };
  } catch (thrown) {
    // Never half an import: what nothing refers to goes again.
    await removeFiles(paths, file.sha256);
    throw thrown;
  } finally {
    await markSettled(paths, file.sha256);
  }
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() ?? false;
}

function addToLibrary(
  { store, queue }: ImportWorld,
  file: IncomingFile,
  original: string,
  written: boolean,
  wishes: ImportWishes,
): Promise<string> {
  // Some people write a card number into the name of a file.
  const name = redactFileName(file.name);
  const named = wishes.named ?? readName(file.name, store.settings.get().intake.names);
  // A transcript mostly says itself when it began, and surer than a name: of that the name is asked last.
  const begun = wishes.startedAt === undefined && !written ? named : null;
  // Together or not at all: a kill between them would leave a conversation that nothing ever works on.
  return store.together(() => {
    const { id } = store.conversations.insert({
      kind: written ? "chat" : "call",
      channel: written ? "chat" : "voice",
      title: wishes.title ?? titleOf(name),
      startedAt: wishes.startedAt ?? begun?.startedAt ?? null,
      timeZone: wishes.timeZone ?? begun?.timeZone ?? null,
      queue: named.queue,
      direction: named.direction,
      source: { name, sha256: file.sha256, bytes: file.bytes, format: written ? "text" : "recording" },
      speechOptions: wishes.speech ?? {},
      agentTold: named.agent,
    });
    keepTold(store, id, wishes.identities ?? [], wishes.timeZone ?? begun?.timeZone ?? null);
    store.media.put(id, { original });
    queue.add(id, written ? chatStages : callStages);
    return id;
  });
}
