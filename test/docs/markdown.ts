export interface Block {
  readonly language: string;
  /** 1-based line of the opening fence. */
  readonly line: number;
  readonly text: string;
}

/** Fenced blocks of a page; longer fences may hold shorter ones. */
export function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  let open: { fence: string; language: string; line: number; lines: string[] } | null = null;
  text.split('\n').forEach((line, index) => {
    const [, fence = '', language = ''] = /^(`{3,})\s*([\w-]*)/.exec(line) ?? [];
    if (open === null) {
      if (fence !== '') open = { fence, language, line: index + 1, lines: [] };
    } else if (fence.length >= open.fence.length && language === '') {
      blocks.push({ language: open.language, line: open.line, text: open.lines.map((each) => `${each}\n`).join('') });
      open = null;
    } else open.lines.push(line);
  });
  return blocks;
}

/** Targets inside the repository of the links of a page; code is left out. */
export function linksOf(text: string): string[] {
  const prose = text.replaceAll(/^(`{3,})[\s\S]*?^\1`*$/gm, '').replaceAll(/`[^`\n]*`/g, '');
  const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return targets.filter((target) => !/^(?:https?:|mailto:|#)/.test(target));
}
