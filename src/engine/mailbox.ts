import type { Event } from '../core/event.ts';

/** An event before it is folded in: the loop stamps the time when it takes it, so that time never runs backwards (E1). */
export type Report = Event extends infer E ? (E extends Event ? Omit<E, 'at'> : never) : never;

/** Where results wait for the loop: many senders, one reader. */
export interface Mailbox {
  send(report: Report): void;
  /** Ends the loop with this error: a bug, or a state that cannot be kept. */
  fail(error: unknown): void;
  /** @throws what `fail` was given. */
  take(): Report | undefined;
  /** Resolves when something was sent, or `ring` was called, since the last time it resolved. */
  changed(): Promise<void>;
  ring(): void;
}

export function createMailbox(): Mailbox {
  const queue: Report[] = [];
  let isRung = false;
  let failure: { readonly error: unknown } | null = null;
  let resolve: (() => void) | null = null;
  const ring = (): void => {
    isRung = true;
    resolve?.();
  };
  return {
    send(report) {
      queue.push(report);
      ring();
    },
    fail(error) {
      failure ??= { error };
      ring();
    },
    take() {
      if (failure !== null) throw failure.error;
      return queue.shift();
    },
    async changed() {
      if (!isRung) {
        await new Promise<void>((done) => {
          resolve = done;
        });
      }
      resolve = null;
      isRung = false;
    },
    ring,
  };
}
