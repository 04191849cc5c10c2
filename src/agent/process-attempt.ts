import { existsSync, writeFileSync } from 'node:fs';
import type { AgentEnd, AgentEvent, AttemptSpec, RunningAttempt } from '../port/agent.ts';
import type { ExitStatus } from '../process/launch.ts';
import { type Detached, findDetached, spawnDetached } from '../process/spawn-detached.ts';
import { processTree, type TreeEnd } from '../process/tree.ts';
import { endOf, refused } from './attempt-end.ts';
import { type AttemptFiles, attemptFiles } from './attempt-files.ts';
import { watchAttempt } from './watch-attempt.ts';

/** How to start the program of an attempt, once it is known that it must be started. */
export type Plan =
  | {
      readonly ok: true;
      /** Absolute program and its arguments. */
      readonly command: readonly [string, ...string[]];
      /** All of its environment. */
      readonly env: Readonly<Record<string, string>>;
      /** How people call it. */
      readonly name: string;
    }
  /** A whole sentence: why not, and what to do. */
  | { readonly ok: false; readonly text: string };

/**
 * An attempt that is one program run in a folder (A2, A5, E4). Starts it, or takes up what an earlier life left in
 * `spec.folder`: a running process is followed, an ended one told with its status, one that is gone without a status is
 * `lost`. Starting twice under one folder never runs the program twice.
 */
export async function startProcessAttempt(
  spec: AttemptSpec,
  plan: () => Plan,
  on: (event: AgentEvent) => void,
): Promise<RunningAttempt> {
  const files = attemptFiles(spec);
  const found = findDetached(spec.folder);
  switch (found.state) {
    case 'absent':
      return await start(spec, files, plan(), on);
    case 'running':
      return follow(spec, files, found, on);
    case 'ended':
      return takeUp(spec, files, found.marker, found.status, on);
    case 'lost':
      return takeUp(spec, files, found.marker, null, on);
  }
}

async function start(
  spec: AttemptSpec,
  files: AttemptFiles,
  plan: Plan,
  on: (event: AgentEvent) => void,
): Promise<RunningAttempt> {
  if (!plan.ok) return { ended: Promise.resolve(refused(files, plan.text)), stop: () => {} };
  const { command, env, name } = plan;
  try {
    writeFileSync(files.prompt, spec.prompt);
  } catch (error) {
    return { ended: Promise.resolve(refused(files, `Cannot start ${name}: ${String(error)}.`)), stop: () => {} };
  }
  const spawned = await spawnDetached({
    folder: spec.folder,
    command,
    cwd: spec.cwd,
    env: { ...env, COX_PROMPT_FILE: files.prompt, COX_RESULT_FILE: files.result },
    stdin: files.prompt,
    stdout: files.output,
    stderr: files.stderr,
  });
  if (spawned.ok) return follow(spec, files, spawned, on);
  return { ended: Promise.resolve(refused(files, `Cannot start ${name}: ${spawned.text}.`)), stop: () => {} };
}

function follow(
  spec: AttemptSpec,
  files: AttemptFiles,
  { identity, marker, exited }: Detached,
  on: (event: AgentEvent) => void,
): RunningAttempt {
  const tree = processTree(marker, identity);
  // One way to end it, whoever asks first: a second ladder beside the first would cut its grace short.
  let ending: Promise<TreeEnd> | undefined;
  let isFlooded = false;
  on({ type: 'started', pid: identity.pid });
  const watch = watchAttempt(files, {
    limitBytes: spec.outputBytes,
    tree,
    on,
    onFlood: () => {
      isFlooded = true;
      // No grace: it would go on writing.
      ending ??= tree.end({ graceMs: 0, from: 'SIGKILL' });
    },
  });
  const stop = (): void => {
    if (ending !== undefined) return;
    markStopped(files);
    ending = tree.end({ graceMs: spec.graceMs });
  };
  const finish = async (): Promise<AgentEnd> => {
    const status = await exited;
    const isStopped = ending !== undefined && !isFlooded;
    const isByItself = ending === undefined;
    ending ??= tree.end({ graceMs: spec.graceMs, from: 'SIGTERM' });
    const { found } = await ending;
    const left = isByItself ? found : [];
    const usage = watch.finish();
    isFlooded ||= watch.isFlooded();
    return endOf({ files, status, isStopped: isStopped || wasStopped(files), isFlooded, left, usage, spec });
  };
  return { ended: finish(), stop };
}

/** Its program ended while nobody looked: what remains is to end what it left behind and to read what it wrote. */
function takeUp(
  spec: AttemptSpec,
  files: AttemptFiles,
  marker: string,
  status: ExitStatus | null,
  on: (event: AgentEvent) => void,
): RunningAttempt {
  const tree = processTree(marker, null);
  const finish = async (): Promise<AgentEnd> => {
    const { found: left } = await tree.end({ graceMs: spec.graceMs, from: 'SIGTERM' });
    const watch = watchAttempt(files, { limitBytes: spec.outputBytes, tree, on, onFlood: () => {} });
    const usage = watch.finish();
    return endOf({
      files,
      status,
      isStopped: wasStopped(files),
      isFlooded: watch.isFlooded(),
      left,
      usage,
      spec,
    });
  };
  return { ended: finish(), stop: () => {} };
}

function markStopped(files: AttemptFiles): void {
  try {
    writeFileSync(files.stop, '');
  } catch {
    // A full disk must not keep us from ending it.
  }
}

function wasStopped(files: AttemptFiles): boolean {
  return existsSync(files.stop);
}
