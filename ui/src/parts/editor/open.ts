// CodeMirror, put together from the few pieces that are needed. Only ever imported lazily: the first screen is drawn
// without it. It knows texts, marks and words; what they mean is asked of Rust by whoever shows the editor.
import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  type CompletionContext,
  type CompletionResult,
} from '@codemirror/autocomplete';
import { history, historyKeymap, standardKeymap } from '@codemirror/commands';
import { bracketMatching, indentOnInput, StreamLanguage } from '@codemirror/language';
import { type Diagnostic, setDiagnostics } from '@codemirror/lint';
import { Annotation, Compartment, EditorState, type Extension } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  placeholder,
} from '@codemirror/view';
import type { TemplateWord, TextProblem } from '../../host/rpc';
import { json, template } from './template';
import { theme } from './theme';
import { blank, offer } from './words';

export type Language = 'template' | 'json' | 'text';

export interface Options {
  text: string;
  language: Language;
  label: string;
  /** Id of the list of problems. */
  describedBy: string;
  placeholder: string;
  readonly: boolean;
  words: () => TemplateWord[];
  changed: (text: string) => void;
}

export interface Opened {
  /** Another text from outside: only what differs is replaced, so that the cursor stays where it can. */
  setText(text: string): void;
  setProblems(problems: TextProblem[]): void;
  setReadonly(readonly: boolean): void;
  /** Puts the cursor there, from 1. */
  go(line: number, column: number): void;
  focus(): void;
  destroy(): void;
}

const fromOutside = Annotation.define<boolean>();

function languageOf(language: Language): Extension {
  if (language === 'text') return [];
  return StreamLanguage.define(language === 'json' ? json : template);
}

function complete(words: () => TemplateWord[]) {
  return (context: CompletionContext): CompletionResult | null => {
    const line = context.state.doc.lineAt(context.pos);
    const offered = offer(line.text.slice(0, context.pos - line.from), words(), context.explicit);
    if (!offered || offered.words.length === 0) return null;
    return {
      from: line.from + offered.from,
      options: offered.words.map(({ text, says }, i) => ({
        label: text,
        detail: says,
        // Rust lists first what is used most.
        boost: Math.max(-99, 50 - i),
        apply(view, _completion, from, to) {
          const over = blank(text);
          // The brace that was closed by itself is part of the word.
          const closed = text.endsWith('}') && view.state.sliceDoc(to, to + 1) === '}';
          view.dispatch({
            changes: { from, to: closed ? to + 1 : to, insert: text },
            selection: over
              ? { anchor: from + over.from, head: from + over.to }
              : { anchor: from + text.length },
            userEvent: 'input.complete',
            scrollIntoView: true,
          });
        },
      })),
      validFor: /^\$!?\{?[\w.-]*$/,
    };
  };
}

/** The place of a problem: to the end of its word, at least one character where there is one. */
function placeOf(state: EditorState, { line, column }: TextProblem): { from: number; to: number } {
  const at = state.doc.line(Math.min(Math.max(line, 1), state.doc.lines));
  // Columns count characters, not UTF-16 units.
  const before = [...at.text].slice(0, Math.max(column - 1, 0)).join('').length;
  const from = Math.min(at.from + before, at.to);
  const word = /^[$#]?[\w.]*/.exec(at.text.slice(from - at.from))?.[0].length ?? 0;
  return { from, to: Math.min(from + Math.max(word, 1), state.doc.length) };
}

function difference(was: string, is: string) {
  const most = Math.min(was.length, is.length);
  let start = 0;
  while (start < most && was[start] === is[start]) start += 1;
  let end = 0;
  while (end < most - start && was[was.length - 1 - end] === is[is.length - 1 - end]) end += 1;
  return { from: start, to: was.length - end, insert: is.slice(start, is.length - end) };
}

export function openEditor(parent: HTMLElement, options: Options): Opened {
  const readonly = new Compartment();
  const ofReadonly = (yes: boolean) => [
    EditorState.readOnly.of(yes),
    EditorView.contentAttributes.of({ 'aria-readonly': String(yes) }),
  ];
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        lineNumbers(),
        history(),
        drawSelection(),
        highlightSpecialChars(),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        EditorView.lineWrapping,
        EditorState.tabSize.of(2),
        options.language === 'template'
          ? autocompletion({ override: [complete(options.words)], icons: false })
          : [],
        // Tab leaves the field, unless it takes a word. Chords of the app (Mod+S, Mod+Enter, Mod+K) are not bound here.
        keymap.of([
          { key: 'Tab', run: acceptCompletion },
          ...closeBracketsKeymap,
          ...completionKeymap,
          ...historyKeymap,
          ...standardKeymap,
        ]),
        languageOf(options.language),
        theme,
        placeholder(options.placeholder),
        readonly.of(ofReadonly(options.readonly)),
        EditorView.contentAttributes.of({
          'aria-label': options.label,
          'aria-describedby': options.describedBy,
          spellcheck: 'false',
          autocapitalize: 'off',
          autocorrect: 'off',
        }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !update.transactions.some((t) => t.annotation(fromOutside)))
            options.changed(update.state.doc.toString());
        }),
      ],
    }),
  });
  return {
    setText(text) {
      const was = view.state.doc.toString();
      if (was === text) return;
      view.dispatch({ changes: difference(was, text), annotations: fromOutside.of(true) });
    },
    setProblems(problems) {
      const { state } = view;
      const marks = problems.map((problem): Diagnostic => ({
        ...placeOf(state, problem),
        severity: problem.refused ? 'error' : 'warning',
        message: problem.text,
      }));
      view.dispatch(setDiagnostics(state, marks));
    },
    setReadonly: (yes) => view.dispatch({ effects: readonly.reconfigure(ofReadonly(yes)) }),
    go(line, column) {
      const { from } = placeOf(view.state, { line, column, text: '', refused: true });
      view.dispatch({ selection: { anchor: from }, scrollIntoView: true });
      view.focus();
    },
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}
