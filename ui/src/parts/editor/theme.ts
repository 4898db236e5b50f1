// How the editor looks: the tokens of theme.css, so that it follows light and dark by itself.
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

const colours = HighlightStyle.define([
  { tag: [tags.variableName], color: 'var(--acc)' },
  { tag: [tags.keyword], color: 'var(--acc)', fontWeight: '600' },
  { tag: [tags.propertyName, tags.punctuation, tags.bracket, tags.separator], color: 'var(--t2)' },
  { tag: [tags.string, tags.number, tags.atom, tags.bool, tags.null], color: 'var(--t1)' },
  { tag: [tags.comment], color: 'var(--t3)', fontStyle: 'italic' },
]);

const looks = EditorView.theme({
  '&': { height: '100%', backgroundColor: 'transparent', color: 'var(--t1)', fontSize: '11.5px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--wire)', lineHeight: '20px', overflow: 'auto' },
  '.cm-content': { padding: '4px 0', caretColor: 'var(--acc)' },
  '.cm-line': { padding: '0 8px' },
  '.cm-cursor, .cm-dropCursor': { borderLeftColor: 'var(--acc)', borderLeftWidth: '1.5px' },
  '.cm-gutters': { backgroundColor: 'transparent', border: 'none', color: 'var(--t3)' },
  '.cm-lineNumbers .cm-gutterElement': { minWidth: '26px', padding: '0 2px 0 4px' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground':
    { background: 'color-mix(in srgb, var(--acc) 26%, transparent)' },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--bg2)', outline: '1px solid var(--line2)' },
  '&.cm-focused .cm-nonmatchingBracket': { backgroundColor: 'var(--redb)' },
  '.cm-placeholder': { color: 'var(--t3)' },
  '.cm-specialChar': { color: 'var(--red)' },
  '.cm-lintRange': { backgroundImage: 'none', paddingBottom: '0' },
  '.cm-lintRange-error': { textDecoration: 'underline wavy var(--redl)', textUnderlineOffset: '3px' },
  '.cm-lintRange-warning': { textDecoration: 'underline wavy var(--ambl)', textUnderlineOffset: '3px' },
  '.cm-lintPoint::after': { borderBottomColor: 'var(--redl)' },
  '.cm-tooltip': {
    border: '1px solid var(--line2)',
    borderRadius: '4px',
    backgroundColor: 'var(--bg)',
    color: 'var(--t1)',
    boxShadow: '0 4px 16px var(--scrim)',
    fontFamily: 'var(--ui)',
    fontSize: '12px',
  },
  '.cm-diagnostic': { padding: '4px 8px', borderLeft: '3px solid var(--redl)' },
  '.cm-diagnostic-warning': { borderLeftColor: 'var(--ambl)' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': {
    fontFamily: 'var(--ui)',
    maxHeight: '216px',
    maxWidth: '620px',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': {
    display: 'flex',
    gap: '12px',
    padding: '0 8px',
    lineHeight: '24px',
  },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { background: 'var(--sel)', color: 'var(--t1)' },
  '.cm-completionLabel': { fontFamily: 'var(--wire)', fontSize: '11.5px' },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '700' },
  '.cm-completionDetail': {
    minWidth: '0',
    marginLeft: 'auto',
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    color: 'var(--t2)',
    fontStyle: 'normal',
  },
});

export const theme = [looks, syntaxHighlighting(colours)];
