import type { ErrorCode } from "../../app/contract/errors.ts";

/** What a person reads about a failure, in this order: what happened, what was kept, what to do. */
export type ErrorText = {
  readonly title: string;
  readonly kept: string;
  readonly action: string;
};

/** A text for each failure. A new code does not compile until it has words. */
export const errors = {
  "input-invalid": {
    title: "Earmark did not understand the request.",
    kept: "Nothing was changed.",
    action: "Check what was entered and try again.",
  },
  "not-found": {
    title: "This is no longer in the library.",
    kept: "Everything else is where it was.",
    action: "Go back to the library and choose again.",
  },
  "not-allowed": {
    title: "This is not allowed here.",
    kept: "Nothing was changed.",
    action: "Open Earmark again by its own link or icon.",
  },
  conflict: {
    title: "Something else changed this first.",
    kept: "The other change was kept.",
    action: "Look at what it is now, then try again.",
  },
  cancelled: {
    title: "Cancelled.",
    kept: "What was finished before is kept.",
    action: "Retry goes on from there.",
  },
  "file-missing": {
    title: "The file is not there any more.",
    kept: "What Earmark already made of it is kept.",
    action: "Put the file back, or import it from where it is now.",
  },
  "file-unreadable": {
    title: "The file cannot be opened.",
    kept: "The file was not touched.",
    action: "Check that you may read it and that no other program holds it, then import it again.",
  },
  "file-empty": {
    title: "The file is empty.",
    kept: "Nothing was imported.",
    action: "Export or copy the recording again from where it came from.",
  },
  "file-too-large": {
    title: "The file is too large.",
    kept: "Nothing was imported.",
    action: "Import a shorter recording, or cut this one.",
  },
  "format-unknown": {
    title: "Earmark does not know this kind of file.",
    kept: "The file was not touched.",
    action:
      "Import a recording (WAV, MP3, M4A, OGG, FLAC, AMR, MP4, MKV, WebM) or a transcript in a known format. A table is read once you have said which column holds what.",
  },
  "format-unsuitable": {
    title: "This format cannot hold this conversation.",
    kept: "Nothing was written.",
    action: "Choose another format, such as a document, plain text or JSON.",
  },
  "format-malformed": {
    title: "The file looks like a transcript, but parts of it are broken.",
    kept: "The file was not touched.",
    action: "Export it again from where it came from.",
  },
  "media-no-audio": {
    title: "There is no sound in this file.",
    kept: "The file was not touched.",
    action: "Check that the right file was chosen.",
  },
  "media-truncated": {
    title: "The recording breaks off before its end.",
    kept: "The part that can be read is kept.",
    action: "Copy the recording again from where it came from.",
  },
  "media-too-long": {
    title: "The recording is longer than Earmark takes.",
    kept: "The file was not touched.",
    action: "Cut the recording into parts and import those.",
  },
  "media-decode-failed": {
    title: "The sound in this file cannot be decoded.",
    kept: "The file was not touched.",
    action: "Convert it to WAV or MP3 and import that.",
  },
  "ffmpeg-missing": {
    title: "ffmpeg, the program that reads recordings, is missing.",
    kept: "The import waits.",
    action: "Install ffmpeg or run the set-up again, then retry.",
  },
  "model-missing": {
    title: "A speech model is missing.",
    kept: "The recording is imported and plays.",
    action: "Fetch the model or add it from a folder in Settings, then retry.",
  },
  "model-damaged": {
    title: "A speech model is damaged.",
    kept: "Recordings and transcripts are not affected.",
    action: "Remove the model in Settings and fetch it again.",
  },
  "model-changed": {
    title: "A speech model is not the file it was.",
    kept: "Earmark did not load it.",
    action: "Verify the model in Settings; fetch it again if nobody meant to change it.",
  },
  "model-unsuitable": {
    title: "This model cannot do what was asked.",
    kept: "Earlier results are kept.",
    action: "Choose another model in Settings.",
  },
  "model-not-understanding": {
    title: "The installed model does not understand this recording.",
    kept: "Who spoke when is kept.",
    action: "Add a speech model for real calls in Settings, then hear the call again.",
  },
  "download-failed": {
    title: "The download failed.",
    kept: "What was fetched so far is kept.",
    action: "Check the connection and fetch again: it goes on where it stopped.",
  },
  "download-not-a-model": {
    title: "The server sent something that is not the model, often a sign-in or proxy page.",
    kept: "Nothing was installed.",
    action: "Sign in to the network, set a mirror, or add the model from a folder.",
  },
  "download-stalled": {
    title: "The download stopped moving.",
    kept: "What was fetched so far is kept.",
    action: "Fetch again: it goes on where it stopped.",
  },
  "disk-full": {
    title: "The disk is full.",
    kept: "Everything that was finished is kept.",
    action: "Free some space, then retry.",
  },
  "engine-crashed": {
    title: "The speech engine stopped unexpectedly.",
    kept: "Everything that was finished is kept.",
    action: "Retry. Nothing else was affected.",
  },
  "engine-crashed-twice": {
    title: "The speech engine stopped twice on this recording.",
    kept: "Everything that was finished is kept, and other work goes on.",
    action: "Try another model, or retry after restarting Earmark.",
  },
  "engine-stalled": {
    title: "The speech engine stopped answering.",
    kept: "Everything that was finished is kept.",
    action: "Retry, with fewer jobs at a time if the machine is busy.",
  },
  "engine-out-of-memory": {
    title: "There was not enough memory for this recording.",
    kept: "Everything that was finished is kept.",
    action: "Close other programs or choose a smaller model, then retry.",
  },
  "engine-failed": {
    title: "The speech engine could not finish.",
    kept: "Everything that was finished is kept.",
    action: "Retry. If it happens again, try another model.",
  },
  "aws-credentials-missing": {
    title: "AWS did not accept the credentials, or there are none.",
    kept: "Nothing was lost; the recording is on this machine.",
    action: "Sign in again (aws sso login), or name another profile and region in Settings, then retry.",
  },
  "aws-denied": {
    title: "AWS does not allow this.",
    kept: "Nothing was lost; the recording is on this machine.",
    action: "Ask whoever looks after the account for access to the endpoint, the bucket and its key, then retry.",
  },
  "aws-not-found": {
    title: "The endpoint or bucket is not there.",
    kept: "Nothing was lost; the recording is on this machine.",
    action: "Check its name and the region in Settings, then retry.",
  },
  "aws-throttled": {
    title: "AWS is busy and asked to come back later.",
    kept: "Nothing was lost; what was sent is gone on with.",
    action: "Retry later, or let fewer calls be heard at a time.",
  },
  "aws-unreachable": {
    title: "AWS cannot be reached.",
    kept: "Nothing was lost; what was sent is gone on with.",
    action: "Check the connection and proxy, then retry.",
  },
  "writer-none": {
    title: "No writer is set.",
    kept: "Nothing was sent, and answers by rules and people are as they were.",
    action: "Choose Amazon Bedrock or an endpoint of your own in Settings, under Writer.",
  },
  "writer-unreachable": {
    title: "The writer's endpoint cannot be reached.",
    kept: "Nothing was lost; questions without an answer are left to a person.",
    action: "Check that it runs, and its address in Settings, then retry.",
  },
  "writer-failed": {
    title: "The writer did not answer as it should.",
    kept: "Nothing was lost; questions without an answer are left to a person.",
    action: "Test it in Settings, or choose another model, then retry.",
  },
  "library-newer": {
    title: "This library was written by a newer Earmark.",
    kept: "The library was not touched.",
    action: "Update Earmark, or open another library.",
  },
  "library-corrupt": {
    title: "The library file is damaged.",
    kept: "The damaged file was set aside, not deleted.",
    action: "Restore a backup from the library folder.",
  },
  "library-locked": {
    title: "Another Earmark has this library open.",
    kept: "Nothing was changed.",
    action: "Close the other one, then try again.",
  },
  "library-unwritable": {
    title: "Earmark may not write to the library folder.",
    kept: "Nothing was changed.",
    action: "Check the folder's permissions and the disk.",
  },
  "ledger-broken": {
    title: "The ledger does not verify.",
    kept: "Every entry was kept as it lies there; a new segment began that names the break, and work goes on.",
    action: "Open Ledger and verify it: each entry is named. Compare with an exported ledger or an earlier report.",
  },
  "ledger-key-lost": {
    title: "The key that signed the ledger cannot be used.",
    kept: "The ledger is whole. A new key signs from now on, and the ledger says since when.",
    action: "Bring the old key back from a backup or give its passphrase, then open Earmark again.",
  },
  internal: {
    title: "Something went wrong in Earmark.",
    kept: "Everything that was finished is kept.",
    action: "Try again. If it stays, the technical detail below helps to find the fault.",
  },
} as const satisfies Record<ErrorCode, ErrorText>;
