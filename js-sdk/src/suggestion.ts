const MAX_LENGTH = 64;

/** `; did you mean "x"?` for what is probably a slip of the keyboard, else nothing. */
export function suggestion(given: string, known: readonly string[]): string {
  const word = nearest(given, known);
  return word === undefined ? "" : `; did you mean "${word}"?`;
}

/** The known word that is probably meant by one that is not, if it is similar enough. */
export function nearest(word: string, words: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of words) {
    const steps = distance(word.toLowerCase(), candidate.toLowerCase());
    if (steps < least) {
      least = steps;
      best = candidate;
    }
  }
  return best;
}

/** How many letters to put in, take out, change or swap with the next. */
function distance(from: string, to: string): number {
  if (from.length > MAX_LENGTH || to.length > MAX_LENGTH) {
    return MAX_LENGTH;
  }
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1];
      let steps = Math.min(
        (last[j] as number) + 1,
        (row[j - 1] as number) + 1,
        (last[j - 1] as number) + (same ? 0 : 1),
      );
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]) {
        steps = Math.min(steps, (beforeLast[j - 2] as number) + 1);
      }
      row[j] = steps;
    }
    beforeLast = last;
    last = row;
  }
  return last[to.length] as number;
}
