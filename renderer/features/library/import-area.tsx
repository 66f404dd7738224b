import { Button, CloseButton, Loader } from "@mantine/core";
import { IconArrowBarToDown, IconCheck, IconCircleDot } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { Link } from "wouter";
import { useTranslation } from "../../text/index.ts";
import { FailureNote } from "../../ui/states.tsx";
import { droppedFiles } from "./dropped.ts";
import classes from "./import-area.module.css";
import { dismissResults, type ImportResult, importFiles, isBusy, useImporting } from "./importing.ts";

/** A list in which everything went well puts itself away after this long. */
const restMs = 12_000;

/** Takes files dropped anywhere on the window, and shows what became of them, whichever place is open. */
export function ImportArea() {
  const over = useWindowDrop((files) => void importFiles(files));
  return (
    <>
      {over && <DropOverlay />}
      <ImportResults />
    </>
  );
}

function DropOverlay() {
  const { t } = useTranslation();
  return (
    <div className={classes["overlay"]} data-testid="drop-overlay">
      <div className={classes["target"]}>
        <IconArrowBarToDown size={40} aria-hidden="true" />
        <strong>{t("library.dropTitle")}</strong>
        <span>{t("library.dropBody")}</span>
      </div>
    </div>
  );
}

/** Listens for files on the whole window; answers whether some are being held over it. */
function useWindowDrop(take: (files: File[]) => void): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    // Entering a child fires before leaving its parent: the drag has left the window only when the count is back at none.
    let depth = 0;
    const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    const enter = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      depth += 1;
      setOver(true);
    };
    const move = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      if (event.dataTransfer !== null) event.dataTransfer.dropEffect = "copy";
    };
    const leave = () => {
      depth = Math.max(0, depth - 1);
      if (depth === 0) setOver(false);
    };
    const drop = (event: DragEvent) => {
      depth = 0;
      setOver(false);
      if (event.dataTransfer === null || !carriesFiles(event)) return;
      event.preventDefault();
      void droppedFiles(event.dataTransfer).then(take);
    };
    window.addEventListener("dragenter", enter);
    window.addEventListener("dragover", move);
    window.addEventListener("dragleave", leave);
    window.addEventListener("drop", drop);
    return () => {
      window.removeEventListener("dragenter", enter);
      window.removeEventListener("dragover", move);
      window.removeEventListener("dragleave", leave);
      window.removeEventListener("drop", drop);
    };
  }, [take]);
  return over;
}

/** What became of the files: first those that need attention, each with its reason. */
function ImportResults() {
  const { t } = useTranslation();
  const importing = useImporting();
  const busy = isBusy(importing);
  const well = importing.given > 0 && !busy && importing.results.every((result) => result.failure === null);
  useEffect(() => {
    if (!well) return;
    const leave = setTimeout(dismissResults, restMs);
    return () => clearTimeout(leave);
  }, [well]);
  if (importing.given === 0) return null;
  const failed = importing.results.filter((result) => result.failure !== null);
  const known = importing.results.filter((result) => result.failure === null && result.known);
  const fresh = importing.results.filter((result) => result.failure === null && !result.known);
  const summary = [
    fresh.length > 0 || importing.results.length === 0 ? t("library.importedCount", { count: fresh.length }) : "",
    known.length > 0 ? t("library.knownCount", { count: known.length }) : "",
    failed.length > 0 ? t("library.failedCount", { count: failed.length }) : "",
  ].filter((part) => part !== "");
  return (
    <section className={classes["results"]} aria-label={t("library.importResults")} data-testid="import-results">
      <header>
        {busy && <Loader size={14} aria-hidden="true" />}
        <strong role="status">
          {busy ? t("library.importing", { count: importing.given - importing.results.length }) : summary.join(", ")}
        </strong>
        {!busy && <CloseButton size="sm" aria-label={t("state.dismiss")} onClick={dismissResults} />}
      </header>
      <ul>
        {[...failed, ...fresh, ...known].slice(0, 200).map((result, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two files may have the same name, and the list is never reordered by hand
          <ResultLine key={`${result.name}:${index}`} result={result} />
        ))}
      </ul>
      {!busy && failed.length > 0 && (
        <Button variant="default" onClick={dismissResults}>
          {t("state.dismiss")}
        </Button>
      )}
    </section>
  );
}

function ResultLine({ result }: { result: ImportResult }) {
  const { t } = useTranslation();
  if (result.failure !== null) {
    return (
      <li>
        <span className={classes["file"]}>{result.name}</span>
        <FailureNote compact failure={result.failure} />
      </li>
    );
  }
  return (
    <li className={classes["line"]}>
      {result.known ? <IconCircleDot size={15} aria-hidden="true" /> : <IconCheck size={15} aria-hidden="true" />}
      {result.conversationId === null ? (
        <span className={classes["file"]}>{result.name}</span>
      ) : (
        <Link
          className={classes["file"]}
          href={`/conversation/${encodeURIComponent(result.conversationId)}`}
          aria-label={t("library.openResult", { name: result.name })}
        >
          {result.name}
        </Link>
      )}
      <span className={classes["quiet"]}>{result.known ? t("library.known") : t("library.imported")}</span>
    </li>
  );
}
