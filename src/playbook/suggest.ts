/** `; did you mean "limit"?` for a slip of the pen, else nothing. */
export function suggestion(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  return near === null ? '' : `; did you mean "${near}"?`;
}

function nearest(word: string, known: readonly string[]): string | null {
  const allowed = word.length <= 3 ? 1 : word.length <= 7 ? 2 : 3;
  let best: { word: string; distance: number } | null = null;
  for (const candidate of known) {
    const distance = editDistance(plain(word), plain(candidate));
    if (distance <= allowed && distance < candidate.length && (best === null || distance < best.distance)) {
      best = { word: candidate, distance };
    }
  }
  return best?.word ?? null;
}

/** `wave_size`, `wave-size` and `waveSize` are one word. */
function plain(word: string): string {
  return word
    .toLowerCase()
    .replace(/[_\s-]/g, '')
    .slice(0, 100);
}

/** Levenshtein, with a swap of neighbours counted as one step. */
function editDistance(left: string, right: string): number {
  let previous: number[] = [];
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const same = left[i - 1] === right[j - 1] ? 0 : 1;
      let steps = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + same);
      const isSwap = i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1];
      if (isSwap) steps = Math.min(steps, (previous[j - 2] ?? 0) + 1);
      next.push(steps);
    }
    previous = row;
    row = next;
  }
  return row[right.length] ?? 0;
}
