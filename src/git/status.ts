/** One line of `git status --porcelain=v2 -z --no-renames`. */
export interface StatusEntry {
  /** Staged and unstaged state, as git says it: `M.`, `.D`, `UU`, `??`. */
  readonly state: string;
  readonly isUnmerged: boolean;
  readonly isSubmodule: boolean;
  readonly path: string;
}

export interface Status {
  /** Of `--branch`: the commit and the branch that are checked out. */
  readonly head: string | null;
  readonly branch: string | null;
  readonly entries: readonly StatusEntry[];
}

export function parseStatus(out: string): Status {
  let head: string | null = null;
  let branch: string | null = null;
  const entries: StatusEntry[] = [];
  for (const record of out.split('\0')) {
    if (record.startsWith('# branch.oid ')) head = record.slice('# branch.oid '.length);
    else if (record.startsWith('# branch.head ')) branch = record.slice('# branch.head '.length);
    else if (record.startsWith('? ')) {
      entries.push({ state: '??', isUnmerged: false, isSubmodule: false, path: record.slice(2) });
    } else if (record.startsWith('1 ') || record.startsWith('u ')) entries.push(changed(record));
  }
  return { head, branch, entries };
}

/** `1 XY sub mH mI mW hH hI path`, `u XY sub m1 m2 m3 mW h1 h2 h3 path`: the path may hold spaces. */
function changed(record: string): StatusEntry {
  const isUnmerged = record.startsWith('u ');
  const fields = record.split(' ');
  const name = fields.slice(isUnmerged ? 10 : 8).join(' ');
  return { state: fields[1] ?? '..', isUnmerged, isSubmodule: fields[2]?.startsWith('S') === true, path: name };
}
