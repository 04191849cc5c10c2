/** Bytes as text, or the place of the first byte that is not UTF-8. */
export type Decoded =
  | { readonly ok: true; readonly text: string }
  /** 1-based; the column counts code points. */
  | { readonly ok: false; readonly line: number; readonly column: number; readonly byte: number };

/**
 * Strict UTF-8 (law 4: what cannot be understood is never replaced). A byte order mark stays in the text as U+FEFF, so
 * that encoding the text again gives the same bytes.
 */
export function decodeUtf8(bytes: Uint8Array): Decoded {
  try {
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return firstInvalid(bytes);
  }
}

function firstInvalid(bytes: Uint8Array): Decoded {
  let line = 1;
  let column = 1;
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at);
    if (length === 0) break;
    // The mark at the very start is no column of the first line: no editor counts it.
    const isMark = at === 0 && length === 3 && bytes[0] === 0xef && bytes[1] === 0xbb;
    if (bytes[at] === 0x0a || (bytes[at] === 0x0d && bytes[at + 1] !== 0x0a)) {
      line += 1;
      column = 1;
    } else if (!isMark) {
      column += 1;
    }
    at += length;
  }
  return { ok: false, line, column, byte: bytes[at] ?? 0 };
}

/** Length of the well-formed sequence at `at` (Unicode, table 3-7); 0: there is none. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const length =
    first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xf0 && first < 0xf5 ? 4 : 0;
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  for (let offset = 1; offset < length; offset += 1) {
    const next = bytes[at + offset] ?? 0;
    if (next < (offset === 1 ? low : 0x80) || next > (offset === 1 ? high : 0xbf)) return 0;
  }
  return length;
}
