const UPSTREAM =
  /^\t(?:(?:remote|pushRemote) = (?:\.|\w[\w.-]*)|merge = refs\/heads\/[\w./-]+|rebase = \w+|(?:vscode|gh)-merge-base = [\w./-]+)$/;

/**
 * Lines that git and common tools write by themselves and that lead nothing of ours astray: upstreams of branches (a
 * remote's name, never an address), the switch for settings of one worktree. By section, and narrow on purpose: a line that
 * is anything more does not match.
 */
const BOOKKEEPING: Rules = [
  [/^\[branch "[^"\\\]]*"\]$/, UPSTREAM],
  [/^\[extensions\]$/, /^\tworktreeConfig = (?:true|false)$/],
  [/^\[(?:core|lfs)\]$/, /^\trepositoryformatversion = [01]$/],
  [/^\[remote "[^"\\\]]*"\]$/, /^\tgh-resolved = base$/],
];

/** Sparse checkouts: a worker may show itself the whole tree. */
const SPARSE: Rules = [
  ...BOOKKEEPING,
  [/^\[core\]$/, /^\tsparseCheckout(?:Cone)? = (?:true|false)$/i],
  [/^\[index\]$/, /^\tsparse = (?:true|false)$/],
];

type Rules = readonly (readonly [RegExp, RegExp])[];

/** What is left of `.git/config` when bookkeeping is taken out. Two texts that agree in it mean the same to us. */
export function essentials(text: string): string {
  return without(BOOKKEEPING, text);
}

/** The same for the settings of one worktree. */
export function worktreeEssentials(text: string): string {
  return without(SPARSE, text);
}

function without(rules: Rules, text: string): string {
  const sections: string[][] = [['']];
  for (const line of text.split('\n').filter((each) => each.trim() !== '')) {
    if (/^\s*\[/.test(line)) sections.push([line]);
    else sections.at(-1)?.push(line);
  }
  const kept = sections.map(([header = '', ...body]) => {
    const rest = rules
      .filter(([of]) => of.test(header))
      .reduce((lines, [, line]) => lines.filter((each) => !line.test(each)), body);
    return rest.length === 0 ? [] : [header, ...rest];
  });
  return kept.flat().join('\n');
}

/** Values of each setting, joined. For messages and `core.hooksPath`; what git itself makes of odd spellings may differ. */
export function parseConfig(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  let section = '';
  for (const line of text.split('\n')) {
    const header = /^\s*\[([\w.-]+)(?:\s+"((?:[^"\\]|\\.)*)")?\]\s*(.*)$/.exec(line);
    if (header !== null) section = [header[1]?.toLowerCase(), header[2]].filter((part) => part !== undefined).join('.');
    const [, name, value = 'true'] = /^\s*([A-Za-z][\w-]*)\s*(?:=\s*(.*?)\s*)?$/.exec(header?.[3] ?? line) ?? [];
    if (name === undefined) continue;
    const key = `${section}.${name.toLowerCase()}`;
    values.set(key, [values.get(key), value].filter((part) => part !== undefined).join('\n'));
  }
  return values;
}

/** `user.email was added`, ...; without values, which may be secret. */
export function changedSettings(before: string, after: string): readonly string[] {
  const [old, now] = [parseConfig(before), parseConfig(after)];
  const keys = [...new Set([...old.keys(), ...now.keys()])].sort().filter((key) => old.get(key) !== now.get(key));
  return keys.map((key) => `${key} was ${!old.has(key) ? 'added' : !now.has(key) ? 'removed' : 'changed'}`);
}
