import { keep, keptValue } from "./kept-place.ts";

/** After this long a place that has not grown long enough is left where it is. */
const longestWaitMs = 4_000;

/**
 * Keeps how far the elements named by `data-keep-scroll` are scrolled, for each address; with `restore` puts back what
 * was kept, once, as soon as an element is long enough, unless the person has scrolled or typed before. Answers with its undo.
 */
export function keepScroll(target: Document, restore: boolean): () => void {
  const keyOf = (element: HTMLElement) => `scroll:${window.location.pathname}:${element.dataset["keepScroll"] ?? ""}`;
  const hear = (event: Event) => {
    if (!(event.target instanceof HTMLElement) || event.target.dataset["keepScroll"] === undefined) return;
    keep(keyOf(event.target), Math.round(event.target.scrollTop));
  };
  const done = new Set<string>();
  const put = () => {
    for (const element of target.querySelectorAll<HTMLElement>("[data-keep-scroll]")) {
      const key = keyOf(element);
      const wanted = keptValue(key);
      if (done.has(key) || typeof wanted !== "number") continue;
      if (element.scrollHeight - element.clientHeight < wanted) continue;
      done.add(key);
      element.scrollTop = wanted;
    }
  };
  const observer = new MutationObserver(put);
  const stop = () => {
    observer.disconnect();
    clearTimeout(limit);
    for (const name of ["wheel", "pointerdown", "keydown"]) target.removeEventListener(name, stop, true);
    // Only now, so that what the drawing scrolls does not take the place of what was kept.
    target.addEventListener("scroll", hear, true);
  };
  const limit = setTimeout(() => stop(), restore ? longestWaitMs : 0);
  if (restore) {
    put();
    observer.observe(target.body, { childList: true, subtree: true });
    for (const name of ["wheel", "pointerdown", "keydown"]) target.addEventListener(name, stop, true);
  }
  return () => {
    stop();
    target.removeEventListener("scroll", hear, true);
  };
}
