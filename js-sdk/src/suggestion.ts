const MAX_LENGTH = 64;

/** `; did you mean "x"?` for what is probably a slip of the keyboard, else nothing. */
export function suggestion(given: string, known: readonly string[]): string {
  let nearest: string | undefined;
  let least = Math.max(1, Math.floor(given.length / 3)) + 1;
  for (const name of known) {
    const steps = distance(given.toLowerCase(), name.toLowerCase());
    if (steps < least) {
      least = steps;
      nearest = name;
    }
  }
  return nearest === undefined ? "" : `; did you mean "${nearest}"?`;
}

/** How many letters to add, drop or change. */
function distance(from: string, to: string): number {
  if (from.length > MAX_LENGTH || to.length > MAX_LENGTH) {
    return MAX_LENGTH;
  }
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const changed = (row[j - 1] as number) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next[j] = Math.min(changed, (row[j] as number) + 1, (next[j - 1] as number) + 1);
    }
    row = next;
  }
  return row[to.length] as number;
}
