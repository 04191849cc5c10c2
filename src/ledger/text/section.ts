import { scanBlocks } from './blocks.ts';
import { splitLines } from './lines.ts';

/** The first line with text under a heading, without list marker and emphasis (P2); null: no such heading, or no text. */
export function firstTextUnder(text: string, heading: string): string | null {
  const { lines } = splitLines(text);
  const { headings } = scanBlocks(lines);
  const wanted = heading.trim().toLowerCase();
  const found = headings.findIndex((each) => each.text.toLowerCase() === wanted);
  const from = headings[found]?.line;
  if (from === undefined) return null;
  const until = headings[found + 1]?.line ?? lines.length;
  for (const line of lines.slice(from + 1, until)) {
    const plain = line.text
      .replace(/^[ \t]*(?:[-+*>]|\d+[.)])[ \t]+/, '')
      .replace(/[*`]/g, '')
      .trim();
    // The underline of a heading is no text.
    if (plain !== '' && !/^[=-]+$/.test(plain)) return plain;
  }
  return null;
}
