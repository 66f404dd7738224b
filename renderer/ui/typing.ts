/** Whether keys pressed here are text for a field, and so no commands. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  // A list of choices is an input too, but nothing can be typed into it.
  return (
    target instanceof HTMLInputElement && !target.readOnly && !["checkbox", "radio", "button", "range"].includes(target.type)
  );
}

/** Whether something lies over the page that takes keys first: a dialog, a menu, a list of choices. */
export function isCovered(): boolean {
  // Lists of choices stay in the page while they are closed; one that is a part of the page lies over nothing.
  return [...document.querySelectorAll('[role="dialog"], [role="menu"], [role="listbox"]:not([data-in-page])')].some((each) =>
    each.checkVisibility(),
  );
}
