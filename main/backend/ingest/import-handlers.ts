import { open } from "node:fs/promises";
import { basename } from "node:path";
import { assertNever } from "../../../app/assert-never.ts";
import type { CallOutput, Handlers, ImportSource } from "../../../app/contract/api.ts";
import { EarmarkError, toFailure } from "../../../app/contract/errors.ts";
import { pairsByName } from "../../../app/formats/pairing.ts";
import { isTable, readTable } from "../../../app/formats/table.ts";
import { addRecording, lacksRecording } from "./add-recording.ts";
import { type ImportResult, type ImportWishes, type ImportWorld, importOne, type Source } from "./import.ts";
import type { WaitingUpload } from "./originals.ts";

/** What these handlers work with. */
export interface ImportHandlerWorld {
  readonly world: ImportWorld;
  readonly uploads: ReadonlyMap<string, WaitingUpload>;
  readonly signal: AbortSignal;
  readonly sourcesOf: (source: ImportSource) => Promise<Source[]>;
  readonly beforeClosing: <T>(work: () => Promise<T>) => Promise<T>;
  readonly changed: (conversationId: string) => void;
}

/** How much of a table is read to show its first rows, in bytes, and how many rows are shown. */
const previewBytes = 256 * 1024;
const previewRows = 12;

/** Reports, tables that need a mapping, and recordings for transcripts. */
export function importHandlers({
  world,
  uploads,
  signal,
  sourcesOf,
  beforeClosing,
  changed,
}: ImportHandlerWorld): Pick<Handlers, "import.report" | "import.table" | "conversation.addRecording"> {
  return {
    "import.report": async ({ conversationId }) => ({ report: world.store.importReports.get(conversationId) }),
    "import.table": async ({ source }) => {
      const path = source.kind === "path" ? source.path : uploads.get(source.uploadId)?.path;
      if (path === undefined) throw new EarmarkError("not-found", "This upload is not waiting any more.");
      return { table: tableIn(await headOf(path)) };
    },
    "conversation.addRecording": async ({ id, source }) =>
      beforeClosing(async () => {
        const [one, ...more] = await sourcesOf(source);
        if (one === undefined || more.length > 0) throw new EarmarkError("input-invalid", "A recording is one file.");
        await addRecording(world, id, one, signal);
        changed(id);
        return {};
      }),
  };
}

async function headOf(path: string): Promise<string> {
  const file = await open(path, "r").catch((cause: unknown) => {
    throw new EarmarkError("file-unreadable", "The table cannot be read.", { name: basename(path) }, { cause });
  });
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(previewBytes), 0, previewBytes, 0);
    return new TextDecoder().decode(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

function tableIn(text: string): CallOutput<"import.table">["table"] {
  if (!isTable(text)) throw new EarmarkError("format-unknown", "This file is no table.");
  const { columns, rows } = readTable(text, previewRows);
  return { columns: [...columns], rows: rows.map(({ cells }) => [...cells]) };
}

/**
 * Takes in sources one after the other, each file of several conversations as those. A recording and a transcript that are
 * called the same become one conversation; where the transcript cannot be read or has a recording, the recording comes by
 * itself. `told` hears of each result.
 */
export async function importSources(
  world: ImportWorld,
  sources: readonly Source[],
  wishes: ImportWishes,
  signal: AbortSignal,
  told: (result: ImportResult) => void,
): Promise<ImportResult[]> {
  const pairs = new Map(pairsByName(sources.map(nameOf)).map(({ transcript, recording }) => [transcript, recording]));
  const paired = new Set(pairs.values());
  const results: ImportResult[] = [];
  const settle = (result: ImportResult): void => {
    results.push(result);
    told(result);
  };
  for (const [index, source] of sources.entries()) {
    if (paired.has(index)) continue;
    const transcript = await importOne(world, source, wishes, signal);
    for (const result of transcript.parts ?? [transcript]) settle(result);
    const recording = sources[pairs.get(index) ?? -1];
    if (recording === undefined) continue;
    const added = await addedTo(world, transcript, recording, signal);
    settle(added ?? (await importOne(world, recording, wishes, signal)));
  }
  return results;
}

/** The result of adding a recording to the transcript that came with it; null where it has to come by itself. */
async function addedTo(
  world: ImportWorld,
  { conversationId, known, parts }: ImportResult,
  recording: Source,
  signal: AbortSignal,
): Promise<ImportResult | null> {
  if (conversationId === null || parts !== undefined) return null;
  const name = nameOf(recording);
  // The two came together before.
  if (known && world.store.media.get(conversationId)?.recording != null) {
    return { name, conversationId, known, failure: null };
  }
  if (!lacksRecording(world, conversationId)) return null;
  try {
    await addRecording(world, conversationId, recording, signal);
    return { name, conversationId, known: false, failure: null };
  } catch (thrown) {
    return { name, conversationId, known: false, failure: toFailure(thrown) };
  }
}

function nameOf(source: Source): string {
  switch (source.kind) {
    case "path":
      return basename(source.path);
    case "upload":
      return source.upload.name;
    case "refused":
      return source.name;
    default:
      return assertNever(source);
  }
}
