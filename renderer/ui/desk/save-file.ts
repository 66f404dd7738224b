/** Hands a text, or bytes in pieces, to the browser's own download. */
export function saveFile(name: string, mediaType: string, ...content: readonly (string | Uint8Array<ArrayBuffer>)[]): void {
  const url = URL.createObjectURL(new Blob([...content], { type: mediaType }));
  saveFrom(url, name);
  // The browser reads the address after the click has returned.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Has the browser save what lies at an address of ours under a name. */
export function saveFrom(url: string, name: string): void {
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
}
