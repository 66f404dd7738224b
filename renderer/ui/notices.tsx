import { notifications } from "@mantine/notifications";
import i18next from "i18next";
import { FailureNote } from "./states.tsx";

/** Says in passing that something was done. */
export function tell(message: string): void {
  notifications.show({ message, closeButtonProps: { "aria-label": i18next.t("state.dismiss") } });
}

/** Says that something failed, until the person has put it away. */
export function tellFailure(failure: unknown): void {
  notifications.show({
    message: <FailureNote compact failure={failure} />,
    autoClose: false,
    closeButtonProps: { "aria-label": i18next.t("state.dismiss") },
  });
}
