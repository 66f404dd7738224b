import { at } from "./import-notes.ts";

/** Who began a conversation: the customer, the contact centre, or neither side is a customer. */
export type ContactDirection = "inbound" | "outbound" | "internal";

/** What is known of the way a conversation came; null where nothing says it. */
export interface ContactFacts {
  readonly queue: string | null;
  readonly direction: ContactDirection | null;
}

/** Where the fields of a contact record stand in files that bring them: alone, or within what Contact Lens writes. */
const recordPlaces = ["", "ContactTraceRecord", "ContactRecord", "CustomerMetadata"] as const;

/**
 * The queue and the direction out of the fields of an Amazon Connect contact record, where a file brings them. A transfer
 * says nothing of who began. Source: Amazon Connect's data model for contact records (`InitiationMethod`, `Queue`).
 */
export function connectFacts(value: unknown): ContactFacts {
  let queue: string | null = null;
  let direction: ContactDirection | null = null;
  for (const place of recordPlaces) {
    const record = place === "" ? value : at(value, place);
    queue ??= nameOf(at(record, "Queue.Name")) ?? nameOf(at(record, "QueueInfo.Name")) ?? nameOf(at(record, "Queue"));
    direction ??= directionOfMethod(at(record, "InitiationMethod"));
  }
  return { queue, direction };
}

function directionOfMethod(method: unknown): ContactDirection | null {
  switch (typeof method === "string" ? method.toUpperCase() : "") {
    case "INBOUND":
    // A customer's browser or app begins these: a chat, a call out of a page.
    case "API":
    case "WEBRTC_API":
      return "inbound";
    case "OUTBOUND":
    case "EXTERNAL_OUTBOUND":
    case "CALLBACK":
    case "AGENT_REPLY":
      return "outbound";
    default:
      return null;
  }
}

/**
 * The same out of the record of the telephone system that post call analytics keeps beside a call. Its queues are ids: the
 * first one is taken. Source: amazon-transcribe-post-call-analytics, its import of Genesys' records.
 */
export function genesysFacts(value: unknown): ContactFacts {
  const record = at(value, "ConversationAnalytics.Telephony.Genesys");
  const queues = at(record, "queueIds");
  return {
    queue: Array.isArray(queues) ? nameOf(queues[0]) : null,
    direction: directionOf(at(record, "originatingDirection")),
  };
}

/** A word for who began, read. */
export function directionOf(word: unknown): ContactDirection | null {
  switch (typeof word === "string" ? word.toLowerCase() : "") {
    case "inbound":
      return "inbound";
    case "outbound":
      return "outbound";
    case "internal":
      return "internal";
    default:
      return null;
  }
}

/** Longest name of a queue that is believed. */
const longestName = 200;

function nameOf(value: unknown): string | null {
  const name = typeof value === "string" ? value.trim() : "";
  return name === "" || name === "None" ? null : name.slice(0, longestName);
}
