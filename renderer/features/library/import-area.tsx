import { Button, CloseButton, FileButton, Loader } from "@mantine/core";
import { IconArrowBarToDown, IconCheck, IconCircleDot } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { Link } from "wouter";
import type { Failure } from "../../../app/contract/errors.ts";
import { useTranslation } from "../../text/index.ts";
import { FoldedReport } from "../../ui/import-report.tsx";
import { FailureNote } from "../../ui/states.tsx";
import { droppedFiles } from "./dropped.ts";
import classes from "./import-area.module.css";
import { dismissResults, type ImportResult, importAgain, importFiles, isBusy, useImporting } from "./importing.ts";
import { MappingDialog } from "./mapping-dialog.tsx";

/** A list in which everything went well puts itself away after this long. */
const restMs = 12_000;
/** Lines beyond this are counted alone: first come those that need attention. */
const mostLines = 200;

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
        {[...failed, ...fresh, ...known].slice(0, mostLines).map((result) => (
          <ResultLine key={result.key} result={result} />
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
  if (result.failure !== null) return <RefusedLine result={result} failure={result.failure} />;
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
      {result.conversationId !== null && !result.known && (
        <FoldedReport conversationId={result.conversationId} title={result.name} />
      )}
    </li>
  );
}

/** A file that did not come in: why, where in it, and the ways to put that right. */
function RefusedLine({ result, failure }: { result: ImportResult; failure: Failure }) {
  const { t } = useTranslation();
  const [mapping, setMapping] = useState(false);
  const reset = useRef<() => void>(null);
  const { name } = result;
  const place = failurePlace(failure);
  const choose = (file: File | null) => {
    reset.current?.();
    if (file !== null) void importAgain(result, file);
  };
  return (
    <li data-failed={failure.code}>
      <span className={classes["file"]}>{name}</span>
      <FailureNote
        compact
        failure={failure}
        actions={
          <>
            {place !== "" && <span className={classes["place"]}>{place}</span>}
            {failure.details["table"] === true && (
              <Button variant="default" size="compact-xs" onClick={() => setMapping(true)}>
                {t("importing.readTable")}
              </Button>
            )}
            {result.origin !== null && (
              <Button
                variant="default"
                size="compact-xs"
                aria-label={t("importing.againOf", { name })}
                onClick={() => void importAgain(result)}
              >
                {t("importing.again")}
              </Button>
            )}
            <FileButton
              resetRef={reset}
              onChange={choose}
              inputProps={{ "aria-label": t("importing.insteadOf", { name }), "data-testid": "choose-instead" } as object}
            >
              {(props) => (
                <Button variant="default" size="compact-xs" aria-label={t("importing.insteadOf", { name })} {...props}>
                  {t("importing.instead")}
                </Button>
              )}
            </FileButton>
          </>
        }
      />
      {mapping && <MappingDialog result={result} close={() => setMapping(false)} />}
    </li>
  );
}

/** What exactly is wrong in a file, and where; empty where the code says all. */
function failurePlace({ code, message, details }: Failure): string {
  if (code !== "format-malformed") return "";
  const where = details["where"];
  return typeof where === "string" && where !== "" ? `${message} (${where})` : message;
}
