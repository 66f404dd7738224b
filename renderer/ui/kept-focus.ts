/** What can take the focus by Tab. */
const reachable =
  'a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled), summary, [tabindex="0"]';

/** A menu or dialog that closes puts the focus back itself; only what is still lost after this is mended. */
const graceMs = 150;

/** Where the focus was: the element, what it lay in (nearest first), and the place that was open. */
interface Trail {
  readonly element: Element;
  readonly within: readonly Element[];
  readonly place: string;
}

/**
 * Keeps the focus from being lost when the element that has it leaves the page: a button that did its work, a row that
 * was deleted, a link to another place. Then what lay nearest to it takes the focus, or the heading of the new place. A
 * menu or dialog that closes gives it back to where it was before. Answers with its undo.
 */
export function keepFocus(content: HTMLElement, overlays: HTMLElement | null): () => void {
  // Where the focus is, and where it last was in the place itself when that is in a menu or dialog now.
  let last: Element | null = null;
  let trail: Trail | null = null;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const remember = (event: FocusEvent) => {
    const { target } = event;
    if (!(target instanceof Element)) return;
    last = target;
    if (!content.contains(target) || overlays?.contains(target) === true) return;
    trail = { element: target, within: ancestorsOf(target), place: window.location.pathname };
  };
  const isMissing = () => last !== null && !last.isConnected && isLost();
  const mend = () => {
    waiting = undefined;
    if (isMissing() && trail !== null) heir(trail, content)?.focus({ preventScroll: true });
  };
  const observer = new MutationObserver(() => {
    if (waiting === undefined && isMissing()) waiting = setTimeout(mend, graceMs);
  });
  document.addEventListener("focusin", remember);
  observer.observe(document.body, { childList: true, subtree: true });
  return () => {
    clearTimeout(waiting);
    observer.disconnect();
    document.removeEventListener("focusin", remember);
  };
}

/** Whether nothing of the page has the focus. */
export function isLost(): boolean {
  return document.activeElement === null || document.activeElement === document.body;
}

function ancestorsOf(element: Element): Element[] {
  const found: Element[] = [];
  for (let each = element.parentElement; each !== null; each = each.parentElement) found.push(each);
  return found;
}

function heir(trail: Trail, content: HTMLElement): HTMLElement | null {
  // A heading that gave way to another, when a place has loaded, leaves the focus to that one.
  if (trail.place !== window.location.pathname || trail.element.matches("h1")) return heading(content);
  for (const each of [trail.element, ...trail.within]) {
    if (!each.isConnected) continue;
    if (each === content || each.querySelector("h1") !== null) break;
    if (each instanceof HTMLElement && (each === trail.element || each.hasAttribute("tabindex"))) return each;
    const inside = [...each.querySelectorAll<HTMLElement>(reachable)].find((one) => one.tabIndex >= 0 && one.checkVisibility());
    if (inside !== undefined) return inside;
  }
  return heading(content);
}

function heading(content: HTMLElement): HTMLElement {
  const found = content.querySelector<HTMLElement>("h1");
  if (found === null) return content;
  found.tabIndex = -1;
  return found;
}
