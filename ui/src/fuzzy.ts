// Finding by letters in order; what matches earlier and together ranks higher. For the palette and the pickers.

/** The matched ranges of `text`, or undefined where it does not match. An empty needle matches everything. */
export function fuzzy(
  needle: string,
  text: string,
): { score: number; marks: [number, number][] } | undefined {
  const wanted = needle.trim().toLowerCase();
  const hay = text.toLowerCase();
  if (!wanted) return { score: 0, marks: [] };
  const whole = hay.indexOf(wanted);
  if (whole >= 0) {
    const atWord = whole === 0 || /[^a-z0-9]/.test(hay[whole - 1] ?? '');
    return { score: (atWord ? 0 : 100) + whole, marks: [[whole, whole + wanted.length]] };
  }
  const marks: [number, number][] = [];
  let from = 0;
  for (const letter of wanted.replace(/\s/g, '')) {
    const at = hay.indexOf(letter, from);
    if (at < 0) return undefined;
    const last = marks.at(-1);
    if (last && last[1] === at) last[1] = at + 1;
    else marks.push([at, at + 1]);
    from = at + 1;
  }
  // Letters that are strewn over the whole text are chance, not a match.
  if (marks.length > 4) return undefined;
  return { score: 200 + marks.length * 20 + (marks[0]?.[0] ?? 0), marks };
}
