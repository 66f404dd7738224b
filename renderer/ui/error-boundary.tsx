import { Button } from "@mantine/core";
import { Component, type ReactNode } from "react";
import { useTranslation } from "../text/index.ts";
import { BrokenNote } from "./states.tsx";

/** Whether a part of the page could not be fetched, rather than failed at its work. Browsers have no code for this, only words. */
export function isPartMissing(thrown: unknown): boolean {
  return (
    thrown instanceof Error &&
    /dynamically imported module|importing a module script|module script failed|preload css/iu.test(thrown.message)
  );
}

interface Props {
  readonly children: ReactNode;
}

/**
 * Catches what a place throws while it is drawn, so that the frame stays and the person is told what to do. Give it a
 * `key` for each place: going elsewhere then leaves the failure behind.
 */
export class ErrorBoundary extends Component<Props, { thrown: unknown; broken: boolean }> {
  override state = { thrown: null as unknown, broken: false };

  /** What React asks when something below has thrown. */
  static getDerivedStateFromError(thrown: unknown) {
    return { thrown, broken: true };
  }

  override render(): ReactNode {
    return this.state.broken ? <Broken thrown={this.state.thrown} /> : this.props.children;
  }
}

function Broken({ thrown }: { thrown: unknown }) {
  const { t } = useTranslation();
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return (
    <BrokenNote
      text={t(isPartMissing(thrown) ? "state.partMissing" : "state.broken", { returnObjects: true })}
      detail={message}
      actions={<Button onClick={() => window.location.reload()}>{t("state.reload")}</Button>}
    />
  );
}
