import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder of its own for the test that runs, gone after it. */
export async function scratch(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'cox-store-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
