import { autocompletion, type CompletionContext, type CompletionResult, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, indentOnInput, indentUnit } from "@codemirror/language";
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import { EditorView, highlightActiveLineGutter, keymap, lineNumbers } from "@codemirror/view";
import { type Ref, useEffect, useImperativeHandle, useRef } from "react";
import type { FormFault } from "../../../app/conformity/form-faults.ts";
import { styleNonce } from "../../theme/nonce.ts";
import classes from "./checklist-editor.module.css";
import { completionsAt, type KnownIds } from "./form-completion.ts";
import { formTheme } from "./form-theme.ts";

/** What others may do to the text field. */
export interface FormTextHandle {
  /** Puts the cursor at a line and column, both from 1, and the focus into the text. */
  readonly goTo: (line: number, column: number) => void;
}

interface FormTextFieldProps {
  readonly text: string;
  readonly label: string;
  /** The id of the element that says what the keys do. */
  readonly describedBy: string;
  readonly faults: readonly FormFault[];
  readonly known: KnownIds;
  readonly change: (text: string) => void;
  readonly handle: Ref<FormTextHandle>;
}

/** The text of a checklist with its line numbers, its mistakes where they are, and completion by the schema. */
export function FormTextField({ text, label, describedBy, faults, known, change, handle }: FormTextFieldProps) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useRef({ change, known });
  latest.current = { change, known };

  // biome-ignore lint/correctness/useExhaustiveDependencies: the editor is made once; what changes is told to it below
  useEffect(() => {
    if (place.current === null) return;
    const complete = (context: CompletionContext): CompletionResult | null => {
      const found = completionsAt(context.state.sliceDoc(0, context.pos), latest.current.known);
      if (found === null || (found.from === context.pos && !context.explicit)) return null;
      return {
        from: found.from,
        options: found.options.map((one) => ({
          label: one.label,
          type: one.kind === "key" ? "property" : "enum",
          ...(one.kind === "key" ? { apply: `${one.label}: ` } : {}),
          ...(one.detail === "" ? {} : { info: one.detail }),
        })),
        validFor: /^[\w-]*$/u,
      };
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
          yaml(),
          autocompletion({ override: [complete], icons: false }),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ "aria-label": label, "aria-describedby": describedBy }),
          keymap.of([...completionKeymap, ...lintKeymap, ...searchKeymap, ...historyKeymap, ...defaultKeymap]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.change(update.state.doc.toString());
          }),
          formTheme,
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

  return <div ref={place} className={classes["textField"]} data-wrong={faults.length > 0 || undefined} data-testid="form-text" />;
}

/** Where a line and a column, both from 1, are in the text as it is now. */
function positionOf(state: EditorState, line: number, column: number): number {
  const { from, to } = state.doc.line(Math.min(Math.max(1, line), state.doc.lines));
  return Math.min(to, from + Math.max(0, column - 1));
}

function diagnosticOf(state: EditorState, { line, column, message, remedy }: FormFault): Diagnostic {
  const from = positionOf(state, line, column);
  const { to } = state.doc.lineAt(from);
  // Up to the next sign that ends a word, so that the mistake can be seen.
  const length = /^[^\s,{}[\]]+/u.exec(state.sliceDoc(from, to))?.[0].length ?? 0;
  return { from, to: Math.min(to, from + length), severity: "error", message: `${message} ${remedy}` };
}
