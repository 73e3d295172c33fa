const KEPT = 500;
const SPARE = 100;

/**
 * The entries of a talk that a page keeps: beyond 600 the last 500. That somebody came or left is
 * dropped before anything that was said.
 */
export function lastOf(entries) {
  let excess = entries.length - KEPT;
  if (excess <= SPARE) return entries;
  const kept = entries.filter((entry) => {
    const isDropped = entry.aside !== undefined && excess > 0;
    if (isDropped) excess -= 1;
    return !isDropped;
  });
  return kept.slice(-KEPT);
}
