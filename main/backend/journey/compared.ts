import { readFile, stat } from "node:fs/promises";
import type { Settings } from "../../../app/contract/views.ts";
import type { Conversation } from "../../../app/conversation/conversation.ts";
import { identitiesInFile } from "../../../app/formats/contact-identity.ts";
import { readName } from "../../../app/formats/name-rules.ts";
import {
  type Identity,
  type IdentityKind,
  nearEmail,
  nearPhones,
  readCustomer,
  readIdentity,
  regionOf,
} from "../../../app/journey/identity.ts";
import { namesSaid, placesSaid, type Traits } from "../../../app/journey/traits.ts";
import { readInsight } from "../pipeline/insight-stage.ts";
import { largestTextBytes } from "../pipeline/parse-stage.ts";
import type { Compared, ComparedKind } from "../store/identities.ts";
import type { Store } from "../store/store.ts";

/** The kinds of identity of which the policy lets nothing readable be kept. */
export function concealedKinds({ journeys, redaction }: Pick<Settings, "journeys" | "redaction">): ComparedKind[] {
  const hashed = journeys.identities === "hashed";
  const kinds: ComparedKind[] = [];
  if (hashed) kinds.push("customer");
  if (hashed || redaction.phone !== "keep") kinds.push("phone", "said-phone");
  if (hashed || redaction.email !== "keep") kinds.push("email", "said-email");
  if (redaction.name !== "keep") kinds.push("name");
  if (redaction.address !== "keep") kinds.push("place");
  return kinds;
}

/** What a conversation is compared by: what its file says of the customer, and what the customer says on the revision on screen. */
export async function comparedOf(store: Store, conversation: Conversation, traits: Traits): Promise<Compared[]> {
  const concealed = new Set(concealedKinds(store.settings.get()));
  const found = new Map<string, Compared>();
  const add = (kind: ComparedKind, value: string, readable = !concealed.has(kind)): void => {
    found.set(`${kind} ${value}`, { kind, value, readable });
  };
  const near = (identity: Identity): void => {
    for (const { kind, value } of nearOf(identity)) add(kind, value, false);
  };
  for (const identity of await identitiesWith(store, conversation)) {
    add(identity.kind, identity.value);
    near(identity);
  }
  const entities = readInsight(store, conversation.id)?.entities ?? [];
  const named = (type: string): string[] => entities.filter((one) => one.type === type).map(({ value }) => value);
  const region = regionOf(conversation.timeZone, conversation.language);
  const said = saidBy(conversation);
  for (const kind of ["phone", "email"] as const) {
    for (const value of named(kind.toUpperCase()).filter((one) => said(one))) {
      const identity = readIdentity(kind, value, region);
      if (identity === null) continue;
      add(kind === "phone" ? "said-phone" : "said-email", identity.value);
      near(identity);
    }
  }
  for (const name of namesSaid(conversation)) add("name", name);
  for (const place of placesSaid(conversation, named("LOCATION"))) add("place", place);
  for (const { id } of traits.reasons) add("reason", id);
  return [...found.values()];
}

/** What was told of the customer when a conversation came in, as it was written there. */
export interface ToldIdentity {
  readonly kind: IdentityKind;
  readonly written: string;
}

/** Keeps what was told of the customer when a conversation came in: it joins as what its file says does. Call it in the transaction that adds it. */
export function keepTold(store: Store, conversationId: string, told: readonly ToldIdentity[], timeZone: string | null): void {
  const concealed = new Set(concealedKinds(store.settings.get()));
  const found: Compared[] = [];
  for (const { kind, written } of told) {
    const identity = kind === "customer" ? readCustomer(written) : readIdentity(kind, written, regionOf(timeZone, null));
    if (identity === null) continue;
    found.push({ ...identity, readable: !concealed.has(identity.kind) });
    found.push(...nearOf(identity));
  }
  if (found.length > 0) store.journeys.identities.put(conversationId, found, true);
}

/** What an identity has in common with one that is nearly the same. */
function nearOf({ kind, value }: Identity): Compared[] {
  if (kind === "phone") return nearPhones(value).map((near) => ({ kind: "near-phone" as const, value: near, readable: false }));
  const mailbox = kind === "email" ? nearEmail(value) : null;
  return mailbox === null ? [] : [{ kind: "near-email", value: mailbox, readable: false }];
}

function saidBy({ participants, turns }: Conversation): (value: string) => boolean {
  const customers = new Set(participants.filter(({ role }) => role === "customer").map(({ id }) => id));
  const texts = turns.filter(({ participantId }) => customers.has(participantId)).map(({ text }) => text);
  return (value) => texts.some((text) => text.includes(value));
}

/** What the conversation's own file, and its name, say of the customer. */
async function identitiesWith(store: Store, { id, source, timeZone, language }: Conversation): Promise<Identity[]> {
  const region = regionOf(timeZone, language);
  const { contactId, customer } = readName(source.name, store.settings.get().intake.names);
  const inName = [
    contactId === null ? null : readIdentity("contact", contactId),
    customer === null ? null : readCustomer(customer),
  ].filter((identity) => identity !== null);
  const media = store.media.get(id);
  // A recording has no words to look into.
  if (media?.original == null || media.audible != null) return inName;
  const facts = await stat(media.original).catch(() => null);
  if (facts === null || facts.size > largestTextBytes) return inName;
  const text = await readFile(media.original, "utf8").catch(() => "");
  return [...inName, ...identitiesInFile(text.startsWith("\uFEFF") ? text.slice(1) : text, region)];
}
