/*
 * How Amazon Connect lays out its bucket: recordings, analyses and chat transcripts of one contact under its id, in folders of
 * their own. Source: Amazon Connect administrator guide, "Contact Lens output file locations" and "Where recordings are stored".
 */

const id = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
const contactPattern = new RegExp(`(?:^|/)(${id})(?=[_.-][^/]*$)`, "iu");

/** The contact that a key of Amazon Connect's names; null for any other key. */
export function contactIdIn(key: string): string | null {
  return contactPattern.exec(key)?.[1]?.toLowerCase() ?? null;
}

type Part = "recording" | "voice-analysis" | "chat-analysis" | "chat";

/** What an object of Connect's bucket is, and whether Connect has redacted it; null for what is neither words nor sound of a contact. */
export function connectPart(key: string): { readonly part: Part; readonly redacted: boolean } | null {
  const redacted = /\/Redacted\//u.test(key) || /_redacted_/u.test(key);
  if (/(?:^|\/)Analysis\/Voice\//u.test(key)) {
    // Contact Lens keeps redacted sound beside its analyses.
    return { part: /\.wav$/iu.test(key) ? "recording" : "voice-analysis", redacted };
  }
  if (/(?:^|\/)Analysis\/Chat\//u.test(key)) return { part: "chat-analysis", redacted };
  if (/(?:^|\/)ChatTranscripts\//u.test(key)) return { part: "chat", redacted };
  if (/(?:^|\/)CallRecordings\//u.test(key)) return { part: "recording", redacted };
  return null;
}

/** Chooses what is taken of each contact. */
export interface ConnectChoice<T> {
  add(objects: readonly T[]): void;
  /** In the order of contacts, each with the analysis before the recording. */
  chosen(): T[];
}

/**
 * Of each contact one recording, and one transcript: the analysis where there is one, because it holds the transcript too. Where
 * both were kept, what Connect has redacted is taken, and the original stays where it is. Of several the last written.
 */
export function connectChoice<T extends { readonly key: string; readonly at: string | null }>(): ConnectChoice<T> {
  const contacts = new Map<string, Map<Part, T>>();
  return {
    add(objects) {
      for (const object of objects) {
        const contact = contactIdIn(object.key);
        const what = connectPart(object.key);
        if (contact === null || what === null) continue;
        const parts = contacts.get(contact) ?? new Map<Part, T>();
        contacts.set(contact, parts);
        const before = parts.get(what.part);
        if (before === undefined || isBetter(object, before)) parts.set(what.part, object);
      }
    },
    chosen: () =>
      [...contacts.values()].flatMap((parts) => {
        const written = parts.get("voice-analysis") ?? parts.get("chat-analysis") ?? parts.get("chat");
        const recording = parts.get("recording");
        return [written, recording].filter((object) => object !== undefined);
      }),
  };
}

function isBetter<T extends { readonly key: string; readonly at: string | null }>(one: T, other: T): boolean {
  const [first, second] = [connectPart(one.key)?.redacted ?? false, connectPart(other.key)?.redacted ?? false];
  return first === second ? (one.at ?? "") > (other.at ?? "") : first;
}
