import { z } from "zod";
import type { Role } from "../conversation/conversation.ts";
import { at, listAt } from "./import-notes.ts";
import { type DraftSpeaker, type ImportedConversation, type ImportNote, textOrNull } from "./imported.ts";
import { malformed, tryJson } from "./json-text.ts";
import { type DraftMessage, messagedConversation, withAttachments } from "./messages.ts";
import { readEach } from "./read-each.ts";

/*
 * Slack's export: an archive with `users.json`, lists of channels, and for each channel a folder with a file for each day.
 * A conversation is one channel; put together it is one JSON document with the people who wrote in it.
 * https://slack.com/help/articles/220556107-How-to-read-Slack-data-exports
 */

const userSchema = z.object({
  id: z.string(),
  name: textOrNull,
  real_name: textOrNull,
  is_bot: z.boolean().nullish().catch(null),
  is_restricted: z.boolean().nullish().catch(null),
  is_ultra_restricted: z.boolean().nullish().catch(null),
  is_stranger: z.boolean().nullish().catch(null),
  profile: z.object({ display_name: textOrNull, real_name: textOrNull }).nullish().catch(null),
});
type User = z.infer<typeof userSchema>;

const messageSchema = z.object({
  ts: z.string().regex(/^\d{9,11}(?:\.\d{1,6})?$/u),
  type: textOrNull,
  subtype: textOrNull,
  user: textOrNull,
  username: textOrNull,
  bot_id: textOrNull,
  text: textOrNull,
  thread_ts: textOrNull,
  files: z
    .array(z.object({ name: textOrNull }).catch({ name: null }))
    .nullish()
    .catch(null),
  attachments: z
    .array(z.object({ text: textOrNull, fallback: textOrNull }).catch({ text: null, fallback: null }))
    .nullish()
    .catch(null),
});
type Message = z.infer<typeof messageSchema>;

const messageList = { schema: messageSchema, where: "messages", otherwise: "An entry that is no message of Slack." };

/** What happens in a channel beside what people write. */
const happenings = /^(?:channel_|group_|bot_(?:add|remove)|pinned_item|unpinned_item|reminder_|sh_room|huddle_|tombstone)/u;

/** Whether a parsed file is a channel of Slack: a day of it, or all of it as `slackChannels` puts it together. */
export function isSlack(value: Record<string, unknown>): boolean {
  return listAt(value, "messages").some(
    (message) =>
      /^\d{9,11}\.\d{6}$/u.test(String(at(message, "ts") ?? "")) &&
      ["user", "bot_id", "username"].some((key) => typeof at(message, key) === "string"),
  );
}

/** Reads a channel of Slack. */
export function readSlack(value: unknown): ImportedConversation {
  const notes: ImportNote[] = [];
  const users = new Map(
    listAt(value, "users").flatMap((raw) => {
      const user = userSchema.safeParse(raw).data;
      return user === undefined ? [] : [[user.id, user] as const];
    }),
  );
  const all = [...readEach(listAt(value, "messages"), messageList, notes)].map((one) => one.value);
  const written = all.filter(({ subtype }) => !happenings.test(subtype ?? ""));
  if (written.length < all.length)
    notes.push({ level: "ignored", what: `Events of the channel: ${all.length - written.length}.`, where: "messages" });
  const replies = written.filter(({ thread_ts, ts }) => thread_ts != null && thread_ts !== ts).length;
  if (replies > 0)
    notes.push({
      level: "converted",
      what: `Replies in threads stand in order of time: ${replies}.`,
      where: "messages[].thread_ts",
    });
  const roleFor = rolesAmong(written, users);
  const messages = written
    .toSorted((a, b) => Number(a.ts) - Number(b.ts))
    .map((message): DraftMessage => {
      const key = writerOf(message);
      const speaker: DraftSpeaker = { key, role: roleFor(message), name: nameOf(users.get(key)) ?? message.username ?? null };
      return { speaker, at: Math.round(Number(message.ts) * 1_000), text: textOf(message, users) };
    });
  const name = at(value, "channel.name");
  return messagedConversation({
    format: "Slack channel",
    channel: "chat",
    engine: "Slack",
    messages,
    notes,
    title: typeof name === "string" && name !== "" ? `#${name.slice(0, 200)}` : null,
  });
}

function writerOf(message: Message): string {
  return message.user ?? message.bot_id ?? message.username ?? "";
}

/** Guests and people of other organisations are customers of those who are at home; one person alone with a bot is one too. */
function rolesAmong(messages: readonly Message[], users: ReadonlyMap<string, User>): (message: Message) => Role {
  const isBot = (message: Message): boolean =>
    message.bot_id != null || message.subtype === "bot_message" || users.get(message.user ?? "")?.is_bot === true;
  const isGuest = (message: Message): boolean => {
    const user = users.get(message.user ?? "");
    return user?.is_restricted === true || user?.is_ultra_restricted === true || user?.is_stranger === true;
  };
  const people = new Set(messages.filter((message) => !isBot(message)).map(writerOf));
  const guests = messages.some(isGuest);
  const aloneWithBot = people.size === 1 && messages.some(isBot);
  return (message) => {
    if (isBot(message)) return "bot";
    if (aloneWithBot || isGuest(message)) return "customer";
    return guests ? "agent" : "other";
  };
}

function nameOf(user: User | undefined): string | null {
  const names = [user?.profile?.display_name, user?.profile?.real_name, user?.real_name, user?.name];
  return names.find((name) => name != null && name.trim() !== "") ?? null;
}

/** The text with names in place of ids, links by what they were called, and signs as they were typed. */
function textOf(message: Message, users: ReadonlyMap<string, User>): string {
  const attached = (message.attachments ?? []).map(({ text, fallback }) => text ?? fallback ?? "").filter((text) => text !== "");
  const own = message.text?.trim() ?? "";
  const plain = [own === "" ? attached.join("\n") : own]
    .join("")
    .replaceAll(/<([@#!]?)([^<>|]{1,2000})(?:\|([^<>]{0,2000}))?>/gu, (_, sign: string, target: string, label?: string) => {
      if (sign === "@") return `@${nameOf(users.get(target)) ?? label ?? target}`;
      if (sign === "#") return `#${label ?? target}`;
      if (sign === "!") return `@${label ?? target.split("^")[0] ?? target}`;
      return label === undefined || label === "" ? target : `${label} (${target})`;
    })
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
  return withAttachments(
    plain,
    (message.files ?? []).map(({ name }) => name),
  );
}

/** A file of an archive, opened. */
export interface ArchivedText {
  /** With `/` between folders. */
  readonly path: string;
  readonly text: string;
}

/** The files in which an export lists its people and channels. */
const listFiles = ["users.json", "channels.json", "groups.json", "dms.json", "mpims.json"] as const;

/** Whether these paths are those of a Slack export: its people, and a folder with days. */
export function isSlackExport(paths: Iterable<string>): boolean {
  let people = false;
  let days = false;
  for (const path of paths) {
    people ||= /^(?:[^/]+\/)?users\.json$/u.test(path);
    days ||= isSlackDay(path);
  }
  return people && days;
}

/** Whether a file of an export is read: a list of people or channels, or a channel's day. */
export function isSlackFile(path: string): boolean {
  return isSlackDay(path) || listFiles.some((name) => path === name || path.endsWith(`/${name}`));
}

function isSlackDay(path: string): boolean {
  return /^(?:[^/]+\/){1,2}\d{4}-\d\d-\d\d\.json$/u.test(path);
}

/**
 * Puts an export together, channel by channel: a document that `readSlack` reads, under the channel's name. Only the
 * people who wrote in a channel go into it. Throws `format-malformed` with the path of a file that is no JSON.
 */
export function slackChannels(files: readonly ArchivedText[]): Map<string, unknown> {
  const users: unknown[] = [];
  const known = new Map<string, unknown>();
  const days = new Map<string, ArchivedText[]>();
  for (const file of files) {
    const [folder = "", name] = file.path.split("/").slice(-2);
    if (isSlackDay(file.path) && name !== undefined) {
      const before = days.get(folder);
      if (before === undefined) days.set(folder, [file]);
      else before.push(file);
    } else if (file.path.endsWith("users.json")) users.push(...listIn(file));
    else
      for (const channel of listIn(file))
        for (const key of ["name", "id"]) {
          const called = at(channel, key);
          if (typeof called === "string") known.set(called, channel);
        }
  }
  return new Map(
    [...days].map(([folder, texts]) => {
      const messages = texts.toSorted((a, b) => (a.path < b.path ? -1 : 1)).flatMap(listIn);
      const writers = new Set(messages.map((message) => at(message, "user")));
      const mentioned = new Set(
        JSON.stringify(messages)
          .match(/<@[A-Z0-9]{3,20}/gu)
          ?.map((mention) => mention.slice(2)),
      );
      const concerned = users.filter((user) => {
        const id = at(user, "id");
        return typeof id === "string" && (writers.has(id) || mentioned.has(id));
      });
      const channel = known.get(folder);
      const name = at(channel, "name");
      return [folder, { channel: { name: typeof name === "string" ? name : folder }, users: concerned, messages }] as const;
    }),
  );
}

function listIn({ path, text }: ArchivedText): readonly unknown[] {
  const value = tryJson(text);
  if (!Array.isArray(value)) throw malformed("A file of the export is no list.", null, null, path.slice(0, 200));
  return value;
}
