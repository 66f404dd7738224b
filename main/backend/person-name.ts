import { userInfo } from "node:os";

/** The name written beside what a person does here: as set, else that of the person logged in to this machine; empty where there is neither. */
export function personNamed(reviewer: string): string {
  if (reviewer !== "") return reviewer;
  systemUser ??= askedForUser();
  return systemUser;
}

/** Asked for once: it stays the same, and asking takes longer than an entry of the ledger. */
let systemUser: string | undefined;

function askedForUser(): string {
  try {
    return userInfo().username;
  } catch {
    // An account without an entry in the system's list of users.
    return "";
  }
}
