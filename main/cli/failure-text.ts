import type { ErrorCode, Failure } from "../../app/contract/errors.ts";

/** What somebody at a terminal reads about a failure: what happened, and what to do. */
interface FailureText {
  readonly what: string;
  readonly remedy: string;
}

const retrySoon = "Run the command again.";
const otherModel = "See `earmark models list`, then get it anew with `earmark models fetch ID`.";

/** A text for each failure. A new code does not compile until it has words. */
const texts: Record<ErrorCode, FailureText> = {
  "input-invalid": { what: "The request was not understood.", remedy: "See `earmark help` for what each command takes." },
  "not-found": {
    what: "There is no such thing in the library.",
    remedy: "`earmark list` and `earmark models list` show the ids.",
  },
  "not-allowed": { what: "This is not allowed here.", remedy: "See `earmark help` for what each command does." },
  conflict: { what: "Something else changed this first.", remedy: "Look at what it is now, then try again." },
  cancelled: {
    what: "Cancelled.",
    remedy: "What was finished before is kept in the library; the same command goes on from there.",
  },
  "file-missing": { what: "The file is not there.", remedy: "Check the path." },
  "file-unreadable": {
    what: "The file cannot be opened.",
    remedy: "Check that you may read it and that no other program holds it.",
  },
  "file-empty": { what: "The file is empty.", remedy: "Copy it again from where it came from." },
  "file-too-large": { what: "The file is too large.", remedy: "Cut the recording into parts." },
  "format-unknown": {
    what: "Earmark does not know this kind of file.",
    remedy: "It reads recordings (WAV, MP3, M4A, OGG, FLAC, AMR, MP4, MKV, WebM) and transcripts in known formats.",
  },
  "format-unsuitable": {
    what: "This format cannot hold this conversation.",
    remedy: "Choose another format: docx, txt and json hold every conversation.",
  },
  "format-malformed": {
    what: "The file looks like a transcript, but parts of it are broken.",
    remedy: "Export it again from where it came from.",
  },
  "media-no-audio": { what: "There is no sound in this file.", remedy: "Check that it is the right file." },
  "media-truncated": { what: "The recording breaks off before its end.", remedy: "Copy it again from where it came from." },
  "media-too-long": { what: "The recording is longer than Earmark takes.", remedy: "Cut it into parts." },
  "media-decode-failed": { what: "The sound in this file cannot be decoded.", remedy: "Convert it to WAV or MP3 and try that." },
  "ffmpeg-missing": {
    what: "ffmpeg, the program that reads recordings, is missing.",
    remedy:
      "Install it (`apt-get install ffmpeg`, `brew install ffmpeg`, `winget install ffmpeg`), or name it in EARMARK_FFMPEG.",
  },
  "model-missing": {
    what: "A speech model is missing.",
    remedy: "Get it with `earmark models fetch ID`, or from a folder with `earmark models add FOLDER` or `--models FOLDER`.",
  },
  "model-damaged": { what: "A speech model is damaged.", remedy: otherModel },
  "model-changed": { what: "A speech model is not the file it was, and was not loaded.", remedy: otherModel },
  "model-unsuitable": { what: "This model cannot do what was asked.", remedy: "Choose another: see `earmark models list`." },
  "model-not-understanding": {
    what: "The installed model does not understand this recording.",
    remedy: "Add one for real calls: see `earmark models list`.",
  },
  "download-failed": {
    what: "The download failed.",
    remedy: "Check the connection and proxy (HTTPS_PROXY), then fetch again: it goes on where it stopped.",
  },
  "download-not-a-model": {
    what: "What came is not a model, perhaps a sign-in page of the network.",
    remedy: "Open the network's page in a browser, or set a mirror in Settings, then fetch again.",
  },
  "download-stalled": { what: "The download stopped moving.", remedy: "Fetch again: it goes on where it stopped." },
  "disk-full": { what: "The disk is full.", remedy: "Make room, or choose another place with --library, then try again." },
  "engine-crashed": { what: "The speech engine stopped unexpectedly.", remedy: retrySoon },
  "engine-crashed-twice": {
    what: "The speech engine stopped twice on this recording, which was set aside.",
    remedy: "Try the recording in another format; `earmark doctor` tells whether the engine works at all.",
  },
  "engine-stalled": { what: "The speech engine made no progress and was ended.", remedy: retrySoon },
  "engine-out-of-memory": {
    what: "The speech engine needed more memory than there is.",
    remedy: "Close other programs, or use a smaller model.",
  },
  "engine-failed": { what: "The speech engine failed.", remedy: "`earmark doctor` tells what works on this machine." },
  "aws-credentials-missing": {
    what: "AWS did not accept the credentials, or there are none.",
    remedy: "Sign in again (`aws sso login`), or name another profile and region.",
  },
  "aws-denied": {
    what: "AWS does not allow this.",
    remedy: "Ask whoever looks after the account for access to the endpoint, the bucket and its key.",
  },
  "aws-not-found": { what: "The endpoint or bucket is not there.", remedy: "Check its name and the region." },
  "aws-throttled": { what: "AWS is busy and asked to come back later.", remedy: "Run the command again later." },
  "aws-unreachable": {
    what: "AWS cannot be reached.",
    remedy: "Check the connection and proxy (HTTPS_PROXY), then run the command again.",
  },
  "writer-none": {
    what: "No writer is set.",
    remedy: "Set writer.engine to bedrock or endpoint in the settings.",
  },
  "writer-unreachable": { what: "The writer's endpoint cannot be reached.", remedy: "Check that it runs, and its address." },
  "writer-failed": {
    what: "The writer did not answer as it should.",
    remedy: "Test it in the settings, or choose another model.",
  },
  "library-newer": {
    what: "The library was written by a newer Earmark.",
    remedy: "Update Earmark, or choose another library with --library.",
  },
  "library-corrupt": {
    what: "The library is damaged; it was set aside, nothing was deleted.",
    remedy: "Run the command again to begin a new one, or restore a backup.",
  },
  "library-locked": {
    what: "Another Earmark has this library open.",
    remedy: "Close it first, or choose another library with --library.",
  },
  "library-unwritable": {
    what: "The library's folder cannot be written to.",
    remedy: "Check its permissions, or choose another with --library.",
  },
  "ledger-broken": {
    what: "The ledger does not verify; a new segment began that says where.",
    remedy: "`earmark ledger verify` names every entry; compare with an exported ledger or a report that was sealed before.",
  },
  "ledger-key-lost": {
    what: "The key that signed the ledger cannot be used; another one signs from now on.",
    remedy: "Give the passphrase in EARMARK_LEDGER_PASSPHRASE, or bring ledger-keys.json back from a backup, then open again.",
  },
  internal: { what: "Something in Earmark went wrong.", remedy: "Run the command again; `earmark doctor` shows the state." },
};

/**
 * A failure as lines for standard error: what happened, with the program's own words where they tell more, then what to
 * do. `about` is the file or thing that it happened to.
 */
export function describeFailure(failure: Pick<Failure, "code" | "message">, about?: string): string {
  const { what, remedy } = texts[failure.code];
  const subject = about === undefined ? "" : `${about}: `;
  // The log's words are kept to one line; they never hold more than names and numbers.
  const message = failure.message.replace(/\s+/gu, " ").trim();
  const detail = message === "" || message === what || failure.code === "cancelled" ? "" : ` (${message})`;
  return `${subject}${what}${detail}\n  ${remedy}\n`;
}
