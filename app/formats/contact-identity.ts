import { type Identity, type IdentityKind, readIdentity } from "../journey/identity.ts";
import { at } from "./import-notes.ts";
import { tryJson } from "./json-text.ts";
import { logEntriesOfLines } from "./log-entries.ts";

/*
 * Who the customer is, out of what systems write beside a conversation. Every system has a place of its own for it, and most let
 * a contact centre name attributes as it likes, so fields are known by their names wherever they stand; names that many things
 * have (`email`) count only where the customer is meant.
 */

/** Names of fields, without signs and in small letters. */
const fields: Readonly<Record<string, IdentityKind>> = {
  contactid: "contact",
  initialcontactid: "contact",
  previouscontactid: "contact",
  nextcontactid: "contact",
  relatedcontactid: "contact",
  connectcontactid: "contact",
  customerid: "customer",
  customernumber: "customer",
  customerref: "customer",
  customerreference: "customer",
  clientid: "customer",
  clientnumber: "customer",
  crmid: "customer",
  memberid: "customer",
  customerphone: "phone",
  customerphonenumber: "phone",
  callerphone: "phone",
  callernumber: "phone",
  callerid: "phone",
  ani: "phone",
  customeremail: "email",
  customeremailaddress: "email",
  calleremail: "email",
};
/** Names that count only under the customer's own. */
const ownFields: Readonly<Record<string, IdentityKind>> = {
  phone: "phone",
  phonenumber: "phone",
  mobile: "phone",
  telephone: "phone",
  email: "email",
  emailaddress: "email",
};
/** Under which a field is the customer's, and under which it is not. */
const customersOwn =
  /^(?:customer|caller|client|attributes|contactattributes|sessionattributes|requestattributes|customerdetails|contactdata)$/u;
const notCustomers = /^(?:agent|agentinfo|agentinteraction|system|systemendpoint|employee|user|bot)$/u;
/** Where the words of a conversation stand: no identity of it is looked for there. */
const words =
  /^(?:transcript|transcripts|turns|speechsegments|segments|items|messages|results|wordsegments|interpretations|transcriptions|originaltranscript)$/u;

const mostDepth = 8;
const mostNodes = 20_000;
const mostFound = 20;

/** The identities of the customer that a file names, each once. Empty where it names none, or cannot be read. */
export function identitiesInFile(text: string, region: string | null): Identity[] {
  const value = tryJson(text) ?? logEntriesOfLines(text)?.entries.map((entry) => entry.value);
  return value === undefined ? [] : identitiesIn(Array.isArray(value) ? largestSession(value) : value, region);
}

/** Of a log of several sessions the one with most entries: it is the one that is read, and the others are other customers'. */
function largestSession(entries: readonly unknown[]): readonly unknown[] {
  const sessions = Map.groupBy(entries, (entry) => at(entry, "sessionId") ?? at(entry, "userId"));
  let largest: readonly unknown[] = [];
  for (const session of sessions.values()) if (session.length > largest.length) largest = session;
  return largest;
}

/** The identities of the customer in a parsed file. */
export function identitiesIn(value: unknown, region: string | null): Identity[] {
  const found = new Map<string, Identity>();
  let nodes = 0;
  const add = (kind: IdentityKind, written: unknown): void => {
    if (typeof written !== "string" && typeof written !== "number") return;
    const identity = readIdentity(kind, String(written), region);
    if (identity !== null && found.size < mostFound) found.set(`${kind} ${identity.value}`, identity);
  };
  const walk = (node: unknown, parent: string, depth: number): void => {
    if (typeof node !== "object" || node === null || depth > mostDepth || nodes++ > mostNodes) return;
    if (Array.isArray(node)) {
      for (const one of node.slice(0, 5_000)) walk(one, parent, depth + 1);
      return;
    }
    for (const [key, inner] of Object.entries(node)) {
      const name = key.toLowerCase().replaceAll(/[^a-z0-9]/gu, "");
      if (words.test(name) || notCustomers.test(name)) continue;
      const kind = fields[name] ?? (customersOwn.test(parent) ? ownFields[name] : undefined);
      if (kind !== undefined) add(kind, inner);
      else if (name === "customerendpoint") addEndpoint(inner);
      else if (name === "sessionid" || name === "userid") addSession(inner);
      else if (parent === "conversationanalytics" && name === "guid") add("contact", inner);
      walk(inner, name, depth + 1);
    }
  };
  /** Amazon Connect: `{ Type: "TELEPHONE_NUMBER", Address: "+44..." }`. */
  const addEndpoint = (endpoint: unknown): void => {
    if (typeof endpoint !== "object" || endpoint === null || !("Address" in endpoint)) return;
    const { Address: address } = endpoint;
    add(typeof address === "string" && address.includes("@") ? "email" : "phone", address);
  };
  /** A Lex bot behind Twilio names its session by the customer's number. */
  const addSession = (id: unknown): void => {
    if (typeof id === "string" && /^\+\d{8,15}$/u.test(id)) add("phone", id);
  };
  walk(value, "", 0);
  return [...found.values()];
}
