/** Longest name without its extension, in UTF-8 bytes: file systems take 255, and people add to names. */
const mostBytes = 180;

/** Names that Windows keeps for devices, also with an extension behind them. */
const deviceName = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)/iu;

/**
 * A file name that every system takes, made of a title: without signs that mean something to a file system or hide the
 * true ending, never a device of Windows, never longer than 180 bytes before its extension. A title of which nothing is
 * left becomes `conversation`.
 */
export function safeFileName(title: string, extension: string): string {
  const plain = title
    .toWellFormed()
    .normalize("NFC")
    // Format characters can turn the reading direction, so that "gnp.exe" reads "exe.png".
    .replaceAll(/\p{Cf}|�/gu, "")
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}<>:"/\\|?*]+/gu, " ")
    .replaceAll(/\s+/gu, " ");
  const short = trimmed(cutToBytes(trimmed(plain), mostBytes));
  const stem = deviceName.test(short) ? `_${short}` : short;
  return `${stem === "" ? "conversation" : stem}.${extension}`;
}

/**
 * A file name that none of `taken` is, and takes it: with a number before its ending where it must. Names that differ in case
 * alone count as the same, as some systems have it.
 */
export function singleName(fileName: string, taken: Set<string>): string {
  const dot = fileName.indexOf(".", 1);
  const [stem, ending] = dot < 0 ? [fileName, ""] : [fileName.slice(0, dot), fileName.slice(dot)];
  let free = fileName;
  for (let number = 2; taken.has(free.toLowerCase()); number++) free = `${stem} (${number})${ending}`;
  taken.add(free.toLowerCase());
  return free;
}

/** Without the spaces and dots around a name: Windows drops those at the end, others hide a file that begins with a dot. */
function trimmed(name: string): string {
  return name.replaceAll(/^[\s.]+|[\s.]+$/gu, "");
}

function cutToBytes(text: string, most: number): string {
  const encoder = new TextEncoder();
  let kept = "";
  let bytes = 0;
  for (const { segment } of new Intl.Segmenter("und", { granularity: "grapheme" }).segment(text.slice(0, most))) {
    bytes += encoder.encode(segment).length;
    if (bytes > most) break;
    kept += segment;
  }
  return kept;
}
