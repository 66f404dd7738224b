import { randomUUID } from "node:crypto";
import { isAbsolute, relative, resolve, sep } from "node:path";
import type Database from "better-sqlite3";
import { z } from "zod";
import { EarmarkError } from "../../../app/contract/errors.ts";
import { type Span, spanSchema } from "../../../app/conversation/conversation.ts";
import { type DecodedAudio, decodedAudioSchema } from "../../../app/conversation/speech.ts";
import type { LibraryPaths } from "../library-paths.ts";
import { parseJson } from "./stored-json.ts";

/** The files of a conversation. Paths are absolute here and relative to the library in the database, so that a library can be moved. */
export interface MediaRecord {
  readonly conversationId: string;
  /** What a page asks for when it plays: random, no path. */
  readonly mediaId: string;
  /** The file as imported. */
  readonly original: string | null;
  /** The recording that was added to a transcript, with the name it came with; null where the original is the recording, or there is none. */
  readonly recording: { readonly path: string; readonly name: string } | null;
  /** What the browser plays; null until prepared. */
  readonly playback: { readonly path: string; readonly mediaType: string } | null;
  readonly peaks: { readonly path: string; readonly channels: number } | null;
  readonly audio: DecodedAudio | null;
  /** What has to be muted before the sound may be heard, as `muteKey` names it; null where nothing has. */
  readonly muteKey: string | null;
  /** The rendition with ranges muted; null where none was made. It may be of other ranges than those wanted now. */
  readonly muted: MutedRecord | null;
  /** What may be heard: the rendition where something has to be muted, null until it is made; else `playback`. */
  readonly audible: { readonly path: string; readonly mediaType: string } | null;
}

/** A rendition of a recording with ranges muted. */
export interface MutedRecord {
  readonly key: string;
  readonly path: string;
  readonly mediaType: string;
  /** Of as many channels as `peaks`. */
  readonly peaksPath: string;
  readonly ranges: readonly Span[];
}

/** What may be written of a conversation's files; what is left out stays. */
export interface MediaChanges {
  readonly original?: string | null;
  readonly recording?: { readonly path: string; readonly name: string } | null;
  readonly playback?: { readonly path: string; readonly mediaType: string } | null;
  readonly peaks?: { readonly path: string; readonly channels: number } | null;
  readonly audio?: DecodedAudio | null;
  readonly muteKey?: string | null;
  readonly muted?: MutedRecord | null;
}

const rangesSchema = z.array(spanSchema);

/** The files of conversations. */
export interface MediaTable {
  /**
   * Throws `not-found` without the conversation, `input-invalid` for a path outside the library. Where muting changes
   * what may be heard there is a new media id: a page must not go on with bytes of one file in the other.
   */
  put(conversationId: string, changes: MediaChanges): MediaRecord;
  get(conversationId: string): MediaRecord | null;
  byMediaId(mediaId: string): MediaRecord | null;
}

interface Row {
  conversation_id: string;
  media_id: string;
  original_path: string | null;
  playback_path: string | null;
  playback_type: string | null;
  peaks_path: string | null;
  peaks_channels: number | null;
  audio: string | null;
  mute_key: string | null;
  muted_key: string | null;
  muted_path: string | null;
  muted_type: string | null;
  muted_peaks_path: string | null;
  muted_ranges: string | null;
  recording_path: string | null;
  recording_name: string | null;
}

/** The files of conversations in a database. */
export function mediaTable(database: Database.Database, paths: LibraryPaths): MediaTable {
  const root = paths.root;
  const byConversation = database.prepare<[string], Row>("SELECT * FROM media WHERE conversation_id = ?");
  const byMediaId = database.prepare<[string], Row>("SELECT * FROM media WHERE media_id = ?");
  const exists = database.prepare<[string], number>("SELECT 1 FROM conversations WHERE id = ?").pluck();
  const put = database.prepare<[Row]>(`
    INSERT INTO media (conversation_id, media_id, original_path, playback_path, playback_type, peaks_path, peaks_channels, audio,
      mute_key, muted_key, muted_path, muted_type, muted_peaks_path, muted_ranges, recording_path, recording_name)
    VALUES (@conversation_id, @media_id, @original_path, @playback_path, @playback_type, @peaks_path, @peaks_channels, @audio,
      @mute_key, @muted_key, @muted_path, @muted_type, @muted_peaks_path, @muted_ranges, @recording_path, @recording_name)
    ON CONFLICT (conversation_id) DO UPDATE SET media_id = excluded.media_id,
      original_path = excluded.original_path, playback_path = excluded.playback_path,
      playback_type = excluded.playback_type, peaks_path = excluded.peaks_path, peaks_channels = excluded.peaks_channels,
      audio = excluded.audio, mute_key = excluded.mute_key, muted_key = excluded.muted_key, muted_path = excluded.muted_path,
      muted_type = excluded.muted_type, muted_peaks_path = excluded.muted_peaks_path, muted_ranges = excluded.muted_ranges,
      recording_path = excluded.recording_path, recording_name = excluded.recording_name`);

  const toRecord = (row: Row): MediaRecord => {
    const audio = row.audio === null ? null : decodedAudioSchema.safeParse(parseJson(row.audio));
    if (audio?.success === false) {
      throw new EarmarkError("library-corrupt", "The stored facts of a recording are none.", { id: row.conversation_id });
    }
    const playback =
      row.playback_path === null || row.playback_type === null
        ? null
        : { path: absolutePath(root, row.playback_path), mediaType: row.playback_type };
    const muted = toMuted(row, root);
    const wanted = muted !== null && muted.key === row.mute_key ? muted : null;
    return {
      conversationId: row.conversation_id,
      mediaId: row.media_id,
      original: row.original_path === null ? null : absolutePath(root, row.original_path),
      recording:
        row.recording_path === null ? null : { path: absolutePath(root, row.recording_path), name: row.recording_name ?? "" },
      playback,
      muteKey: row.mute_key,
      muted,
      audible: row.mute_key === null ? playback : wanted === null ? null : { path: wanted.path, mediaType: wanted.mediaType },
      peaks:
        row.peaks_path === null || row.peaks_channels === null
          ? null
          : { path: absolutePath(root, row.peaks_path), channels: row.peaks_channels },
      audio: audio === null ? null : withPaths(audio.data, (path) => absolutePath(root, path)),
    };
  };
  const recordOrNull = (row: Row | undefined): MediaRecord | null => (row === undefined ? null : toRecord(row));

  return {
    put: (conversationId, changes) =>
      database.transaction(() => {
        if (exists.get(conversationId) === undefined) {
          throw new EarmarkError("not-found", "There is no such conversation.", { id: conversationId });
        }
        const before: Row = byConversation.get(conversationId) ?? {
          conversation_id: conversationId,
          media_id: randomUUID(),
          original_path: null,
          playback_path: null,
          playback_type: null,
          peaks_path: null,
          peaks_channels: null,
          audio: null,
          mute_key: null,
          muted_key: null,
          muted_path: null,
          muted_type: null,
          muted_peaks_path: null,
          muted_ranges: null,
          recording_path: null,
          recording_name: null,
        };
        const after = { ...before };
        const { original, recording, playback, peaks, audio, muteKey, muted } = changes;
        if (original !== undefined) after.original_path = original === null ? null : relativePath(root, original);
        if (recording !== undefined) {
          after.recording_path = recording === null ? null : relativePath(root, recording.path);
          after.recording_name = recording?.name ?? null;
        }
        if (playback !== undefined) {
          after.playback_path = playback === null ? null : relativePath(root, playback.path);
          after.playback_type = playback?.mediaType ?? null;
        }
        if (peaks !== undefined) {
          after.peaks_path = peaks === null ? null : relativePath(root, peaks.path);
          after.peaks_channels = peaks?.channels ?? null;
        }
        if (audio !== undefined) {
          after.audio = audio === null ? null : JSON.stringify(withPaths(audio, (path) => relativePath(root, path)));
        }
        if (muteKey !== undefined) after.mute_key = muteKey;
        if (muted !== undefined) {
          after.muted_key = muted?.key ?? null;
          after.muted_path = muted === null ? null : relativePath(root, muted.path);
          after.muted_type = muted?.mediaType ?? null;
          after.muted_peaks_path = muted === null ? null : relativePath(root, muted.peaksPath);
          after.muted_ranges = muted === null ? null : JSON.stringify(muted.ranges);
        }
        if (after.mute_key !== before.mute_key || after.muted_key !== before.muted_key) after.media_id = randomUUID();
        put.run(after);
        return toRecord(after);
      })(),
    get: (conversationId) => recordOrNull(byConversation.get(conversationId)),
    byMediaId: (mediaId) => recordOrNull(byMediaId.get(mediaId)),
  };
}

function toMuted(row: Row, root: string): MutedRecord | null {
  const { muted_key: key, muted_path: path, muted_type: mediaType, muted_peaks_path: peaksPath, muted_ranges: ranges } = row;
  if (key === null || path === null || mediaType === null || peaksPath === null) return null;
  const parsed = rangesSchema.safeParse(parseJson(ranges));
  if (!parsed.success) return null;
  return { key, path: absolutePath(root, path), mediaType, peaksPath: absolutePath(root, peaksPath), ranges: parsed.data };
}

function withPaths(audio: DecodedAudio, change: (path: string) => string): DecodedAudio {
  return { ...audio, channels: audio.channels.map((channel) => ({ ...channel, path: change(channel.path) })) };
}

/** A file of the library as stored: from the library's folder, with slashes on every platform. Throws `input-invalid` outside it. */
function relativePath(root: string, path: string): string {
  const fromRoot = relative(resolve(root), resolve(root, path));
  if (fromRoot === "" || fromRoot === ".." || fromRoot.startsWith(`..${sep}`) || isAbsolute(fromRoot)) {
    throw new EarmarkError("input-invalid", "A file of a conversation has to lie in the library.");
  }
  return fromRoot.split(sep).join("/");
}

/** Where a stored file lies now. Throws `library-corrupt` when it points out of the library. */
function absolutePath(root: string, stored: string): string {
  const path = resolve(root, ...stored.split("/"));
  if (!path.startsWith(resolve(root) + sep)) {
    throw new EarmarkError("library-corrupt", "A stored file lies outside the library.");
  }
  return path;
}
