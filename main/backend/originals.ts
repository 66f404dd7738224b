import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { Conversation, Transcript } from "../../app/conversation/conversation.ts";
import { lastDay, maySeal, type Original, originalSchema, withOriginals } from "../../app/insight/originals.ts";
import { labelOf } from "../../app/insight/redaction-policy.ts";
import type { Clock } from "../../app/ports.ts";
import { requireMuting } from "./pipeline/mute-stage.ts";
import { publishRevision, readRevision } from "./pipeline/revision.ts";
import type { SecretKeeper } from "./secret-keeper.ts";
import type { SealedOriginal } from "./store/sealed-originals.ts";
import type { Store } from "./store/store.ts";
import { parseJson } from "./store/stored-json.ts";

/*
 * What rules hide can be brought back for some days, where the policy allows it: it is encrypted with AES-256-GCM under the
 * key of the day on which that ends. The key is kept by the shell's keeper of secrets, never in the database, and thrown away
 * after its day: from then on nothing opens what it sealed, in a copy of the database neither.
 */

/** Seals what rules hide, opens what a person brings back, and forgets what is over. */
export interface Originals {
  /** What is to be kept of a conversation's originals, encrypted; nothing where the policy, or the shell, does not let it. */
  seal(conversationId: string, originals: readonly Original[]): Promise<SealedOriginal[]>;
  /** Those of a conversation that can be opened now, by id. */
  open(conversationId: string, ids: ReadonlySet<string>): Promise<ReadonlyMap<string, Original>>;
  /** Makes what a person has brought back in a conversation ready to be shown. */
  ready(conversationId: string): Promise<void>;
  /** A conversation as its page shows it, with what has been made ready. */
  shown(conversation: Conversation): Conversation;
  /** A text that is being typed, without what has been made ready to be shown: it must not be kept with it. */
  concealed(conversationId: string, text: string): string;
  /** Forgets what the policy does not let be kept any more, and throws keys away. What was brought back of it is hidden again. */
  purge(): Promise<void>;
}

/** What the originals are kept with. */
export interface OriginalsOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** Null where nothing is sealed. */
  readonly secrets: SecretKeeper | null;
  /** Hears of conversations that read otherwise now; `mute` where their sound has to be rendered anew. */
  readonly changed: (conversationId: string, mute: boolean) => void;
}

const cipher = "aes-256-gcm";
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
/** What is sealed is filled up to a multiple of this, in bytes: its length says less of what it is. */
const blockBytes = 64;

/** Written as the author of what happens on the policy's day. */
export const policyAuthor = "Earmark";

/** The originals of a library. */
export function openOriginals({ store, clock, secrets, changed }: OriginalsOptions): Originals {
  const keys = new Map<string, Promise<Buffer | null>>();
  /** What is open at the moment, by conversation. */
  const opened = new Map<string, ReadonlyMap<string, Original>>();
  const today = (): string => new Date(clock.now()).toISOString().slice(0, 10);

  const kept = async (day: string): Promise<Buffer | null> => {
    const key = Buffer.from((await secrets?.get(keyName(day))) ?? "", "base64");
    return key.length === keyBytes ? key : null;
  };
  const keyOf = (day: string): Promise<Buffer | null> => {
    const known = keys.get(day) ?? kept(day);
    keys.set(day, known);
    known.then(
      // Whether there is one may change; what it is does not.
      (key) => key === null && keys.delete(day),
      () => keys.delete(day),
    );
    return known;
  };
  let making: Promise<unknown> = Promise.resolve();
  /** The key of a day, made where there is none. */
  const keyToSeal = (day: string): Promise<Buffer> => {
    // One after the other: two conversations must not make two keys for one day.
    const made = making.then(async () => {
      const known = await keyOf(day);
      if (known !== null) return known;
      // Before the key: one that nobody remembers would never be thrown away.
      store.originals.addDay(day);
      const key = randomBytes(keyBytes);
      await secrets?.set(keyName(day), key.toString("base64"));
      keys.set(day, Promise.resolve(key));
      return key;
    });
    making = made.catch(() => undefined);
    return made;
  };

  const open = async (conversationId: string, ids: ReadonlySet<string>): Promise<ReadonlyMap<string, Original>> => {
    const found = new Map<string, Original>();
    if (ids.size === 0 || secrets === null) return found;
    for (const one of store.originals.of(conversationId)) {
      if (!ids.has(one.id) || one.day < today()) continue;
      const key = await keyOf(one.day);
      const original = key === null ? null : unsealed(one, conversationId, key);
      if (original !== null) found.set(one.id, original);
    }
    return found;
  };

  return {
    open,
    async seal(conversationId, originals) {
      const policy = store.settings.get().sealing;
      const importedAt = store.conversations.get(conversationId)?.importedAt;
      const wanted = originals.filter((original) => maySeal(original, policy));
      if (secrets === null || importedAt === undefined || wanted.length === 0) return [];
      const day = lastDay(importedAt, policy);
      if (day < today()) return [];
      try {
        const key = await keyToSeal(day);
        return wanted.map((original) => sealed(original, conversationId, day, key));
      } catch {
        // Where no key can be kept nothing is, and what is hidden stays hidden: no call goes unheard for that.
        return [];
      }
    },
    async ready(conversationId) {
      const ids = restoredIn(readRevision(store, conversationId).transcript);
      if (ids.size === 0) opened.delete(conversationId);
      else opened.set(conversationId, await open(conversationId, ids));
    },
    shown: (conversation) => withOriginals(conversation, opened.get(conversation.id) ?? new Map()),
    concealed(conversationId, text) {
      const shown = [...(opened.get(conversationId)?.values() ?? [])];
      return shown.reduce((rest, original) => {
        const said = original.text?.text ?? original.words.map((word) => word.text).join(" ");
        return said.trim() === "" ? rest : rest.replaceAll(said, labelOf(original.types[0] ?? "hidden"));
      }, text);
    },
    async purge() {
      const { sealing } = store.settings.get();
      const over = new Map<string, string[]>();
      for (const one of store.originals.all()) {
        const { conversationId, id, day, importedAt } = one;
        const until = lastDay(new Date(importedAt).toISOString(), sealing);
        // A policy that became shorter holds for what was sealed before; one that became longer does not.
        if (maySeal({ types: [...one.types] }, sealing) && day >= today() && until >= today()) continue;
        over.set(conversationId, [...(over.get(conversationId) ?? []), id]);
      }
      for (const [conversationId, ids] of over) {
        const wasShown = restoredIn(readRevision(store, conversationId).transcript);
        const gone = new Set(ids);
        const hidesAgain = ids.some((id) => wasShown.has(id));
        const mute = store.transaction(() => {
          store.originals.remove(conversationId, ids);
          if (!hidesAgain) return false;
          store.operations.withdraw(conversationId, policyAuthor, ({ operations }) =>
            operations.some(
              ({ operation }) => operation.kind === "restore" && operation.originals.some(({ id }) => gone.has(id)),
            ),
          );
          publishRevision(store, conversationId);
          return requireMuting(store, conversationId);
        });
        opened.delete(conversationId);
        if (hidesAgain) changed(conversationId, mute);
      }
      if (over.size > 0) store.originals.settle();
      for (const day of store.originals.days().filter((one) => one < today())) {
        keys.delete(day);
        await secrets?.remove(keyName(day));
        store.originals.removeDay(day);
      }
    },
  };
}

/** Ids of the originals that a person has brought back in a revision. */
export function restoredIn({ turns }: Pick<Transcript, "turns">): Set<string> {
  return new Set(turns.flatMap((turn) => [...(turn.restored ?? []), ...turn.words.flatMap(({ restored }) => restored ?? [])]));
}

function keyName(day: string): string {
  return `originals.${day}`;
}

/** Ties what is sealed to its place: put beside another conversation or another day it does not open. */
function boundTo(conversationId: string, { id, day }: Pick<SealedOriginal, "id" | "day">): Buffer {
  return Buffer.from(JSON.stringify([conversationId, id, day]));
}

function sealed(original: Original, conversationId: string, day: string, key: Buffer): SealedOriginal {
  const { id, turnId, types, startMs, endMs, words } = original;
  const nonce = randomBytes(nonceBytes);
  const encrypting = createCipheriv(cipher, key, nonce, { authTagLength: tagBytes });
  encrypting.setAAD(boundTo(conversationId, { id, day }));
  const plain = Buffer.from(JSON.stringify(original));
  const filled = Buffer.concat([plain, Buffer.alloc(blockBytes - (plain.length % blockBytes), " ")]);
  const bytes = Buffer.concat([nonce, encrypting.update(filled), encrypting.final(), encrypting.getAuthTag()]);
  plain.fill(0);
  filled.fill(0);
  return { id, turnId, wordIds: words.map((word) => word.id), types, startMs, endMs, day, sealed: bytes };
}

function unsealed(one: SealedOriginal, conversationId: string, key: Buffer): Original | null {
  try {
    const bytes = Buffer.from(one.sealed);
    const decrypting = createDecipheriv(cipher, key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes });
    decrypting.setAAD(boundTo(conversationId, one));
    decrypting.setAuthTag(bytes.subarray(-tagBytes));
    const plain = Buffer.concat([decrypting.update(bytes.subarray(nonceBytes, -tagBytes)), decrypting.final()]);
    return originalSchema.safeParse(parseJson(plain.toString())).data ?? null;
  } catch {
    // Of another key, or changed: it cannot be opened, and stays hidden.
    return null;
  }
}
