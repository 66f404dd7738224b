import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  completionKeymap,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, indentOnInput, indentUnit } from "@codemirror/language";
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension } from "@codemirror/state";
import { EditorView, highlightActiveLineGutter, keymap, lineNumbers } from "@codemirror/view";
import { type Ref, useEffect, useImperativeHandle, useRef } from "react";
import { assertNever } from "../../../app/assert-never.ts";
import { styleNonce } from "../../theme/nonce.ts";
import classes from "./code-field.module.css";
import { codeTheme } from "./code-theme.ts";

/** The languages that a text can be written in: YAML, or words of which nothing is known. */
export type CodeLanguage = "yaml" | "plain";

/** Something that is wrong with a text. */
export interface CodeFault {
  /** From 1. */
  readonly line: number;
  /** From 1; without it the whole line is marked. */
  readonly column?: number;
  readonly message: string;
  readonly remedy?: string;
}

/** Something that can be written at a place. */
export interface CodeCompletion {
  readonly label: string;
  readonly kind: "key" | "value";
  readonly detail: string;
}

/** What can be written where the cursor is, and from which character on it replaces what stands there. */
export interface CodeCompletions {
  readonly from: number;
  readonly options: readonly CodeCompletion[];
}

/** What others may do to the field. */
export interface CodeHandle {
  /** Puts the cursor at a line and column, both from 1, and the focus into the text. */
  readonly goTo: (line: number, column: number) => void;
}

interface CodeFieldProps {
  readonly text: string;
  readonly language: CodeLanguage;
  readonly label: string;
  /** The ids of the elements that say what the keys do and what is wrong. */
  readonly describedBy: string;
  readonly change: (text: string) => void;
  readonly faults?: readonly CodeFault[];
  /** What can be written after a text; null for nothing. Without it nothing is proposed. */
  readonly complete?: (before: string) => CodeCompletions | null;
  readonly handle?: Ref<CodeHandle>;
  readonly testId?: string;
}

const none: readonly CodeFault[] = [];

/**
 * A text of several lines with their numbers, its mistakes where they are, and completion where there is any. It fills what it
 * stands in. Tab leaves it.
 */
export function CodeField(props: CodeFieldProps) {
  const { text, language, label, describedBy, faults = none, handle, testId } = props;
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useRef(props);
  latest.current = props;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the editor is made once; what changes is told to it below
  useEffect(() => {
    if (place.current === null) return;
    const propose = (context: CompletionContext): CompletionResult | null => {
      const found = latest.current.complete?.(context.state.sliceDoc(0, context.pos)) ?? null;
      if (found === null || (found.from === context.pos && !context.explicit)) return null;
      return { from: found.from, options: found.options.map(proposalOf), validFor: /^[\w-]*$/u };
    };
    const made = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: text,
        extensions: [
          EditorView.cspNonce.of(styleNonce()),
          lineNumbers(),
          lintGutter(),
          highlightActiveLineGutter(),
          history(),
          indentOnInput(),
          indentUnit.of("  "),
          bracketMatching(),
          highlightSelectionMatches(),
          search({ top: true }),
          languageOf(language),
          autocompletion({ override: [propose], icons: false }),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ "aria-label": label, "aria-describedby": describedBy }),
          keymap.of([...completionKeymap, ...lintKeymap, ...searchKeymap, ...historyKeymap, ...defaultKeymap]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.change(update.state.doc.toString());
          }),
          codeTheme,
        ],
      }),
    });
    view.current = made;
    return () => {
      made.destroy();
      view.current = null;
    };
  }, []);

  useEffect(() => {
    const now = view.current;
    if (now === null || now.state.doc.toString() === text) return;
    now.dispatch({ changes: { from: 0, to: now.state.doc.length, insert: text } });
  }, [text]);

  useEffect(() => {
    const now = view.current;
    if (now === null) return;
    now.dispatch(
      setDiagnostics(
        now.state,
        faults.map((fault) => diagnosticOf(now.state, fault)),
      ),
    );
  }, [faults]);

  useImperativeHandle(handle, () => ({
    goTo(line, column) {
      const now = view.current;
      if (now === null) return;
      const at = positionOf(now.state, line, column);
      now.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
      now.focus();
    },
  }));

  return <div ref={place} className={classes["field"]} data-wrong={faults.length > 0 || undefined} data-testid={testId} />;
}

function languageOf(language: CodeLanguage): Extension {
  switch (language) {
    case "yaml":
      return yaml();
    case "plain":
      return [];
    default:
      return assertNever(language);
  }
}

function proposalOf({ label, kind, detail }: CodeCompletion): Completion {
  return {
    label,
    type: kind === "key" ? "property" : "enum",
    ...(kind === "key" ? { apply: `${label}: ` } : {}),
    ...(detail === "" ? {} : { info: detail }),
  };
}

/** Where a line and a column, both from 1, are in the text as it is now. */
function positionOf(state: EditorState, line: number, column: number): number {
  const { from, to } = state.doc.line(Math.min(Math.max(1, line), state.doc.lines));
  return Math.min(to, from + Math.max(0, column - 1));
}

function diagnosticOf(state: EditorState, { line, column, message, remedy }: CodeFault): Diagnostic {
  const { from: begin, to } = state.doc.lineAt(positionOf(state, line, column ?? 1));
  const written = state.sliceDoc(begin, to);
  const from =
    begin + (column === undefined ? written.length - written.trimStart().length : Math.min(written.length, column - 1));
  // Up to the next sign that ends a word, so that the mistake can be seen.
  const length = (column === undefined ? /^.+/u : /^[^\s,{}[\]]+/u).exec(state.sliceDoc(from, to))?.[0].length ?? 0;
  return { from, to: from + length, severity: "error", message: remedy === undefined ? message : `${message} ${remedy}` };
}
