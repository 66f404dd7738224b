import { z } from "zod";
import type { VendorSummary } from "../conversation/conversation.ts";
import { at, listAt } from "./import-notes.ts";
import {
  buildTranscript,
  type DraftSpeaker,
  type DraftTurn,
  type ImportedConversation,
  type ImportNote,
  numberOrNull,
  roleOf,
  textOrNull,
  toInstant,
} from "./imported.ts";
import { malformed, tryJson } from "./json-text.ts";
import { type DraftMessage, messagedConversation } from "./messages.ts";
import { readEach } from "./read-each.ts";
import { callHead } from "./spoken.ts";
import { summaryOf } from "./vendor-summaries.ts";
import { readWtf } from "./wtf.ts";

/*
 * vCon, the container for conversations of the IETF (draft-ietf-vcon-vcon-core): parties, dialog (recordings and texts),
 * analysis (transcripts, summaries, moods). What lies elsewhere (`url`) is named in a note and never fetched.
 */

const partySchema = z.object({ name: textOrNull, tel: textOrNull, mailto: textOrNull, role: textOrNull });
const dialogSchema = z.object({
  type: textOrNull,
  start: textOrNull,
  duration: numberOrNull,
  parties: z
    .union([z.int(), z.array(z.unknown())])
    .nullish()
    .catch(null),
  originator: z.int().nullish().catch(null),
  mediatype: textOrNull,
  mimetype: textOrNull,
  filename: textOrNull,
  body: z.unknown().optional(),
  encoding: textOrNull,
  url: textOrNull,
});
type Dialog = z.infer<typeof dialogSchema>;
const analysisSchema = z.object({
  type: textOrNull,
  vendor: textOrNull,
  product: textOrNull,
  body: z.unknown().optional(),
  encoding: textOrNull,
  url: textOrNull,
});
/** A line of a transcript as several programs put it into an analysis. */
const utteranceSchema = z.object({
  speaker: textOrNull,
  message: textOrNull,
  text: textOrNull,
  start: numberOrNull,
  end: numberOrNull,
});

/** A recording that lies in a transcript's own file. */
export interface InnerRecording {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const dialogList = { schema: dialogSchema, where: "dialog", otherwise: "A dialog that is none." };
const analysisList = { schema: analysisSchema, where: "analysis", otherwise: "An analysis that is none." };

/** Whether a parsed file is a vCon: open, or signed with its payload readable. */
export function isVcon(value: Record<string, unknown>): boolean {
  const versioned = typeof value["vcon"] === "string" && (Array.isArray(value["dialog"]) || Array.isArray(value["parties"]));
  return versioned || unsigned(value) !== null;
}

/** What a signed vCon holds; null where this is none. Nothing is verified. */
function unsigned(value: unknown): unknown {
  const payload = at(value, "payload");
  if (typeof payload !== "string" || !Array.isArray(at(value, "signatures"))) return null;
  const inner = tryJson(fromBase64(payload) ?? "");
  return typeof at(inner, "vcon") === "string" ? inner : null;
}

/**
 * Reads a vCon. `readInner` reads a transcript that another program put into it, and answers null for what is in no format.
 * Throws `format-malformed` where it holds no words.
 */
export function readVcon(value: unknown, readInner: (text: string) => ImportedConversation | null): ImportedConversation {
  const inner = unsigned(value);
  const vcon = inner ?? value;
  const notes: ImportNote[] = [];
  if (inner !== null) notes.push({ level: "ignored", what: "The signature: nobody has checked it.", where: "signatures" });
  const parties = listAt(vcon, "parties").map((raw) => partySchema.safeParse(raw).data ?? {});
  const speakers = parties.map((party, index): DraftSpeaker => {
    const name = party.name ?? null;
    const role = roleOf(party.role ?? name ?? "");
    return { key: `party ${index}`, role, name: name ?? party.tel ?? party.mailto ?? null };
  });
  const dialogs = [...readEach(listAt(vcon, "dialog"), dialogList, notes)];
  const messages = dialogs.flatMap(({ value: dialog, index }) => messageOf(dialog, index, speakers, notes));
  const { transcripts, summaries } = analysesIn(vcon, speakers, readInner, notes);
  for (const [key, what] of [
    ["attachments", "Attachments"],
    ["group", "Other vCons that this one puts together"],
  ] as const) {
    const count = listAt(vcon, key).length;
    if (count > 0) notes.push({ level: "ignored", what: `${what}: ${count}.`, where: key });
  }
  const subject = at(vcon, "subject");
  const created = at(vcon, "created_at");
  const began = dialogs.map(({ value: dialog }) => toInstant(dialog.start)).find((start) => start !== null);
  const head = {
    title: typeof subject === "string" && subject.trim() !== "" ? subject.trim().slice(0, 200) : null,
    startedAt: began ?? (typeof created === "string" ? toInstant(created) : null),
  };
  const vendor = { source: "vCon", sentiment: [], summaries };
  const [spoken] = transcripts;
  if (spoken !== undefined && messages.length === 0)
    return {
      ...spoken,
      ...head,
      notes: [...notes, ...spoken.notes],
      transcript: { ...spoken.transcript, ...vendorOf(spoken, summaries) },
    };
  // With its recording in it, the words can be heard.
  if (messages.length === 0 && dialogs.some(({ value: dialog }) => takesInner(dialog)))
    return {
      ...callHead("vCon"),
      ...head,
      transcript: buildTranscript({ turns: [], vendor, shortfalls: [{ lacks: "words", reason: "not-asked", modelId: null }] }),
      notes,
    };
  if (messages.length === 0) throw malformed("The vCon holds no words: neither messages nor a transcript.", null, null, "dialog");
  const read = messagedConversation({
    format: "vCon",
    channel: "chat",
    engine: null,
    messages,
    notes,
    vendor,
    title: head.title,
  });
  return { ...read, startedAt: read.startedAt ?? head.startedAt };
}

/** Whether a dialog is sound that lies in the file itself. */
function takesInner({ type, body, encoding }: Dialog): boolean {
  return type === "recording" && typeof body === "string" && body !== "" && (encoding === "base64url" || encoding === "base64");
}

/** The first recording that lies in a vCon itself, with its name; null where there is none, or it cannot be read. */
export function vconRecording(value: unknown): InnerRecording | null {
  const dialogs = [...readEach(listAt(unsigned(value) ?? value, "dialog"), dialogList, [])];
  const found = dialogs.find(({ value: dialog }) => takesInner(dialog))?.value;
  const bytes = typeof found?.body === "string" ? bytesOf(found.body) : null;
  if (found === undefined || bytes === null || bytes.length === 0) return null;
  const ending = /^audio\/(?:x-)?([a-z0-9]{2,8})/u.exec(found.mediatype ?? found.mimetype ?? "")?.[1] ?? "wav";
  return { name: found.filename ?? `recording.${ending}`, bytes };
}

function vendorOf({ transcript: { vendor } }: ImportedConversation, summaries: readonly VendorSummary[]) {
  if (summaries.length === 0) return {};
  return {
    vendor: { ...(vendor ?? { source: "vCon", sentiment: [] }), summaries: [...(vendor?.summaries ?? []), ...summaries] },
  };
}

function messageOf(dialog: Dialog, index: number, speakers: readonly DraftSpeaker[], notes: ImportNote[]): DraftMessage[] {
  const where = `dialog[${index}]`;
  if (dialog.type !== "text") {
    const inside = dialog.body !== undefined && dialog.body !== null && dialog.body !== "";
    const kind = (dialog.mediatype ?? dialog.mimetype ?? dialog.type ?? "").slice(0, 60);
    if (inside && takesInner(dialog)) notes.push({ level: "kept", what: `A recording within the file (${kind}).`, where });
    else if (inside) notes.push({ level: "ignored", what: `A part in a form that is not read (${kind}).`, where });
    else if (dialog.url != null)
      notes.push({ level: "ignored", what: "A recording that lies elsewhere: nothing is fetched.", where });
    else notes.push({ level: "ignored", what: `A part of the conversation without words (${kind}).`, where });
    return [];
  }
  const body = bodyText(dialog.body, dialog.encoding);
  if (body === null) {
    const elsewhere = dialog.url != null;
    notes.push({
      level: "ignored",
      what: elsewhere ? "A text that lies elsewhere: nothing is fetched." : "A text that cannot be read.",
      where,
    });
    return [];
  }
  const markup = /html/u.test(dialog.mediatype ?? dialog.mimetype ?? "");
  const text = markup ? body.replaceAll(/<[^<>]{0,1000}>/gu, " ").replaceAll(/\s+/gu, " ") : body;
  const [first] = typeof dialog.parties === "number" ? [dialog.parties] : (dialog.parties ?? []);
  const by = dialog.originator ?? (typeof first === "number" ? first : -1);
  return [{ speaker: speakers[by] ?? { key: "", role: "other" }, at: dialog.start ?? null, text }];
}

/** A body as text: as it stands, out of base64url, or JSON written out; null for bytes that are no text. */
function bodyText(body: unknown, encoding: string | null | undefined): string | null {
  if (typeof body !== "string") return body === undefined || body === null ? null : JSON.stringify(body);
  return encoding === "base64url" || encoding === "base64" ? fromBase64(body) : body;
}

/** Text out of base64 or base64url; null for what is neither, or no UTF-8. */
function fromBase64(encoded: string): string | null {
  const bytes = bytesOf(encoded);
  try {
    return bytes === null ? null : new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** Bytes out of base64 or base64url; null for what is neither. */
function bytesOf(encoded: string): Uint8Array | null {
  try {
    const plain = atob(encoded.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
  } catch {
    return null;
  }
}

function analysesIn(
  vcon: unknown,
  speakers: readonly DraftSpeaker[],
  readInner: (text: string) => ImportedConversation | null,
  notes: ImportNote[],
): { transcripts: ImportedConversation[]; summaries: VendorSummary[] } {
  const transcripts: ImportedConversation[] = [];
  const summaries: VendorSummary[] = [];
  for (const { value: analysis, index } of readEach(listAt(vcon, "analysis"), analysisList, notes)) {
    const where = `analysis[${index}]`;
    const type = analysis.type ?? "";
    const text = bodyText(analysis.body, analysis.encoding);
    if (text === null) notes.push({ level: "ignored", what: "An analysis that lies elsewhere or cannot be read.", where });
    else if (/transcript|^wtf/u.test(type)) {
      const body = tryJson(text) ?? text;
      const read = readWtf(body, speakers) ?? utterances(body, speakers) ?? readInner(text);
      if (read === null) notes.push({ level: "ignored", what: "A transcript in a form that Earmark does not read.", where });
      else if (transcripts.push(read) > 1)
        notes.push({ level: "ignored", what: "A further transcript of the same dialog.", where });
    } else {
      const own = tryJson(text);
      const found = summaryOf(
        type === "summary" ? "" : type,
        typeof own === "object" && own !== null ? (at(own, "summary") ?? at(own, "text")) : text,
      );
      summaries.push(...found);
      notes.push({
        level: found.length > 0 ? "kept" : "ignored",
        what: `What ${analysis.vendor ?? "another program"} found: ${type.slice(0, 60)}.`,
        where,
      });
    }
  }
  return { transcripts, summaries };
}

/** A list of lines, each with a speaker, as several programs put it into an analysis; null for anything else. */
function utterances(body: unknown, speakers: readonly DraftSpeaker[]): ImportedConversation | null {
  const list = Array.isArray(body) ? body : listAt(body, "utterances");
  const notes: ImportNote[] = [];
  const lines = [
    ...readEach(list, { schema: utteranceSchema, where: "analysis[].body", otherwise: "A line that is none." }, notes),
  ].flatMap(({ value: line }) => ((line.message ?? line.text) == null ? [] : [line]));
  if (lines.length === 0) return null;
  let last = 0;
  const turns = lines.map((line): DraftTurn => {
    const startMs = line.start == null ? last : line.start * 1_000;
    last = line.end == null ? startMs : line.end * 1_000;
    const label = line.speaker ?? "";
    const party = speakers.find(({ name }) => name === label) ?? speakers[/^\d{1,3}$/u.test(label) ? Number(label) : -1];
    return {
      speaker: party ?? { key: label, role: roleOf(label), name: label },
      startMs,
      endMs: last,
      text: line.message ?? line.text ?? "",
    };
  });
  return {
    ...callHead("vCon"),
    transcript: buildTranscript({ turns, shortfalls: [{ lacks: "word-times", reason: "not-asked", modelId: null }] }),
    notes,
  };
}
