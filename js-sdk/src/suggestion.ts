/** The candidate that somebody probably meant: at most two edits away, one for a short word. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  if (word.length > 32) {
    return undefined;
  }
  let bound = Math.min(2, Math.max(1, Math.floor(word.length / 3)));
  let best: string | undefined;
  for (const candidate of candidates) {
    const edits = distance(word, candidate);
    if (edits <= bound) {
      best = candidate;
      bound = edits - 1;
    }
  }
  return best;
}

/** `; did you mean "x"?` for what is probably a slip of the keyboard, else nothing. */
export function suggestion(given: string, known: readonly string[]): string {
  const found = nearest(given, known);
  return found === undefined ? "" : `; did you mean "${found}"?`;
}

/** Insertions, deletions, replacements and swaps of neighbours from one word to the other. */
function distance(a: string, b: string): number {
  let older: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = at(above, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swaps = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] = Math.min(
        replaced,
        at(above, j) + 1,
        at(row, j - 1) + 1,
        swaps ? at(older, j - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    older = above;
    above = row;
  }
  return at(above, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
