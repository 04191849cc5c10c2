type Look = () => Promise<void>;

const looks = new Map<string, Look>();

/** Something to make sure of before every git process of ours; null: no more. It must not run git itself. */
export function lookBeforeGit(key: string, look: Look | null): void {
  if (look === null) looks.delete(key);
  else looks.set(key, look);
}

export async function lookFirst(): Promise<void> {
  for (const look of [...looks.values()]) await look();
}
