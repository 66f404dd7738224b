import { z } from "zod";
import type { ContactDirection } from "./contact-facts.ts";
import { isGenesysRecord, readGenesysRecord } from "./genesys.ts";
import { at } from "./import-notes.ts";
import { toInstant, toLanguage } from "./imported.ts";
import { instantInZone, isTimeZone } from "./zoned-time.ts";

/* What a contact centre keeps beside a recording: a table of all of them, or a small file for each, in whatever names its system gives. */

/** What is said of a conversation by a file beside it; null where it does not say. */
export interface SidecarFacts {
  readonly title: string | null;
  /** ISO 8601 UTC. */
  readonly startedAt: string | null;
  readonly timeZone: string | null;
  readonly agent: string | null;
  /** Name or number under which the customer is known. */
  readonly customer: string | null;
  readonly contactId: string | null;
  readonly phone: string | null;
  readonly email: string | null;
  readonly queue: string | null;
  readonly direction: ContactDirection | null;
  readonly language: string | null;
}

/** Names that systems give to a fact, plain: letters and digits alone, small. */
const spellings = {
  file: ["file", "filename", "filepath", "path", "recording", "recordingfile", "audio", "audiofile", "key", "s3key"],
  title: ["title", "subject", "name"],
  startedAt: [
    "startedat",
    "start",
    "starttime",
    "starttimestamp",
    "datetime",
    "date",
    "timestamp",
    "conversationtime",
    "callstart",
  ],
  timeZone: ["timezone", "tz", "conversationlocation", "location"],
  agent: ["agent", "agentname", "agentid", "agentusername", "user", "representative", "advisor"],
  customer: ["customer", "customerid", "customername", "cust", "client", "clientid", "accountid", "account", "member"],
  contactId: ["contactid", "guid", "callid", "conversationid", "interactionid", "initialcontactid", "id"],
  phone: ["phone", "phonenumber", "customerphone", "ani", "callerid", "from", "customernumber"],
  email: ["email", "emailaddress", "customeremail"],
  queue: ["queue", "queuename", "skill", "campaign"],
  direction: ["direction", "calldirection", "initiationmethod"],
  language: ["language", "languagecode", "locale"],
} as const satisfies Record<keyof SidecarFacts | "file", readonly string[]>;

const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/gu, "");

/** The facts of one record, however its system names them; null where it names none. */
export function sidecarFacts(record: Readonly<Record<string, unknown>>, timeZone = "UTC"): SidecarFacts | null {
  const values = new Map<string, string>();
  for (const [name, value] of Object.entries(record).slice(0, 500)) {
    const text = textSchema.safeParse(value).data;
    if (text !== undefined && text !== "" && !values.has(plain(name))) values.set(plain(name), text);
  }
  const told = (fact: keyof typeof spellings): string | null => {
    for (const spelling of spellings[fact]) {
      const value = values.get(spelling);
      if (value !== undefined) return value;
    }
    return null;
  };
  const named = told("timeZone");
  const zone = named !== null && isTimeZone(named) ? named : timeZone;
  const startedAt = instantOf(told("startedAt"), zone);
  const facts: SidecarFacts = {
    title: told("title"),
    startedAt,
    timeZone: startedAt === null && named === null ? null : zone,
    agent: told("agent"),
    customer: told("customer"),
    contactId: told("contactId"),
    phone: told("phone"),
    email: told("email"),
    queue: told("queue"),
    direction: directionOf(told("direction")),
    language: toLanguage(told("language")),
  };
  return Object.values(facts).some((value) => value !== null) ? facts : null;
}

const textSchema = z.union([z.string(), z.number().transform(String)]).transform((text) => text.trim().slice(0, 300));

function instantOf(text: string | null, zone: string): string | null {
  if (text === null) return null;
  // Seconds or milliseconds since 1970, as telephone systems write it.
  if (/^\d{10}$/u.test(text)) return toInstant(Number(text) * 1_000);
  if (/^\d{13}$/u.test(text)) return toInstant(Number(text));
  return instantInZone(text, zone);
}

function directionOf(text: string | null): ContactDirection | null {
  switch (text?.toLowerCase()) {
    case "inbound":
    case "in":
    case "incoming":
      return "inbound";
    case "outbound":
    case "out":
    case "outgoing":
    case "callback":
      return "outbound";
    case "internal":
      return "internal";
    default:
      return null;
  }
}

/** The facts of a JSON file that lies beside a recording; null where it holds none. Records within `metadata` or `contact` count too. */
export function readJsonSidecar(value: unknown, timeZone = "UTC"): SidecarFacts | null {
  const genesys = genesysFacts(value);
  if (genesys !== null) return genesys;
  const within = ["metadata", "contact", "call", "ContactTraceRecord"].map((place) => at(value, place));
  const records = [value, ...within].flatMap((one) => recordSchema.safeParse(one).data ?? []);
  return records.length === 0 ? null : sidecarFacts(Object.assign({}, ...records.toReversed()), timeZone);
}

/** What Genesys' record of a conversation or a call says; null for what is none. */
function genesysFacts(value: unknown): SidecarFacts | null {
  const object = recordSchema.safeParse(value).data;
  if (object === undefined || !isGenesysRecord(object)) return null;
  const { conversationId, startedAt, queue, direction } = readGenesysRecord(object);
  const nobody = { title: null, agent: null, customer: null, phone: null, email: null, language: null };
  return { ...nobody, startedAt, timeZone: startedAt === null ? null : "UTC", contactId: conversationId, queue, direction };
}

const recordSchema = z.record(z.string().max(200), z.unknown());

/**
 * The facts of each recording in a table that lies beside them: by the file's name as the table has it, folders left out,
 * small. A row without one is passed over. The first row names the columns.
 */
export function readTableSidecar(rows: readonly (readonly string[])[], timeZone = "UTC"): Map<string, SidecarFacts> {
  const [names = [], ...records] = rows;
  const facts = new Map<string, SidecarFacts>();
  const fileColumn = names.findIndex((name) => (spellings.file as readonly string[]).includes(plain(name)));
  if (fileColumn < 0) return facts;
  for (const row of records) {
    const file = row[fileColumn]?.split(/[\\/]/u).at(-1)?.trim().toLowerCase() ?? "";
    const found = sidecarFacts(Object.fromEntries(names.map((name, index) => [name, row[index] ?? ""])), timeZone);
    if (file !== "" && found !== null) facts.set(file, found);
  }
  return facts;
}
