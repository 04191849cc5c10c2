import { nextDeadline } from '../core/expire.ts';
import type { Bench } from './bench.ts';
import { takeCommands } from './commands.ts';
import type { Fold } from './fold.ts';
import type { Observer } from './observe.ts';
import type { RemoteWatch } from './remote-watch.ts';

/** How often other processes' commands and the documents are looked at while nothing is told. */
const LOOK_MS = 200;
/** A deadline that stays in the past must not make the loop spin. */
const TICK_MS = 1000;

export interface LoopParts {
  readonly bench: Bench;
  readonly fold: Fold;
  readonly observer: Observer;
  readonly remote: RemoteWatch;
}

/**
 * The one loop and the one writer: takes an event, folds it in, commits, acts; until the run is over. Before each event it
 * compares the documents with the state, so that what is decided is decided from what they say now (E4, DESIGN trap 6).
 */
export async function runLoop({ bench, fold, observer, remote }: LoopParts): Promise<void> {
  const { parts, state, mailbox } = bench;
  let commandsSeen: number | null = null;
  let tickedAt = 0;

  const look = async (): Promise<void> => {
    const news = await observer.look();
    if (news !== null) await fold(news);
  };
  const listenToCommands = async (): Promise<void> => {
    const version = parts.store.dataVersion();
    if (version === commandsSeen) return;
    await takeCommands(bench, fold);
    commandsSeen = version;
  };
  const tick = async (): Promise<void> => {
    const now = parts.clock.now();
    const deadline = nextDeadline(state);
    if (deadline === null || deadline > now || now - tickedAt < TICK_MS) return;
    tickedAt = now;
    await fold({ type: 'tick' });
  };

  for (;;) {
    await look();
    await listenToCommands();
    await tick();
    const report = mailbox.take();
    if (report !== undefined) await fold(report);
    if (state.run.status === 'ended') return;
    if (report !== undefined) continue;
    remote.lookWhenDue();
    await waitForNews(bench, nextDeadline(state));
  }
}

async function waitForNews({ parts, mailbox }: Bench, deadline: number | null): Promise<void> {
  const { clock } = parts;
  const untilDeadline = deadline === null || deadline <= clock.now() ? LOOK_MS : deadline - clock.now();
  const cancel = clock.after(Math.min(LOOK_MS, untilDeadline), mailbox.ring);
  await mailbox.changed();
  cancel();
}
